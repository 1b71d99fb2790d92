package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Tells a converted file from an edited one; it still fails. */
final class LineEndings {
    private LineEndings() {}

    static boolean explain(Path file, Digest expected) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes((int) PackageLayout.MAX_FILE);
        } catch (IOException e) {
            return false;
        }
        byte[] unix = unix(bytes);
        return Digest.sha256(unix).equals(expected) || Digest.sha256(dos(unix)).equals(expected);
    }

    private static byte[] unix(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            boolean pair = bytes[i] == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n';
            if (!pair) {
                out.write(bytes[i]);
            }
        }
        return out.toByteArray();
    }

    private static byte[] dos(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        for (byte b : bytes) {
            if (b == '\n') {
                out.write('\r');
            }
            out.write(b);
        }
        return out.toByteArray();
    }
}
