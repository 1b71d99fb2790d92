package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code SHA256SUMS}: the lines that {@code sha256sum} prints, sorted by name; its SHA-256 is the package hash. */
final class Checksums {
    static final String FILE = "SHA256SUMS";
    private static final int HEX = 64;

    private Checksums() {}

    /** The digests of a manifest and of every file that it lists, in order. */
    static Map<String, Digest> of(Manifest manifest, Digest itself) {
        Map<String, Digest> digests = new LinkedHashMap<>(2 * manifest.files().size());
        for (FileEntry file : manifest.files()) {
            if (file.path().compareTo(PackageLayout.MANIFEST) > 0) {
                digests.putIfAbsent(PackageLayout.MANIFEST, itself);
            }
            digests.put(file.path(), file.sha256());
        }
        digests.putIfAbsent(PackageLayout.MANIFEST, itself);
        return digests;
    }

    static byte[] encode(Map<String, Digest> digests) {
        StringBuilder text = new StringBuilder(digests.size() * 100);
        for (Map.Entry<String, Digest> entry : digests.entrySet()) {
            text.append(entry.getValue().hex())
                    .append("  ")
                    .append(entry.getKey())
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static Map<String, Digest> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Map<String, Digest> digests = new LinkedHashMap<>();
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
