package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What a built and a verified package have in common: a hash, a manifest and files. */
public sealed interface PackageContent permits DeploymentPackage, VerifiedPackage {
    /** SHA-256 of {@code SHA256SUMS}; {@code sha256sum SHA256SUMS} prints the same. */
    Digest hash();

    /** What the package says about itself. */
    Manifest manifest();

    /** Every hashed file but {@code manifest.json}. */
    SortedSet<String> paths();

    /**
     * The bytes of a file, a fresh copy.
     *
     * @throws PackageException when the package has no such file
     */
    byte[] bytes(String path);

    /**
     * A prompt or other text.
     *
     * @throws PackageException when the package has no such file
     */
    default String text(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    /**
     * An agent or policy, read strictly.
     *
     * @throws YamlException when the file is outside the strict subset
     */
    default Map<String, @Nullable Object> document(String path) {
        return StrictYaml.readMapping(path, bytes(path));
    }
}
