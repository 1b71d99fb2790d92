package io.aios.audit.wall;

import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.HeadLeaf;
import io.aios.trace.json.Digest;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** One connection of the signer role: heads and hashes of all tenants, no leaf. */
final class SignerConnection implements AutoCloseable {
    private static final int AHEAD = 5000;

    /** A tenant's log and how many entries it has. */
    record TenantLog(String org, String log, long size) {}

    /** How far a log was published, with the edge of its Merkle tree there. */
    record Published(long size, List<Digest> edge) {}

    /** A head to be published, and the hash of the entry it ends with. */
    record Growth(String org, HeadLeaf leaf, List<Digest> edge, Digest end) {}

    private final Connection connection;

    private SignerConnection(Connection connection) throws SQLException {
        this.connection = connection;
        SessionSettings.pin(connection);
    }

    static SignerConnection open(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            return new SignerConnection(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    List<TenantLog> logs() throws SQLException {
        List<TenantLog> logs = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT t.org, t.log, coalesce((SELECT e.seq + 1"
                        + " FROM aios_audit.entry e WHERE e.org = t.org ORDER BY e.seq DESC LIMIT 1), 0)"
                        + " FROM aios_audit.tenant_log t ORDER BY t.org")) {
            while (rows.next()) {
                logs.add(new TenantLog(
                        Objects.requireNonNull(rows.getString(1)),
                        Objects.requireNonNull(rows.getString(2)),
                        rows.getLong(3)));
            }
        }
        return logs;
    }

    /** Streams the published heads from an index on, each with the edge kept beside it. */
    void published(long from, BiConsumer<HeadLeaf, List<Digest>> heads) throws SQLException {
        stream("SELECT leaf, edge FROM aios_audit.head WHERE idx >= ? AND idx < ? ORDER BY idx", "", from, rows -> {
            heads.accept(HeadLeaf.parse(rows.get(0)), edge(rows.get(1)));
        });
    }

    /** Streams entry hashes of a tenant. */
    void hashes(String org, long from, long to, Consumer<Digest> hashes) throws SQLException {
        stream(
                "SELECT entry_hash FROM aios_audit.entry WHERE org = ? AND seq >= ? AND seq < " + to + " ORDER BY seq",
                org,
                from,
                rows -> hashes.accept(Digest.of(rows.get(0))));
    }

    private void stream(String query, String org, long from, Consumer<List<byte[]>> rows) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setFetchSize(AHEAD);
            if (org.isEmpty()) {
                statement.setLong(1, from);
                statement.setLong(2, Long.MAX_VALUE);
            } else {
                statement.setString(1, org);
                statement.setLong(2, from);
            }
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<byte[]> row = new ArrayList<>(columns);
                    for (int i = 1; i <= columns; i++) {
                        row.add(Objects.requireNonNull(result.getBytes(i)));
                    }
                    rows.accept(row);
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    void flush() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String lsn;
            try (ResultSet row = statement.executeQuery("SELECT aios_audit.flush(NULL, NULL, NULL)::text")) {
                if (statement.getWarnings() != null || !row.next()) {
                    throw new SQLException("the flush function warned or gave no answer", "58000");
                }
                lsn = row.getString(1);
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT pg_catalog.pg_current_wal_flush_lsn() >= '" + lsn + "'::pg_catalog.pg_lsn")) {
                if (connection.getWarnings() != null || !row.next() || !row.getBoolean(1)) {
                    throw new SQLException("the log of the server is not flushed to " + lsn, "58000");
                }
            }
        }
    }

    boolean publish(long base, List<Growth> growths, Checkpoint checkpoint, String note) throws SQLException {
        byte[][] leaves = growths.stream().map(g -> g.leaf().bytes()).toArray(byte[][]::new);
        byte[][] edges = growths.stream().map(g -> bytes(g.edge())).toArray(byte[][]::new);
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT aios_audit.publish(?, ?, ?, ?, ?, ?, ?)")) {
            statement.setLong(1, base);
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", growths.stream().map(Growth::org).toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint", growths.stream().map(g -> g.leaf().size()).toArray()));
            statement.setArray(4, connection.createArrayOf("bytea", leaves));
            statement.setArray(5, connection.createArrayOf("bytea", edges));
            statement.setBytes(6, checkpoint.root().bytes());
            statement.setString(7, note);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static byte[] bytes(List<Digest> edge) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        edge.forEach(hash -> out.writeBytes(hash.bytes()));
        return out.toByteArray();
    }

    private static List<Digest> edge(byte[] bytes) {
        List<Digest> edge = new ArrayList<>();
        for (int i = 0; i + 32 <= bytes.length; i += 32) {
            edge.add(Digest.of(Arrays.copyOfRange(bytes, i, i + 32)));
        }
        return edge;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
