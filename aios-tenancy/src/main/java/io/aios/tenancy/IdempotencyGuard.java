package io.aios.tenancy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;

/**
 * Works off each outside event once per tenant, although it is delivered many times.
 *
 * <p>The event's key is claimed in the effect's own transaction: effect, result and claim commit together or not at all.
 * The claim travels with the effect's first statement, and the result with COMMIT, so guarding costs no round trip. It
 * follows that a duplicate is noticed at the effect's first statement: what the effect does outside the database before
 * that, or at all, is not guarded.
 */
public final class IdempotencyGuard {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final TenantDb db;
    private final String table;
    private final Duration wait;

    private IdempotencyGuard(TenantDb db, String table, Duration wait) {
        this.db = db;
        this.table = table;
        this.wait = wait;
    }

    /**
     * A guard over table {@code idempotency_keys}.
     *
     * @param wait how long a delivery waits for one in flight before it is told {@link Outcome.InFlight}; 1 ms to 1 min
     */
    public static IdempotencyGuard over(TenantDb db, Duration wait) {
        if (wait.toMillis() < 1 || wait.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("wait must be 1 ms to 1 min: " + wait);
        }
        return new IdempotencyGuard(db, "idempotency_keys", wait);
    }

    /**
     * An outside event.
     *
     * @param provider who sends it, 1 to 128 characters
     * @param externalId its id at the provider, 1 to 512 characters
     * @param eventType what happened, 1 to 128 characters
     */
    public record Key(String provider, String externalId, String eventType) {
        public Key {
            check("provider", provider, 128);
            check("externalId", externalId, 512);
            check("eventType", eventType, 128);
        }

        private static void check(String what, String text, int max) {
            if (text.isEmpty() || text.length() > max || text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(what + " must have 1 to " + max + " characters and no NUL");
            }
        }
    }

    /** What became of a delivery. */
    public sealed interface Outcome {
        /** The effect ran and was committed. */
        record Done(Optional<String> result) implements Outcome {}

        /** It ran before; this is what it returned then. */
        record Duplicate(Optional<String> result) implements Outcome {}

        /** The same key came before with another payload; nothing ran. */
        record Conflict(String storedPayloadHash) implements Outcome {}

        /** Another delivery of the event is being worked off; try again later. */
        record InFlight() implements Outcome {}

        /** Applies the function for the outcome. */
        default <R> R fold(
                Function<Done, R> done,
                Function<Duplicate, R> duplicate,
                Function<Conflict, R> conflict,
                Function<InFlight, R> inFlight) {
            if (this instanceof Done d) {
                return done.apply(d);
            }
            if (this instanceof Duplicate d) {
                return duplicate.apply(d);
            }
            return this instanceof Conflict c ? conflict.apply(c) : inFlight.apply((InFlight) this);
        }

        /**
         * The result of the effect, whenever it ran.
         *
         * @throws TenancyException on a conflict or while another delivery is in flight
         */
        default Optional<String> orElseThrow() {
            return fold(
                    Done::result,
                    Duplicate::result,
                    c -> {
                        throw new TenancyException(
                                "the event came before with another payload, of SHA-256 " + c.storedPayloadHash());
                    },
                    f -> {
                        throw new TenancyException("another delivery of the event is in flight; try again later");
                    });
        }
    }

    /**
     * Runs the effect unless the event was worked off before.
     *
     * @param payloadHash SHA-256 of the event's payload, 64 lower-case hex digits
     * @param effect statements of the tenant, and a result to keep for duplicates (null for none)
     * @throws RefusedStatementException inside an open scope: the claim needs a transaction of its own
     */
    public <X extends Exception> Outcome once(
            OrgId org, Key key, String payloadHash, HandleCallback<@Nullable String, X> effect) throws X {
        Objects.requireNonNull(org, "org");
        if (!payloadHash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("payload hash must be 64 lower-case hex digits");
        }
        String sql = "insert into " + table + " (\"" + db.column().name()
                + "\", provider, external_id, event_type, payload_hash) values (current_org(), ?, ?, ?, ?)";
        Claim claim = new Claim(
                table, sql, List.of(key.provider(), key.externalId(), key.eventType(), payloadHash), resultSql(), wait);
        try {
            return new Outcome.Done(Optional.ofNullable(db.claimed(org, claim, effect)));
        } catch (Claim.Refused refused) {
            if (refused.sqlState().equals(LOCK_NOT_AVAILABLE)) {
                return new Outcome.InFlight();
            }
            return stored(org, key, payloadHash);
        }
    }

    private String resultSql() {
        return "update " + table + " set result = ? where provider = ? and external_id = ? and event_type = ?";
    }

    private Outcome stored(OrgId org, Key key, String payloadHash) {
        String sql = "select payload_hash, result from " + table
                + " where provider = :provider and external_id = :id and event_type = :type";
        Optional<Stored> row = db.read(
                org,
                q -> q.createQuery(sql)
                        .bind("provider", key.provider())
                        .bind("id", key.externalId())
                        .bind("type", key.eventType())
                        .map((rs, context) -> new Stored(rs.getString(1), rs.getString(2)))
                        .findOne());
        if (row.isEmpty()) {
            return new Outcome.InFlight(); // deleted since; the next delivery decides
        }
        Stored stored = row.get();
        return stored.hash().equals(payloadHash)
                ? new Outcome.Duplicate(Optional.ofNullable(stored.result()))
                : new Outcome.Conflict(stored.hash());
    }

    private record Stored(String hash, @Nullable String result) {}

    /** A claim as the session sends it: before the first statement, and once more with COMMIT. */
    record Claim(String table, String sql, List<String> values, String resultSql, Duration patience) {
        long waitMillis() {
            return patience.toMillis();
        }

        /** Binds the claim after the prefix's own parameters and returns how many there are. */
        int bind(PreparedStatement statement) throws SQLException {
            for (int i = 0; i < values.size(); i++) {
                statement.setString(SessionPins.PARAMETERS + 1 + i, values.get(i));
            }
            return values.size();
        }

        void bindResult(PreparedStatement statement, String result) throws SQLException {
            statement.setString(1, result);
            for (int i = 0; i < values.size() - 1; i++) {
                statement.setString(2 + i, values.get(i));
            }
        }

        /** The database says that the claim is taken, or being taken. */
        static final class Refused extends RuntimeException {
            private static final long serialVersionUID = 1L;
            private final String sqlState;

            Refused(String sqlState, Throwable cause) {
                super(cause);
                this.sqlState = sqlState;
            }

            String sqlState() {
                return sqlState;
            }

            /** This exception's claim refusal, if it is one: the violated key is the claim's own. */
            static @Nullable Refused of(Throwable thrown, String table) {
                for (Throwable t = thrown; t != null; t = t.getCause()) {
                    if (t instanceof SQLException sql) {
                        String state = String.valueOf(sql.getSQLState());
                        boolean key = state.equals(UNIQUE_VIOLATION)
                                && String.valueOf(sql.getMessage()).contains(table + "_pkey");
                        return key || state.equals(LOCK_NOT_AVAILABLE) ? new Refused(state, sql) : null;
                    }
                }
                return null;
            }
        }
    }
}
