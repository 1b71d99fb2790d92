package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a package directory and says everything that is wrong with it.
 *
 * <p>Every file must be listed with its digest and nothing else may be there; there is no ignore list. Content is not
 * interpreted: a verified package is whole, not good. Holds no state; safe for any number of threads.
 */
public final class PackageVerifier {
    private PackageVerifier() {}

    /**
     * Verifies whatever package stands in the directory.
     *
     * @throws PackageException when the directory cannot be read
     */
    public static PackageVerification verify(Path directory) {
        return verify(directory, null);
    }

    /**
     * Verifies that exactly this package stands in the directory.
     *
     * @param expected the package hash, or null for any
     * @throws PackageException when the directory cannot be read
     */
    public static PackageVerification verify(Path directory, @Nullable Digest expected) {
        try {
            Path root = directory.toRealPath();
            return new Judgement(root, DirectoryScan.of(root)).verdict(expected);
        } catch (IOException | DirectoryIteratorException e) {
            throw new PackageException("cannot read the package in " + directory + ": " + e, e);
        }
    }

    /** Compares what was found with what is listed. */
    private static final class Judgement {
        private final Path root;
        private final DirectoryScan scan;
        private final Listing listing;
        private final List<Finding> findings;

        Judgement(Path root, DirectoryScan scan) {
            this.root = root;
            this.scan = scan;
            this.listing = scan.listing.join();
            this.findings = new ArrayList<>(scan.findings);
            findings.addAll(listing.findings());
        }

        PackageVerification verdict(@Nullable Digest expected) {
            if (scan.twins) {
                collisions(new TreeSet<>(scan.files.keySet()));
            }
            byte[] sums = scan.index.get(Checksums.FILE);
            Map<String, Digest> listed = listing.sums();
            Manifest manifest = listing.manifest();
            if (sums == null) {
                missing(Checksums.FILE, null);
            }
            if (listed != null) {
                compare(listed);
            }
            if (manifest != null && listed != null) {
                compare(manifest, listed);
            }
            Digest hash = Digest.sha256(sums == null ? new byte[0] : sums);
            if (expected != null && !expected.equals(hash)) {
                add(
                        Finding.Kind.OTHER_PACKAGE,
                        Checksums.FILE,
                        expected.hex(),
                        hash.hex(),
                        "this is package " + hash.hex() + ", not " + expected.hex());
            }
            if (findings.isEmpty() && manifest != null) {
                List<String> attestations = scan.files.keySet().stream()
                        .filter(path -> path.startsWith(PackageLayout.ATTESTATIONS))
                        .sorted()
                        .toList();
                return new PackageVerification.Verified(new VerifiedPackage(root, manifest, hash, attestations));
            }
            findings.sort(Comparator.comparing(Finding::file).thenComparing(Finding::kind));
            return new PackageVerification.Refused(findings);
        }

        private void compare(Map<String, Digest> listed) {
            Map<Digest, String> extras = extras(listed);
            for (Map.Entry<String, Digest> entry : listed.entrySet()) {
                DirectoryScan.Scanned found = scan.files.get(entry.getKey());
                if (found == null || !found.digest().equals(entry.getValue())) {
                    differs(entry.getKey(), entry.getValue(), found, extras);
                }
            }
            if (!listed.containsKey(PackageLayout.MANIFEST)) {
                add(
                        Finding.Kind.MALFORMED,
                        Checksums.FILE,
                        null,
                        null,
                        Checksums.FILE + " does not list " + PackageLayout.MANIFEST);
            }
            extras.values().forEach(this::extra);
        }

        private void differs(
                String path, Digest expected, DirectoryScan.@Nullable Scanned found, Map<Digest, String> extras) {
            if (found != null) {
                changed(path, expected, found.digest());
                return;
            }
            String renamed = extras.remove(expected);
            if (renamed == null) {
                missing(path, expected);
            } else {
                add(
                        Finding.Kind.RENAMED,
                        path,
                        path,
                        renamed,
                        PortablePath.quoted(path) + " is there as " + PortablePath.quoted(renamed));
            }
        }

        /** Names in order, so that the same one of two is always said to be the second. */
        private void collisions(SortedSet<String> paths) {
            PortablePath.collisions(paths)
                    .forEach((path, other) -> add(
                            Finding.Kind.NAME,
                            path,
                            other,
                            path,
                            "files " + PortablePath.quoted(path) + " and " + PortablePath.quoted(other)
                                    + " are one where case is ignored"));
        }

        private Map<Digest, String> extras(Map<String, Digest> listed) {
            Map<Digest, String> extras = new HashMap<>();
            Stream<String> unlisted = scan.files.keySet().stream()
                    .filter(path -> !listed.containsKey(path)
                            && !PackageLayout.UNHASHED.contains(path)
                            && !path.startsWith(PackageLayout.ATTESTATIONS));
            unlisted.sorted().forEach(path -> {
                String twin = extras.putIfAbsent(found(path).digest(), path);
                if (twin != null) {
                    extra(path);
                }
            });
            return extras;
        }

        private DirectoryScan.Scanned found(String path) {
            return Objects.requireNonNull(scan.files.get(path));
        }

        private void extra(String path) {
            add(Finding.Kind.EXTRA, path, null, path, PortablePath.quoted(path) + " is there and nothing lists it");
        }

        private void compare(Manifest manifest, Map<String, Digest> listed) {
            if (!sameFiles(manifest, listed)) {
                add(
                        Finding.Kind.MALFORMED,
                        PackageLayout.MANIFEST,
                        null,
                        null,
                        PackageLayout.MANIFEST + " and " + Checksums.FILE + " list different files or digests");
            }
            for (FileEntry file : manifest.files()) {
                DirectoryScan.Scanned found = scan.files.get(file.path());
                if (found != null
                        && found.size() != file.size()
                        && found.digest().equals(file.sha256())) {
                    add(
                            Finding.Kind.MALFORMED,
                            file.path(),
                            Long.toString(file.size()),
                            Long.toString(found.size()),
                            PortablePath.quoted(file.path()) + " has " + found.size() + " bytes, the manifest says "
                                    + file.size());
                }
            }
        }

        /** Both are sorted, so one pass over both tells. */
        private static boolean sameFiles(Manifest manifest, Map<String, Digest> listed) {
            Iterator<FileEntry> declared = manifest.files().iterator();
            for (Map.Entry<String, Digest> line : listed.entrySet()) {
                if (!line.getKey().equals(PackageLayout.MANIFEST)) {
                    FileEntry file = declared.hasNext() ? declared.next() : null;
                    if (file == null
                            || !file.path().equals(line.getKey())
                            || !file.sha256().equals(line.getValue())) {
                        return false;
                    }
                }
            }
            return !declared.hasNext();
        }

        private void changed(String path, Digest expected, Digest actual) {
            boolean lineEndings = LineEndings.explain(root.resolve(path), expected);
            add(
                    lineEndings ? Finding.Kind.LINE_ENDINGS : Finding.Kind.CHANGED,
                    path,
                    expected.hex(),
                    actual.hex(),
                    PortablePath.quoted(path)
                            + (lineEndings
                                    ? " differs only in its line endings; a tool converted them"
                                    : " was changed: its SHA-256 is " + actual.hex() + ", not " + expected.hex()));
        }

        private void missing(String path, @Nullable Digest expected) {
            add(
                    Finding.Kind.MISSING,
                    path,
                    expected == null ? null : expected.hex(),
                    null,
                    PortablePath.quoted(path) + " is missing");
        }

        private void add(
                Finding.Kind kind, String file, @Nullable String expected, @Nullable String actual, String message) {
            findings.add(new Finding(kind, file, expected, actual, message));
        }
    }
}
