package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditException;
import io.aios.audit.AuditRefusedException;
import io.aios.tenancy.OrgId;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The door through which events reach the audit database, opened as the writer role. Opening checks the role and the
 * server, and refuses one that could break what the wall promises. Close it when the program ends.
 *
 * <p>Memory: what waits (see {@link Builder#maxQueue}), and for each connection one batch of at most 5 MiB of payloads,
 * which the driver copies a few times. Nothing grows with the log.
 */
public final class AuditWall implements AuditLog, AutoCloseable {
    private final GroupCommit groupCommit;

    private AuditWall(GroupCommit groupCommit) {
        this.groupCommit = groupCommit;
    }

    /**
     * Starts opening a wall.
     *
     * @param dataSource connections of the writer role to the audit database, used for nothing else; the wall keeps
     *     a few of them open
     */
    public static Builder writer(DataSource dataSource) {
        return new Builder(Objects.requireNonNull(dataSource, "dataSource"));
    }

    @Override
    public Tenant tenant(OrgId org) {
        return new TenantAppender(Objects.requireNonNull(org, "org"), groupCommit);
    }

    /** Waits for what was accepted, at most the timeout, and closes the connections. */
    @Override
    public void close() {
        groupCommit.close();
    }

    /** Collects the settings of a wall. */
    public static final class Builder {
        private final DataSource writer;
        private @Nullable DataSource primary;
        private boolean sameClusterDev;
        private Clock clock = Clock.systemUTC();
        private SecureRandom random = new SecureRandom();
        private @Nullable Supplier<UUID> ids;
        private int connections = 2;
        private int maxBatch = 256;
        private int maxQueue = 4096;
        private Duration timeout = Duration.ofSeconds(30);
        private boolean barrier = true;

        private Builder(DataSource writer) {
            this.writer = writer;
        }

        /** The primary database, whose server must not be the wall's. This or {@link #sameClusterDev} is required. */
        @CanIgnoreReturnValue
        public Builder primary(DataSource value) {
            this.primary = value;
            return this;
        }

        /** DANGEROUS: lets the wall stand on the primary's server, for a laptop; logs a warning. */
        @CanIgnoreReturnValue
        public Builder sameClusterDev() {
            this.sameClusterDev = true;
            return this;
        }

        /** The clock for events without a time of their own; the system's otherwise. */
        @CanIgnoreReturnValue
        public Builder clock(Clock value) {
            this.clock = value;
            return this;
        }

        /** Entry ids for events without one; UUID version 7 otherwise. Must never repeat. */
        @CanIgnoreReturnValue
        public Builder ids(Supplier<UUID> value) {
            this.ids = value;
            return this;
        }

        /** The source of salts and ids. */
        @CanIgnoreReturnValue
        public Builder random(SecureRandom value) {
            this.random = value;
            return this;
        }

        /** How many connections write at the same time, 1 to 64; 2 otherwise. */
        @CanIgnoreReturnValue
        public Builder connections(int value) {
            this.connections = between("connections", value, 64);
            return this;
        }

        /** Most entries in one batch, 1 to 4096; 256 otherwise. */
        @CanIgnoreReturnValue
        public Builder maxBatch(int value) {
            this.maxBatch = between("maxBatch", value, 4096);
            return this;
        }

        /**
         * Most events that wait, 1 to 1,000,000; 4096 otherwise. More of them make appending wait. An event counts once
         * more for each 16 KiB of its payload, so that the queue holds about 20 KiB times this number at most: 80 MiB.
         */
        @CanIgnoreReturnValue
        public Builder maxQueue(int value) {
            this.maxQueue = between("maxQueue", value, 1_000_000);
            return this;
        }

        /** How long an append may wait for room and then for its acknowledgement; 30 s otherwise. */
        @CanIgnoreReturnValue
        public Builder timeout(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("timeout must be positive, not " + value);
            }
            this.timeout = value;
            return this;
        }

        /** Whether batches commit asynchronously and a flush barrier makes them durable (the default). */
        @CanIgnoreReturnValue
        public Builder flushBarrier(boolean value) {
            this.barrier = value;
            return this;
        }

        private static int between(String name, int value, int max) {
            if (value < 1 || value > max) {
                throw new IllegalArgumentException(name + " must lie between 1 and " + max + ", not " + value);
            }
            return value;
        }

        /**
         * Checks role and server and opens the wall.
         *
         * @throws AuditRefusedException naming every reason why this role or server must not be used
         * @throws AuditException if the database cannot be reached
         */
        public AuditWall open() {
            if (primary == null && !sameClusterDev) {
                throw new AuditRefusedException("name the primary database, so that the wall can make sure it stands on"
                        + " another server (or, on a laptop, say sameClusterDev)");
            }
            WallSelfCheck.Result checked;
            try {
                checked = WallSelfCheck.writer(writer, primary);
            } catch (SQLException e) {
                throw new AuditException("the audit database could not be checked: " + e.getMessage(), e);
            }
            checked.orElseThrow();
            return new AuditWall(new GroupCommit(new GroupCommit.Settings(
                    writer,
                    clock,
                    ids == null ? new TimeOrderedIds(clock, random) : ids,
                    this::salt,
                    connections,
                    maxBatch,
                    maxQueue,
                    timeout,
                    barrier && checked.barrierWorks())));
        }

        private byte[] salt() {
            byte[] salt = new byte[32];
            random.nextBytes(salt);
            return salt;
        }
    }
}
