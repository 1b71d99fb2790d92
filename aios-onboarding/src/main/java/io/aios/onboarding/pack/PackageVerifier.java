package io.aios.onboarding.pack;

import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.TenancyException;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
            DirectoryScan scan = DirectoryScan.of(root);
            return new Judgement(root, scan).verdict(expected);
        } catch (IOException | DirectoryIteratorException e) {
            throw new PackageException("cannot read the package in " + directory + ": " + e, e);
        }
    }

    /** Compares what was found with what is listed. */
    private static final class Judgement {
        private final Path root;
        private final DirectoryScan scan;
        private final List<Finding> findings;

        Judgement(Path root, DirectoryScan scan) {
            this.root = root;
            this.scan = scan;
            this.findings = new ArrayList<>(scan.findings);
        }

        PackageVerification verdict(@Nullable Digest expected) {
            PortablePath.collisions(scan.files.keySet())
                    .forEach((path, other) -> add(
                            Finding.Kind.NAME,
                            path,
                            other,
                            path,
                            "files " + PortablePath.quoted(path) + " and " + PortablePath.quoted(other)
                                    + " are one where case is ignored"));
            byte[] sums = scan.index.get(Checksums.FILE);
            byte[] manifestBytes = scan.index.get(PackageLayout.MANIFEST);
            SortedMap<String, Digest> listed = sums == null ? null : checksums(sums);
            Manifest manifest = manifestBytes == null ? null : manifest(manifestBytes);
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
                        .toList();
                return new PackageVerification.Verified(new VerifiedPackage(root, manifest, hash, attestations));
            }
            findings.sort(Comparator.comparing(Finding::file).thenComparing(Finding::kind));
            return new PackageVerification.Refused(findings);
        }

        private @Nullable SortedMap<String, Digest> checksums(byte[] bytes) {
            try {
                return Checksums.decode(bytes);
            } catch (PackageException e) {
                malformed(Checksums.FILE, e);
                return null;
            }
        }

        private @Nullable Manifest manifest(byte[] bytes) {
            try {
                return ManifestCodec.decode(bytes);
            } catch (OnboardingException | InvalidJsonException | TenancyException e) {
                malformed(PackageLayout.MANIFEST, e);
                return null;
            }
        }

        private void compare(SortedMap<String, Digest> listed) {
            Map<Digest, String> extras = extras(listed);
            for (Map.Entry<String, Digest> entry : listed.entrySet()) {
                String path = entry.getKey();
                DirectoryScan.Scanned found = scan.files.get(path);
                if (!path.equals(PackageLayout.MANIFEST) && FileRole.of(path) == null) {
                    add(
                            Finding.Kind.MALFORMED,
                            path,
                            null,
                            null,
                            Checksums.FILE + " lists " + PortablePath.quoted(path)
                                    + ", which has no place in a package");
                } else if (found == null) {
                    String renamed = extras.remove(entry.getValue());
                    if (renamed == null) {
                        missing(path, entry.getValue());
                    } else {
                        add(
                                Finding.Kind.RENAMED,
                                path,
                                path,
                                renamed,
                                PortablePath.quoted(path) + " is there as " + PortablePath.quoted(renamed));
                    }
                } else if (!found.digest().equals(entry.getValue())) {
                    changed(path, entry.getValue(), found.digest());
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
            extras.values()
                    .forEach(path -> add(
                            Finding.Kind.EXTRA,
                            path,
                            null,
                            path,
                            PortablePath.quoted(path) + " is there and nothing lists it"));
        }

        private Map<Digest, String> extras(SortedMap<String, Digest> listed) {
            Map<Digest, String> extras = new HashMap<>();
            scan.files.forEach((path, file) -> {
                boolean unhashed = PackageLayout.UNHASHED.contains(path) || path.startsWith(PackageLayout.ATTESTATIONS);
                if (!unhashed && !listed.containsKey(path)) {
                    String twin = extras.putIfAbsent(file.digest(), path);
                    if (twin != null) {
                        add(
                                Finding.Kind.EXTRA,
                                path,
                                null,
                                path,
                                PortablePath.quoted(path) + " is there and nothing lists it");
                    }
                }
            });
            return extras;
        }

        private void compare(Manifest manifest, SortedMap<String, Digest> listed) {
            SortedMap<String, Digest> declared = new TreeMap<>();
            manifest.files().forEach(file -> declared.put(file.path(), file.sha256()));
            SortedMap<String, Digest> hashed = new TreeMap<>(listed);
            hashed.remove(PackageLayout.MANIFEST);
            if (!declared.equals(hashed)) {
                add(
                        Finding.Kind.MALFORMED,
                        PackageLayout.MANIFEST,
                        null,
                        null,
                        PackageLayout.MANIFEST + " and " + Checksums.FILE + " list different files or digests");
            }
            for (FileEntry file : manifest.files()) {
                DirectoryScan.Scanned found = scan.files.get(file.path());
                if (found != null && found.digest().equals(file.sha256()) && found.size() != file.size()) {
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

        private void malformed(String file, RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            add(Finding.Kind.MALFORMED, file, null, null, message.startsWith(file) ? message : file + ": " + message);
        }

        private void add(
                Finding.Kind kind, String file, @Nullable String expected, @Nullable String actual, String message) {
            findings.add(new Finding(kind, file, expected, actual, message));
        }
    }
}
