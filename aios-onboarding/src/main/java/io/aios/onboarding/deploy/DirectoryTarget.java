package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.LEASE;
import static io.aios.onboarding.deploy.DeploymentException.Reason.REFUSED;
import static io.aios.onboarding.deploy.DeploymentException.Reason.TARGET;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.onboarding.pack.FileRole;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A target that is a directory: {@code <org>/state/} holds the resources, {@code <org>/deployment.log} the log and
 * {@code <org>/lease.json} its length, head and holder.
 *
 * <p>Executors in any number of processes may share it on a file system with file locks.
 */
public final class DirectoryTarget implements DeploymentTarget {
    private static final String SCHEMA = "aios-directory-target/1";
    private static final Object IN_THIS_PROCESS = new Object();

    private final Path root;
    private final TargetIdentity identity;
    private final Clock clock;
    private final Disk disk;

    private DirectoryTarget(Path root, TargetIdentity identity, Clock clock, Disk disk) {
        this.root = root;
        this.identity = identity;
        this.clock = clock;
        this.disk = disk;
    }

    /**
     * Creates a target in a new or empty directory, with a lineage of its own.
     *
     * @param id its name for people, {@code [a-z0-9][a-z0-9_-]{0,62}}
     * @throws DeploymentException when the directory is not empty or cannot be written
     */
    public static DirectoryTarget create(Path directory, String id, RandomGenerator random, Clock clock) {
        byte[] lineage = new byte[16];
        random.nextBytes(lineage);
        TargetIdentity identity = new TargetIdentity(id, HexFormat.of().formatHex(lineage));
        try {
            Files.createDirectories(directory);
            try (var entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new DeploymentException(REFUSED, "target directory " + directory + " is not empty");
                }
            }
            Files.createFile(directory.resolve("lock"));
            new Disk()
                    .replace(
                            directory.resolve("target.json"),
                            CanonicalJson.bytes(Map.of("schema", SCHEMA, "id", id, "lineage", identity.lineage())));
            return new DirectoryTarget(directory.toRealPath(), identity, clock, new Disk());
        } catch (IOException e) {
            throw new DeploymentException(TARGET, "cannot create a target in " + directory + ": " + e, e);
        }
    }

    /**
     * Opens a target that was created before.
     *
     * @throws DeploymentException when there is none
     */
    public static DirectoryTarget open(Path directory, Clock clock) {
        return open(directory, clock, new Disk());
    }

    static DirectoryTarget open(Path directory, Clock clock, Disk disk) {
        try {
            JsonFields json = JsonFields.of(
                    "target.json", CanonicalJson.parse(Files.readAllBytes(directory.resolve("target.json"))));
            if (!json.string("schema").equals(SCHEMA)) {
                throw new DeploymentException(REFUSED, directory + " is a target of another schema");
            }
            TargetIdentity identity = new TargetIdentity(json.string("id"), json.string("lineage"));
            return new DirectoryTarget(directory.toRealPath(), identity, clock, disk);
        } catch (IOException e) {
            throw new DeploymentException(REFUSED, "there is no target in " + directory + "; create it first", e);
        }
    }

    @Override
    public TargetIdentity identity() {
        return identity;
    }

    @Override
    public TargetState state(OrgId org) {
        try {
            return files(org).state();
        } catch (IOException e) {
            throw failed(org, e);
        }
    }

    @Override
    public Optional<byte[]> read(OrgId org, String key) {
        Path file = resource(org, key);
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            throw failed(org, e);
        }
    }

    @Override
    public Lease acquire(OrgId org, String holder, Duration ttl) {
        if (holder.isBlank()) {
            throw new DeploymentException(REFUSED, "a lease needs a holder's name");
        }
        return exclusively(org, () -> {
            OrgFiles files = files(org);
            Files.createDirectories(files.stateFolder());
            Anchor last = files.anchor();
            if (last.heldAt(clock.instant())) {
                throw new DeploymentException(
                        LEASE,
                        "organisation " + org.value() + " is leased to " + last.holder() + " until "
                                + last.expiresAt());
            }
            DeploymentLog log = files.log();
            if (files.torn()) {
                disk.truncate(files.logFile(), files.wholeLines());
            }
            Anchor taken =
                    new Anchor(last.token() + 1, holder, clock.instant().plus(ttl), log.count(), log.head(), null);
            disk.replace(files.leaseFile(), taken.bytes());
            return new DirectoryLease(this, org, taken.token(), ttl);
        });
    }

    OrgFiles files(OrgId org) {
        return new OrgFiles(root.resolve(org.value()), org, identity);
    }

    Clock clock() {
        return clock;
    }

    Disk disk() {
        return disk;
    }

    Path resource(OrgId org, String key) {
        if (FileRole.of(key) == null || key.contains("..") || key.contains("\\") || key.contains("//")) {
            throw new DeploymentException(REFUSED, "there is no resource of that name in a package");
        }
        return files(org).stateFolder().resolve(key);
    }

    /** A short critical section over all processes; the lease, not this lock, spans a run. */
    @CanIgnoreReturnValue
    <T> T exclusively(OrgId org, IoCall<T> call) {
        synchronized (IN_THIS_PROCESS) {
            try (FileChannel channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("the lock was lost");
                }
                return call.run();
            } catch (IOException e) {
                throw failed(org, e);
            }
        }
    }

    private DeploymentException failed(OrgId org, IOException e) {
        return new DeploymentException(
                TARGET, "target " + identity.id() + " of " + org.value() + " cannot be read or written: " + e, e);
    }

    /** Work on files. */
    @FunctionalInterface
    interface IoCall<T> {
        T run() throws IOException;
    }
}
