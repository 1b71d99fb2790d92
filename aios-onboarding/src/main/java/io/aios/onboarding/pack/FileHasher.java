package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Reads and hashes open files, with one buffer for all of them. Not for several threads. */
final class FileHasher {
    private static final int BUFFER = 64 << 10;

    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final MessageDigest sha256;

    FileHasher() {
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    DirectoryScan.Scanned hash(SeekableByteChannel channel) throws IOException {
        long size = 0;
        for (int count = fill(channel); count >= 0; count = fill(channel)) {
            sha256.update(buffer.array(), 0, count);
            size += count;
        }
        return new DirectoryScan.Scanned(size, Digest.of(sha256.digest()));
    }

    byte[] read(String path, SeekableByteChannel channel, int limit) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int count = fill(channel); count >= 0; count = fill(channel)) {
            bytes.write(buffer.array(), 0, count);
            if (bytes.size() > limit) {
                throw new PackageException(PortablePath.quoted(path) + " is larger than " + limit);
            }
        }
        return bytes.toByteArray();
    }

    private int fill(SeekableByteChannel channel) throws IOException {
        return channel.read(buffer.clear());
    }
}
