package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of packages, {@code <org>/<package_hash>/}; what is loaded is verified to be exactly what was asked for. */
public final class PackageStore {
    private final Path root;

    private PackageStore(Path root) {
        this.root = root;
    }

    /** The packages below a folder. */
    public static PackageStore in(Path root) {
        return new PackageStore(root);
    }

    /**
     * Writes a package, unless it is there already, and verifies what was written.
     *
     * @throws PackageException when what is there is not this package
     */
    public VerifiedPackage save(DeploymentPackage content) {
        Path directory = directory(content.manifest().orgId(), content.hash());
        if (!Files.exists(directory.resolve(Checksums.FILE))) {
            content.writeTo(directory);
        }
        return load(content.manifest().orgId(), content.hash());
    }

    /**
     * Reads and verifies a package.
     *
     * @throws PackageException when it is not there, damaged, or of another organisation
     */
    public VerifiedPackage load(OrgId org, Digest packageHash) {
        Path directory = directory(org, packageHash);
        if (!Files.isDirectory(directory)) {
            throw new PackageException("there is no package " + packageHash.hex() + " of " + org.value());
        }
        VerifiedPackage content = PackageVerifier.verify(directory, packageHash).orElseThrow();
        if (!content.manifest().orgId().equals(org)) {
            throw new PackageException("package " + packageHash.hex() + " is of "
                    + content.manifest().orgId().value() + ", not " + org.value());
        }
        return content;
    }

    /** Where a package stands, so that other tools can check it. */
    public Path directory(OrgId org, Digest packageHash) {
        return root.resolve(org.value()).resolve(packageHash.hex());
    }
}
