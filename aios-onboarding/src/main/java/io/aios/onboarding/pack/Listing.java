package io.aios.onboarding.pack;

import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.TenancyException;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a package's two lists say.
 *
 * @param sums {@code SHA256SUMS} by file, or null when it is missing or malformed
 * @param manifest the manifest, or null when it is missing or malformed
 * @param findings what is malformed
 */
record Listing(
        @Nullable SortedMap<String, Digest> sums, @Nullable Manifest manifest, List<Finding> findings) {
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
        byte[] manifest = index.get(PackageLayout.MANIFEST);
        return new Listing(
                sums == null ? null : sums(sums, findings),
                manifest == null ? null : manifest(manifest, findings),
                findings);
    }

    private static @Nullable SortedMap<String, Digest> sums(byte[] bytes, List<Finding> findings) {
        try {
            return Checksums.decode(bytes);
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
