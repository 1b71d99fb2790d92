package io.aios.audit.wall;

import io.aios.audit.verify.EntryRow;
import io.aios.tenancy.OrgId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's rows in the order of {@code seq}, from one snapshot. Reads ahead at most 500 entries and 16 payloads, so at
 * most 48 MiB, and usually below one.
 */
final class EntryCursor implements AutoCloseable {
    private static final int ENTRIES_AHEAD = 500;
    private static final int PAYLOADS_AHEAD = 16;

    /** Whatever stands there is read, also what no writer could write, for the verifier to find. */
    private static final String ENTRIES = "SELECT coalesce(seq, -1), leaf, entry_hash, org, log, entry_id::text,"
            + " CASE WHEN at >= to_timestamp(0) AND at < to_timestamp(253402300800)"
            + " THEN (extract(epoch FROM at) * 1000000)::bigint ELSE -1 END,"
            + " type, actor, subject, outcome, corrects FROM aios_audit.entries WHERE org = ?";

    private static final String PAYLOADS =
            "SELECT coalesce(seq, -1), salt, bytes FROM aios_audit.payloads WHERE org = ?";

    private final Connection connection;
    private final PreparedStatement entryStatement;
    private final PreparedStatement payloadStatement;
    private final ResultSet entries;
    private final ResultSet payloads;
    private boolean morePayloads;
    private @Nullable String stray;

    private EntryCursor(Connection connection, OrgId org, long from) throws SQLException {
        this.connection = connection;
        enter(connection, org);
        String rest = from == 0 ? " ORDER BY seq" : " AND seq >= " + from + " ORDER BY seq";
        this.entryStatement = connection.prepareStatement(ENTRIES + rest);
        entryStatement.setFetchSize(ENTRIES_AHEAD);
        entryStatement.setString(1, org.value());
        this.payloadStatement = connection.prepareStatement(PAYLOADS + rest);
        payloadStatement.setFetchSize(PAYLOADS_AHEAD);
        payloadStatement.setString(1, org.value());
        this.entries = entryStatement.executeQuery();
        this.payloads = payloadStatement.executeQuery();
        this.morePayloads = payloads.next();
    }

    /** Begins a transaction that sees one tenant's log as it is now and can change nothing. */
    static void enter(Connection connection, OrgId org) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement()) {
            SessionSettings.pinLocally(statement);
            statement.execute("SELECT pg_catalog.set_config('app.org_id', '" + org.value() + "', true)");
        }
    }

    static void leave(Connection connection) throws SQLException {
        connection.rollback();
        connection.setReadOnly(false);
        connection.setAutoCommit(true);
    }

    static EntryCursor open(DataSource dataSource, OrgId org) throws SQLException {
        return open(dataSource, org, 0);
    }

    /** Rows from an entry on. */
    static EntryCursor open(DataSource dataSource, OrgId org, long from) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            return new EntryCursor(connection, org, from);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Nullable EntryRow next() throws SQLException {
        if (!entries.next()) {
            return null;
        }
        long seq = entries.getLong(1);
        long corrects = entries.getLong(12);
        Long correctsOrNull = entries.wasNull() ? null : corrects;
        return new EntryRow(
                seq,
                new EntryRow.Bytes(bytes(entries, 2)),
                new EntryRow.Bytes(bytes(entries, 3)),
                new EntryRow.Columns(
                        text(4),
                        entries.getString(5),
                        text(6),
                        entries.getLong(7),
                        text(8),
                        text(9),
                        text(10),
                        text(11),
                        correctsOrNull),
                payload(seq));
    }

    private EntryRow.@Nullable StoredPayload payload(long seq) throws SQLException {
        while (morePayloads && payloads.getLong(1) < seq) {
            stray = stray == null ? payloads.getString(1) : stray;
            morePayloads = payloads.next();
        }
        if (!morePayloads || payloads.getLong(1) != seq) {
            return null;
        }
        EntryRow.StoredPayload payload = new EntryRow.StoredPayload(
                new EntryRow.Bytes(bytes(payloads, 2)), new EntryRow.Bytes(bytes(payloads, 3)));
        morePayloads = payloads.next();
        return payload;
    }

    /** The seq of the first payload that no entry claimed, after the last entry; null when there is none. */
    @Nullable String strayPayload() throws SQLException {
        return stray == null && morePayloads ? payloads.getString(1) : stray;
    }

    private String text(int column) throws SQLException {
        return Objects.requireNonNullElse(entries.getString(column), "");
    }

    private static byte[] bytes(ResultSet rows, int column) throws SQLException {
        return Objects.requireNonNullElse(rows.getBytes(column), new byte[0]);
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            leave(connection);
        }
    }
}
