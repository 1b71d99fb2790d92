package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditHead;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.EntryRef;
import io.aios.audit.proof.AuditLeaf;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Erases payloads as the eraser role. The payload and its salt are deleted and an entry that says so is appended, in one
 * transaction; every hash and proof stays valid. Copies in backups, in write-ahead log archives and, until the next
 * {@code VACUUM} of {@code aios_audit.payload}, in dead rows are the host's to deal with.
 */
public final class AuditEraser {
    private static final String ERASE = "SELECT log, size, prev, head FROM aios_audit.erase("
            + "pg_catalog.set_config('app.org_id', ?, true), ?, ?, ?, ?::pg_catalog.timestamp, ?, ?)";

    private static final byte[] NO_SALT = new byte[32];

    private final DataSource eraser;
    private final Clock clock;
    private final Supplier<UUID> ids;

    private AuditEraser(DataSource eraser, Clock clock) {
        this.eraser = eraser;
        this.clock = clock;
        this.ids = new TimeOrderedIds(clock, new SecureRandom());
    }

    /**
     * Opens the wall for erasing.
     *
     * @param dataSource connections of the eraser role to the audit database
     * @throws AuditRefusedException if the role may do more than erase, or the server cannot be relied on
     */
    public static AuditEraser open(DataSource dataSource, Clock clock) {
        Objects.requireNonNull(dataSource, "dataSource");
        try {
            WallSelfCheck.eraser(dataSource).orElseThrow();
        } catch (SQLException e) {
            throw new AuditException("the audit database could not be checked: " + e.getMessage(), e);
        }
        return new AuditEraser(dataSource, clock);
    }

    /**
     * Erases the payload of an entry.
     *
     * @param target the entry
     * @param approver who allowed it, {@code [A-Za-z0-9._:-]{1,128}}
     * @param basis why it is lawful, {@code [a-z0-9._-]{1,64}}, for example {@code gdpr.art17}
     * @return the receipt of the erasure entry
     * @throws AuditRefusedException if the entry is not there, is another, or has no payload (any more)
     * @throws AuditUnavailableException if it was not acknowledged; ask the verifier whether it happened
     */
    @CanIgnoreReturnValue
    public AuditReceipt erase(OrgId org, EntryRef target, String approver, String basis) {
        AuditEvent event = AuditEvent.of(AuditEntry.ERASED)
                .id(ids.get())
                .at(clock.instant())
                .actor(approver)
                .subject("seq:" + target.seq())
                .outcome(basis)
                .build()
                .correcting(target);
        try (Connection connection = eraser.getConnection()) {
            SessionSettings.pin(connection);
            connection.setAutoCommit(false);
            try {
                AuditReceipt receipt = erase(connection, org, target, event);
                connection.commit();
                if (connection.getWarnings() != null) {
                    throw new SQLException("the server warned", "58000", connection.getWarnings());
                }
                return receipt;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            String message = "tenant " + org + ": payload " + target.seq() + " was not erased: " + e.getMessage();
            throw BatchWriter.isTransient(e)
                    ? new AuditUnavailableException(message, e)
                    : new AuditRefusedException(message, e);
        }
    }

    private static AuditReceipt erase(Connection connection, OrgId org, EntryRef target, AuditEvent event)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ERASE)) {
            statement.setString(1, org.value());
            statement.setLong(2, target.seq());
            statement.setBytes(3, target.hash().bytes());
            statement.setObject(4, event.id().orElseThrow());
            statement.setString(5, WriterConnection.time(event));
            statement.setString(6, event.actor());
            statement.setString(7, event.outcome());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the erase function gave no answer");
                }
                AuditLeaf leaf = AuditLeaf.of(
                        event,
                        Objects.requireNonNull(row.getString(1)),
                        org,
                        new AuditLeaf.AuditPosition(row.getLong(2), Digest.of(row.getBytes(3))),
                        NO_SALT);
                Digest hash = leaf.hash();
                if (!hash.equals(Digest.of(row.getBytes(4)))) {
                    throw new SQLException("the server wrote another leaf than was asked for", "XX000");
                }
                return new AuditReceipt(org, leaf.id(), leaf.seq(), hash, new AuditHead(leaf.seq() + 1, hash));
            }
        }
    }
}
