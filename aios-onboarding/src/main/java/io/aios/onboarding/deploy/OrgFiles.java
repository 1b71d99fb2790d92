package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.DRIFT;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of one organisation in a directory target, as they are now; reads only. */
final class OrgFiles {
    private final Path folder;
    private final OrgId org;
    private final TargetIdentity identity;

    OrgFiles(Path folder, OrgId org, TargetIdentity identity) {
        this.folder = folder;
        this.org = org;
        this.identity = identity;
    }

    Path stateFolder() {
        return folder.resolve("state");
    }

    Path logFile() {
        return folder.resolve("deployment.log");
    }

    Path leaseFile() {
        return folder.resolve("lease.json");
    }

    Path scratch() {
        return folder.resolve("scratch");
    }

    Anchor anchor() throws IOException {
        if (Files.exists(leaseFile(), LinkOption.NOFOLLOW_LINKS)) {
            return Anchor.parse(Files.readAllBytes(leaseFile()));
        }
        DeploymentLog empty = DeploymentLog.of(org, identity, List.of());
        return new Anchor(0, "", Instant.EPOCH, 0, empty.head(), null);
    }

    /** The log, verified against the anchor; a torn end is left out. */
    DeploymentLog log() throws IOException {
        byte[] bytes = logBytes();
        int whole = wholeLines(bytes);
        String text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
        List<String> lines = whole == 0
                ? List.of()
                : List.of(text.substring(0, text.length() - 1).split("\n", -1));
        DeploymentLog log = DeploymentLog.of(org, identity, lines);
        anchor().require(log, whole < bytes.length);
        return log;
    }

    boolean torn() throws IOException {
        byte[] bytes = logBytes();
        return wholeLines(bytes) < bytes.length;
    }

    long wholeLines() throws IOException {
        return wholeLines(logBytes());
    }

    private byte[] logBytes() throws IOException {
        return Files.exists(logFile(), LinkOption.NOFOLLOW_LINKS) ? Files.readAllBytes(logFile()) : new byte[0];
    }

    private static int wholeLines(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    TargetState state() throws IOException {
        return new TargetState(digests(stateFolder()), log());
    }

    private static SortedMap<String, Digest> digests(Path state) throws IOException {
        SortedMap<String, Digest> digests = new TreeMap<>();
        if (!Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
            return digests;
        }
        Files.walkFileTree(state, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String key = state.relativize(file).toString().replace('\\', '/');
                if (!attributes.isRegularFile()) {
                    throw new DeploymentException(DRIFT, key + " on the target is not a regular file; remove it");
                }
                digests.put(key, Digest.sha256(Files.readAllBytes(file)));
                return FileVisitResult.CONTINUE;
            }
        });
        return digests;
    }
}
