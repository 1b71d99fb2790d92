package io.aios.onboarding.pack;

import java.util.Set;

/** The names at the top of a package directory. */
final class PackageLayout {
    static final String MANIFEST = "manifest.json";
    static final String LOG = "deployment.log";
    static final String ATTESTATIONS = "attestations/";
    static final Set<String> UNHASHED = Set.of(Checksums.FILE, LOG);
    static final long MAX_FILE = 16L << 20;
    static final int MAX_FILES = 100_000;
    static final int MAX_INDEX = 64 << 20;

    private PackageLayout() {}
}
