package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A package that {@link PackageVerifier} found whole; only the verifier makes one.
 *
 * <p>It serves verified bytes only: a file is read once, its digest compared, and those very bytes handed out. A file
 * that changed after verification is refused by name.
 */
public final class VerifiedPackage implements PackageContent {
    private final Path root;
    private final Manifest manifest;
    private final Digest hash;
    private final Map<String, FileEntry> files;
    private final List<String> attestations;

    VerifiedPackage(Path root, Manifest manifest, Digest hash, List<String> attestations) {
        this.root = root;
        this.manifest = manifest;
        this.hash = hash;
        this.files = new HashMap<>(2 * manifest.files().size());
        manifest.files().forEach(file -> files.put(file.path(), file));
        this.attestations = List.copyOf(attestations);
    }

    @Override
    public Digest hash() {
        return hash;
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public SortedSet<String> paths() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(files.keySet()));
    }

    /**
     * The verified bytes of a file.
     *
     * @throws PackageException when the package has no such file, or it changed since verification
     */
    @Override
    public byte[] bytes(String path) {
        FileEntry entry = files.get(path);
        if (entry == null) {
            throw new PackageException("package " + hash.hex() + " has no file " + PortablePath.quoted(path));
        }
        byte[] bytes = read(path, entry.size());
        if (bytes.length != entry.size() || !Digest.sha256(bytes).equals(entry.sha256())) {
            throw new PackageException("file " + PortablePath.quoted(path) + " changed after package " + hash.hex()
                    + " was verified; restore the package and verify it again");
        }
        return bytes;
    }

    /** The files below {@code attestations/}: signatures and exports, outside the hash and each to be verified. */
    public List<String> attestations() {
        return attestations;
    }

    /**
     * The unverified bytes of an attestation.
     *
     * @throws PackageException when there is no such attestation, or it is too large
     */
    public byte[] attestation(String path) {
        if (!attestations.contains(path)) {
            throw new PackageException("package " + hash.hex() + " has no attestation " + PortablePath.quoted(path));
        }
        byte[] bytes = read(path, PackageLayout.MAX_FILE);
        if (bytes.length > PackageLayout.MAX_FILE) {
            throw new PackageException("attestation " + PortablePath.quoted(path) + " is too large");
        }
        return bytes;
    }

    private byte[] read(String path, long size) {
        try (InputStream in = Files.newInputStream(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes((int) Math.min(size, PackageLayout.MAX_FILE) + 1);
        } catch (IOException e) {
            throw new PackageException("file " + PortablePath.quoted(path) + " cannot be read: " + e, e);
        }
    }
}
