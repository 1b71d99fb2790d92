package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes packages as somebody would who builds them without this library: file, manifest and checksums together. */
final class Foreign {
    private Foreign() {}

    /** Gives a file other bytes and mends both lists. */
    static void replace(Path root, String path, String text) throws IOException {
        byte[] old = Files.readAllBytes(root.resolve(path));
        byte[] now = text.getBytes(StandardCharsets.UTF_8);
        Files.write(root.resolve(path), now);
        String manifest = Files.readString(root.resolve("manifest.json"));
        String entry = "\"path\":\"" + path + "\"";
        int at = manifest.indexOf(entry);
        int end = manifest.indexOf('}', at);
        String mended = manifest.substring(at, end)
                .replace(Digest.sha256(old).hex(), Digest.sha256(now).hex())
                .replace("\"size\":" + old.length, "\"size\":" + now.length);
        index(root, path, now);
        manifest(root, manifest.substring(0, at) + mended + manifest.substring(end));
    }

    /** Gives the package another manifest and mends the checksums. */
    static void manifest(Path root, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Files.write(root.resolve("manifest.json"), bytes);
        index(root, "manifest.json", bytes);
    }

    private static void index(Path root, String path, byte[] bytes) throws IOException {
        String sums = Files.readString(root.resolve("SHA256SUMS"));
        Files.writeString(
                root.resolve("SHA256SUMS"),
                sums.replaceAll(
                        "(?m)^[0-9a-f]{64}  " + path + "$", Digest.sha256(bytes).hex() + "  " + path));
    }
}
