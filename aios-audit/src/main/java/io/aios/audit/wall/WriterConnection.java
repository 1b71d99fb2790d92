package io.aios.audit.wall;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditHead;
import io.aios.audit.EntryRef;
import io.aios.audit.PolicyVersion;
import io.aios.audit.proof.AuditLeaf;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One connection of the writer role: the two functions it may call. */
final class WriterConnection implements AutoCloseable {
    private static final String APPEND =
            "SELECT log, size, prev, head, known_leaves, known_salts FROM aios_audit.append("
                    + "pg_catalog.set_config('app.org_id', ?, true), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String FLUSH =
            "SELECT aios_audit.flush(pg_catalog.set_config('app.org_id', ?, true), ?, ?)::text";
    private static final String FLUSHED = "SELECT pg_catalog.pg_current_wal_flush_lsn() >= ?::pg_catalog.pg_lsn";

    /** Two transactions in one trip; the tenant's lock ends with the first, which waits for no disk. */
    private static final String APPEND_AND_FLUSH = "BEGIN; " + APPEND + "; COMMIT; BEGIN;"
            + " SELECT aios_audit.flush(NULL, NULL, NULL)::text; COMMIT;"
            + " SELECT pg_catalog.pg_current_wal_flush_lsn()::text";

    /** How an append is made durable. */
    enum Durability {
        /** By its own commit. */
        COMMIT,
        /** By a flush in the same trip. */
        FLUSH,
        /** Not yet: by a {@link #flush} that follows. */
        LATER
    }

    /** An entry that stands in the log already. */
    record Known(AuditLeaf leaf, Optional<byte[]> salt) {}

    /**
     * The append function's answer.
     *
     * @param log the tenant's log
     * @param before its end before the call
     * @param head the hash of its last entry after the call
     * @param known entries that existed already; then nothing was written
     */
    record Answer(String log, AuditHead before, Digest head, List<Known> known) {}

    private final Connection connection;
    private final PreparedStatement append;
    private final PreparedStatement appendAndFlush;
    private final PreparedStatement flush;
    private final PreparedStatement flushed;

    private WriterConnection(Connection connection) throws SQLException {
        this.connection = connection;
        SessionSettings.pin(connection);
        this.append = connection.prepareStatement(APPEND);
        this.appendAndFlush = connection.prepareStatement(APPEND_AND_FLUSH);
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

    /**
     * Appends entries to the end of the tenant's log.
     *
     * @param known whether to look first for entries that have these ids
     */
    Answer append(OrgId org, List<Pending> entries, boolean known, Durability durability) throws SQLException {
        if (durability == Durability.FLUSH) {
            return appendAndFlush(org, entries, known);
        }
        bind(append, org, entries, known, durability == Durability.LATER);
        try (ResultSet row = append.executeQuery()) {
            checkWarnings(append.getWarnings());
            return answer(row);
        }
    }

    private Answer appendAndFlush(OrgId org, List<Pending> entries, boolean known) throws SQLException {
        bind(appendAndFlush, org, entries, known, true);
        Answer answer = answer(nextRow(appendAndFlush.execute()));
        String written = text(nextRow(appendAndFlush.getMoreResults()));
        String flushedTo = text(nextRow(appendAndFlush.getMoreResults()));
        checkWarnings(appendAndFlush.getWarnings());
        checkWarnings(connection.getWarnings());
        if (Long.compareUnsigned(position(flushedTo), position(written)) < 0) {
            throw new SQLException("the log of the server is not flushed to " + written, "58000");
        }
        return answer;
    }

    /** The next result that has rows; those without are of BEGIN and COMMIT. */
    private ResultSet nextRow(boolean rows) throws SQLException {
        boolean found = rows;
        while (!found) {
            if (appendAndFlush.getUpdateCount() < 0) {
                throw new SQLException("the server gave too few answers");
            }
            found = appendAndFlush.getMoreResults();
        }
        return Objects.requireNonNull(appendAndFlush.getResultSet());
    }

    private static String text(ResultSet row) throws SQLException {
        if (!row.next()) {
            throw new SQLException("the server gave no answer");
        }
        return Objects.requireNonNull(row.getString(1));
    }

    /** A {@code pg_lsn}: two hexadecimal halves. */
    private static long position(String lsn) {
        int slash = lsn.indexOf('/');
        return Long.parseLong(lsn, 0, slash, 16) << Integer.SIZE | Long.parseLong(lsn, slash + 1, lsn.length(), 16);
    }

    private void bind(PreparedStatement call, OrgId org, List<Pending> entries, boolean known, boolean async)
            throws SQLException {
        call.setString(1, org.value());
        call.setBoolean(2, known);
        call.setBoolean(3, async);
        array(call, 4, "uuid", entries, pending -> pending.id);
        array(call, 5, "timestamp", entries, pending -> time(pending.event));
        array(call, 6, "text", entries, pending -> pending.event.type());
        array(call, 7, "text", entries, pending -> pending.event.actor());
        array(call, 8, "text", entries, pending -> pending.event.subject());
        array(call, 9, "text", entries, pending -> pending.event.outcome());
        array(call, 10, "bigint", entries, pending -> of(pending.event.corrects(), EntryRef::seq));
        array(
                call,
                11,
                "bytea",
                entries,
                pending -> of(pending.event.corrects(), ref -> ref.hash().bytes()));
        array(call, 12, "bytea", entries, pending -> of(pending.event.recordHash(), Digest::bytes));
        array(call, 13, "bytea", entries, pending -> of(pending.event.packageHash(), Digest::bytes));
        array(
                call,
                14,
                "bytea",
                entries,
                pending -> of(pending.event.policy(), policy -> policy.digest().bytes()));
        array(call, 15, "text", entries, pending -> of(pending.event.policy(), PolicyVersion::id));
        array(call, 16, "text", entries, pending -> of(pending.event.policy(), PolicyVersion::version));
        array(call, 17, "bytea", entries, pending -> pending.payload == null ? null : pending.salt);
        array(call, 18, "bytea", entries, pending -> pending.payload);
        array(call, 19, "text", entries, pending -> of(pending.event.encryption(), scheme -> scheme));
        array(call, 20, "text", entries, pending -> of(pending.event.keyRef(), key -> key));
    }

    /** An event's time as the functions take it: in UTC and without a zone, so that no session's zone has a say. */
    static String time(AuditEvent event) {
        return LocalDateTime.ofInstant(event.at().orElseThrow(), ZoneOffset.UTC).toString();
    }

    private static <T, R> @Nullable R of(Optional<T> value, Function<T, R> part) {
        return value.isPresent() ? part.apply(value.get()) : null;
    }

    private void array(
            PreparedStatement call,
            int index,
            String type,
            List<Pending> entries,
            Function<Pending, @Nullable Object> column)
            throws SQLException {
        int count = entries.size();
        // Arrays of these types are sent in binary form; one that is null throughout is not sent at all.
        @Nullable Object[] values = switch (type) {
            case "bytea" -> new byte[count][];
            case "text" -> new String[count];
            case "bigint" -> new Long[count];
            default -> new Object[count];
        };
        boolean some = false;
        for (int i = 0; i < count; i++) {
            values[i] = column.apply(entries.get(i));
            some |= values[i] != null;
        }
        if (some) {
            call.setArray(index, connection.createArrayOf(type, values));
        } else {
            call.setNull(index, Types.ARRAY, type.equals("bigint") ? "_int8" : "_" + type);
        }
    }

    private static Answer answer(ResultSet row) throws SQLException {
        if (!row.next()) {
            throw new SQLException("the append function gave no answer");
        }
        return new Answer(
                Objects.requireNonNull(row.getString(1)),
                new AuditHead(row.getLong(2), Digest.of(row.getBytes(3))),
                Digest.of(row.getBytes(4)),
                known(row));
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
        Array leaves = row.getArray(5);
        if (leaves != null) {
            Object[] bytes = (Object[]) leaves.getArray();
            Object[] salts = (Object[]) Objects.requireNonNull(row.getArray(6)).getArray();
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
