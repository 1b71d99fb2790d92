package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code SHA256SUMS}: the lines that {@code sha256sum} prints, sorted by name; its SHA-256 is the package hash. */
final class Checksums {
    static final String FILE = "SHA256SUMS";
    private static final int HEX = 64;

    private Checksums() {}

    static byte[] encode(SortedMap<String, Digest> digests) {
        StringBuilder text = new StringBuilder(digests.size() * 100);
        for (Map.Entry<String, Digest> entry : digests.entrySet()) {
            text.append(entry.getValue().hex())
                    .append("  ")
                    .append(entry.getKey())
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static SortedMap<String, Digest> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        SortedMap<String, Digest> digests = new TreeMap<>();
        String last = "";
        int number = 1;
        for (int start = 0; start < text.length(); number++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                throw line(number, "does not end with a newline");
            }
            String line = text.substring(start, end);
            if (line.length() <= HEX + 2 || !line.startsWith("  ", HEX)) {
                throw line(number, "is not \"<64 hex digits>  <file name>\"");
            }
            String path = line.substring(HEX + 2);
            String problem = PortablePath.problem(path);
            if (problem != null) {
                throw line(number, "file name " + PortablePath.quoted(path) + " " + problem);
            }
            if (path.compareTo(last) <= 0) {
                throw line(number, "file name " + PortablePath.quoted(path) + " is out of order or there twice");
            }
            digests.put(path, digest(number, line.substring(0, HEX)));
            last = path;
            start = end + 1;
        }
        return digests;
    }

    private static Digest digest(int number, String hex) {
        try {
            return Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw new PackageException(FILE + ":" + number + ": is not a SHA-256 in lower-case hex", e);
        }
    }

    private static PackageException line(int number, String problem) {
        return new PackageException(FILE + ":" + number + ": " + problem);
    }
}
