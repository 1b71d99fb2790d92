package io.aios.audit.wall;

import io.aios.audit.AuditHead;
import io.aios.audit.proof.AuditLeaf;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One connection of the writer role: the two functions it may call. */
final class WriterConnection implements AutoCloseable {
    private static final String APPEND =
            "SELECT status, log, size, head, known_seqs, known_leaves, known_salts FROM aios_audit.append("
                    + "pg_catalog.set_config('app.org_id', ?, true), ?, ?, ?, ?, ?, ?, ?)";
    private static final String FLUSH =
            "SELECT aios_audit.flush(pg_catalog.set_config('app.org_id', ?, true), ?, ?)::text";
    private static final String FLUSHED = "SELECT pg_catalog.pg_current_wal_flush_lsn() >= ?::pg_catalog.pg_lsn";

    /** Leaves with their payloads, ready to be written behind one head. */
    record Batch(AuditHead head, List<byte[]> leaves, List<byte[]> salts, List<byte @Nullable []> payloads) {}

    /** An entry that stands in the log already. */
    record Known(AuditLeaf leaf, Optional<byte[]> salt) {}

    /** The append function's answer. */
    record Answer(String status, String log, AuditHead head, List<Known> known) {
        boolean appended() {
            return status.equals("appended");
        }

        boolean found() {
            return !known.isEmpty();
        }
    }

    private final Connection connection;
    private final PreparedStatement append;
    private final PreparedStatement flush;
    private final PreparedStatement flushed;

    private WriterConnection(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (Statement statement = connection.createStatement()) {
            // A barrier that is interrupted by a timeout would be an answer nobody can use.
            statement.execute("SET statement_timeout = 0; SET search_path = pg_catalog, pg_temp");
        }
        this.append = connection.prepareStatement(APPEND);
        this.flush = connection.prepareStatement(FLUSH);
        this.flushed = connection.prepareStatement(FLUSHED);
        checkWarnings(connection.getWarnings());
    }

    static WriterConnection open(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            return new WriterConnection(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    Answer append(OrgId org, Batch batch, UUID @Nullable [] lookFor, boolean async) throws SQLException {
        Array leaves = connection.createArrayOf("bytea", batch.leaves().toArray(new byte[0][]));
        Array salts = connection.createArrayOf("bytea", batch.salts().toArray(new byte[0][]));
        Array payloads = connection.createArrayOf("bytea", batch.payloads().toArray(new byte[0][]));
        append.setString(1, org.value());
        append.setLong(2, batch.head().size());
        append.setBytes(3, batch.head().hash().bytes());
        append.setArray(4, leaves);
        append.setArray(5, salts);
        append.setArray(6, payloads);
        append.setArray(7, lookFor == null ? null : connection.createArrayOf("uuid", lookFor));
        append.setBoolean(8, async);
        try (ResultSet row = append.executeQuery()) {
            checkWarnings(append.getWarnings());
            if (!row.next()) {
                throw new SQLException("the append function gave no answer");
            }
            return new Answer(
                    row.getString(1),
                    row.getString(2),
                    new AuditHead(row.getLong(3), Digest.of(row.getBytes(4))),
                    known(row));
        }
    }

    /** Locks the tenant until {@link #unlock} and tells the end of its log. */
    Answer lock(OrgId org, boolean async) throws SQLException {
        connection.setAutoCommit(false);
        return append(
                org,
                new Batch(new AuditHead(0, Digest.of(new byte[32])), List.of(), List.of(), List.of()),
                null,
                async);
    }

    void unlock() throws SQLException {
        connection.commit();
        checkWarnings(connection.getWarnings());
        connection.setAutoCommit(true);
    }

    /** Makes everything this connection committed before durable; no answer but a return means that it is. */
    void flush(OrgId org, long seq, Digest hash) throws SQLException {
        flush.setString(1, org.value());
        flush.setLong(2, seq);
        flush.setBytes(3, hash.bytes());
        String lsn;
        try (ResultSet row = flush.executeQuery()) {
            checkWarnings(flush.getWarnings());
            if (!row.next()) {
                throw new SQLException("the flush function gave no answer");
            }
            lsn = row.getString(1);
        }
        checkWarnings(connection.getWarnings());
        flushed.setString(1, lsn);
        try (ResultSet row = flushed.executeQuery()) {
            checkWarnings(flushed.getWarnings());
            if (!row.next() || !row.getBoolean(1)) {
                throw new SQLException("the log of the server is not flushed to " + lsn, "58000");
            }
        }
    }

    Connection raw() {
        return connection;
    }

    private static List<Known> known(ResultSet row) throws SQLException {
        List<Known> known = new ArrayList<>();
        Array leaves = row.getArray(6);
        if (leaves != null) {
            Object[] bytes = (Object[]) leaves.getArray();
            Object[] salts = (Object[]) Objects.requireNonNull(row.getArray(7)).getArray();
            for (int i = 0; i < bytes.length; i++) {
                known.add(new Known(AuditLeaf.parse((byte[]) bytes[i]), Optional.ofNullable((byte[]) salts[i])));
            }
        }
        return known;
    }

    /** A warning may mean that a commit reached this server but not its standbys: that is no acknowledgement. */
    private static void checkWarnings(@Nullable SQLWarning warning) throws SQLException {
        if (warning != null) {
            throw new SQLException("the server warned: " + warning.getMessage(), "58000", warning);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
