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

    /**
     * Hashes a regular file.
     *
     * @param expected its size as it was just seen: a reading that stops there, with room for more, has met the end
     */
    DirectoryScan.Scanned hash(SeekableByteChannel channel, long expected) throws IOException {
        long size = 0;
        for (int count = fill(channel); count >= 0; count = fill(channel)) {
            sha256.update(buffer.array(), 0, count);
            size += count;
            if (size == expected && buffer.hasRemaining()) {
                break;
            }
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
