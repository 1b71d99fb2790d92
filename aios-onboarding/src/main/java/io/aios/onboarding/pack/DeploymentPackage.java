package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A package in memory, as {@link PackageBuilder} made it; immutable. */
public final class DeploymentPackage implements PackageContent {
    private final Manifest manifest;
    private final byte[] manifestBytes;
    private final byte[] checksums;
    private final SortedMap<String, byte[]> files;
    private final Digest hash;

    DeploymentPackage(Manifest manifest, SortedMap<String, byte[]> files) {
        this.manifest = manifest;
        this.files = files;
        this.manifestBytes = ManifestCodec.encode(manifest);
        this.checksums = Checksums.encode(Checksums.of(manifest, Digest.sha256(manifestBytes)));
        this.hash = Digest.sha256(checksums);
    }

    /** Starts a package of an organisation. */
    public static PackageBuilder builder(OrgId org) {
        return new PackageBuilder(org);
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

    @Override
    public byte[] bytes(String path) {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new PackageException("package " + hash.hex() + " has no file " + PortablePath.quoted(path));
        }
        return bytes.clone();
    }

    /**
     * Writes the package into a new or empty directory; {@code SHA256SUMS} comes last, so a torn write never verifies.
     *
     * @throws PackageException when the directory is not empty or cannot be written
     */
    public void writeTo(Path directory) {
        SortedMap<String, byte[]> all = new TreeMap<>(files);
        all.put(PackageLayout.MANIFEST, manifestBytes);
        PackageWriter.write(directory, all, checksums);
    }
}
