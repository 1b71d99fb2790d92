package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.util.Objects;
import java.util.Optional;

/**
 * A file as the manifest lists it.
 *
 * @param path its name from the package root, with slashes
 * @param size its bytes
 * @param sha256 the SHA-256 of its bytes
 * @param role what it is for
 */
public record FileEntry(String path, long size, Digest sha256, FileRole role) {
    /** Checks the name and that it belongs to the role's folder. */
    public FileEntry {
        PortablePath.require(path);
        Objects.requireNonNull(sha256, "sha256");
        if (FileRole.of(path) != role) {
            throw new PackageException(
                    "file " + PortablePath.quoted(path) + " cannot have the role " + role.wireName());
        }
        if (size < 0) {
            throw new PackageException("file " + PortablePath.quoted(path) + " has a negative size");
        }
    }

    /** The id of the item this file is, {@code agent:hr_agent}; empty for context and golden files. */
    public Optional<String> item() {
        return role.item(path);
    }
}
