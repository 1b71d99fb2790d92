package io.aios.onboarding.pack;

import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.TenancyException;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a package's two lists say.
 *
 * @param sums {@code SHA256SUMS} by file, in its order, or null when it is missing or malformed
 * @param manifest the manifest, or null when it is missing or malformed
 * @param findings what is malformed
 */
record Listing(@Nullable Map<String, Digest> sums, @Nullable Manifest manifest, List<Finding> findings) {
    private static final int LARGE = 64 << 10;

    /** Reads both lists; large ones beside the caller, who goes on with the files. */
    static CompletableFuture<Listing> of(Map<String, byte[]> index) {
        boolean large = index.values().stream().anyMatch(bytes -> bytes.length > LARGE);
        return large
                ? CompletableFuture.supplyAsync(() -> read(index))
                : CompletableFuture.completedFuture(read(index));
    }

    private static Listing read(Map<String, byte[]> index) {
        List<Finding> findings = new ArrayList<>();
        byte[] sums = index.get(Checksums.FILE);
        byte[] json = index.get(PackageLayout.MANIFEST);
        Manifest manifest = json == null ? null : manifest(json, findings);
        return new Listing(sums == null ? null : sums(sums, json, manifest, findings), manifest, findings);
    }

    /** Usually the lines are those that follow from the manifest, and need not be read one by one. */
    private static @Nullable Map<String, Digest> sums(
            byte[] sums, byte @Nullable [] json, @Nullable Manifest manifest, List<Finding> findings) {
        if (json != null && manifest != null) {
            Map<String, Digest> expected = Checksums.of(manifest, Digest.sha256(json));
            if (Arrays.equals(Checksums.encode(expected), sums)) {
                return expected;
            }
        }
        return sums(sums, findings);
    }

    private static @Nullable Map<String, Digest> sums(byte[] bytes, List<Finding> findings) {
        try {
            Map<String, Digest> sums = Checksums.decode(bytes);
            for (String path : sums.keySet()) {
                if (!path.equals(PackageLayout.MANIFEST) && FileRole.of(path) == null) {
                    findings.add(new Finding(
                            Finding.Kind.MALFORMED,
                            path,
                            null,
                            null,
                            Checksums.FILE + " lists " + PortablePath.quoted(path)
                                    + ", which has no place in a package"));
                }
            }
            return sums;
        } catch (PackageException e) {
            findings.add(malformed(Checksums.FILE, e));
            return null;
        }
    }

    private static @Nullable Manifest manifest(byte[] bytes, List<Finding> findings) {
        try {
            return ManifestCodec.decode(bytes);
        } catch (OnboardingException | InvalidJsonException | TenancyException e) {
            findings.add(malformed(PackageLayout.MANIFEST, e));
            return null;
        }
    }

    private static Finding malformed(String file, RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        String shown = message.startsWith(file) ? message : file + ": " + message;
        return new Finding(Finding.Kind.MALFORMED, file, null, null, shown);
    }
}
