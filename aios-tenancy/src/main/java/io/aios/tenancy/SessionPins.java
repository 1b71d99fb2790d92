package io.aios.tenancy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the first statement of every transaction sets, local to the transaction.
 *
 * <p>The tenant and the search path are parameters: the texts are the same for all tenants, wherever their tables are,
 * so the driver's and the server's caches hold one copy.
 */
final class SessionPins {
    /** Parameters that every prefix binds before the statement's own: the tenant, then the search path. */
    static final int PARAMETERS = 2;

    /** What a statement could change for good and what a read relies on although nothing pins it. */
    private static final String[] RELIED_ON = {"role", "standard_conforming_strings"};

    private static final String[] WATCHED = {
        "role",
        "standard_conforming_strings",
        "search_path",
        "row_security",
        "synchronous_commit",
        "session_authorization",
        "statement_timeout",
        "lock_timeout",
        "default_transaction_isolation",
        "default_transaction_read_only",
        "timezone",
        "datestyle",
        "intervalstyle",
        "plan_cache_mode",
        "session_replication_role"
    };

    private final String searchPath;
    private final String lockTimeout;
    private final Fingerprint all;
    private final Fingerprint few;
    private final String set;
    private final String check;

    private SessionPins(SessionPins shared, String schema) {
        this.searchPath = path(schema);
        this.lockTimeout = shared.lockTimeout;
        this.all = shared.all;
        this.few = shared.few;
        this.set = shared.set;
        this.check = shared.check;
    }

    /**
     * Pins for a login whose sessions start like this one.
     *
     * @param setting the session setting that carries the tenant
     * @param schema the schema a statement sees, besides {@code pg_catalog}
     */
    SessionPins(String setting, String schema, Login login) {
        this.searchPath = path(schema);
        this.lockTimeout = login.lockTimeout();
        this.all = new Fingerprint(fingerprint(setting, WATCHED), login.fingerprint());
        this.few = new Fingerprint(fingerprint(setting, RELIED_ON), login.fewFingerprint());
        this.set = "pg_catalog.set_config('" + setting + "', ?, true)"
                + ", pg_catalog.set_config('search_path', ?, true)"
                + ", " + pinned("row_security", "on")
                + ", " + pinned("synchronous_commit", login.synchronousCommit());
        this.check = "select " + all.sql() + ", (select pg_catalog.count(*) from pg_catalog.pg_prepared_statements"
                + " where from_sql) + (select pg_catalog.count(*) from pg_catalog.pg_cursors where is_holdable)"
                + " + (select pg_catalog.count(*) from pg_catalog.pg_listening_channels())"
                + " + (case when pg_catalog.pg_my_temp_schema() = 0 then 0 else 1 end),"
                + " pg_catalog.pg_advisory_unlock_all()";
    }

    /** The same for the tenants whose tables stand in another schema. */
    SessionPins withSchema(String schema) {
        return new SessionPins(this, schema);
    }

    private static String path(String schema) {
        return "pg_catalog," + schema + ",pg_temp";
    }

    /** SQL expression of all the settings that are watched. */
    static String fingerprint(String setting) {
        return fingerprint(setting, WATCHED);
    }

    /** SQL expression of the settings that a read relies on. */
    static String fewFingerprint(String setting) {
        return fingerprint(setting, RELIED_ON);
    }

    private static String fingerprint(String setting, String[] names) {
        StringBuilder sql = new StringBuilder("coalesce(pg_catalog.current_setting('" + setting + "', true), '')");
        for (String name : names) {
            sql.append(" operator(pg_catalog.||) '|' operator(pg_catalog.||) pg_catalog.current_setting('")
                    .append(name)
                    .append("')");
        }
        return sql.toString();
    }

    /** Sets what is not so already: looking costs the server a fraction of setting, and of putting back at COMMIT. */
    private static String pinned(String name, String value) {
        return "case when pg_catalog.current_setting('" + name + "') operator(pg_catalog.<>) '" + value
                + "' then pg_catalog.set_config('" + name + "', '" + value + "', true) end";
    }

    String lockTimeout() {
        return lockTimeout;
    }

    /**
     * The statement that gives a transaction its tenant. A read looks at what it relies on, at a third of the server's
     * time; whatever else a session may have been left with is seen by the next write, or when a statement fails.
     */
    String prefix(boolean readOnly) {
        return "select " + (readOnly ? few : all).sql() + ", " + set;
    }

    /** Sets the tenant again within its transaction, after a statement that may have changed it. */
    String again() {
        return "select " + set;
    }

    /**
     * What shows, after COMMIT, that a statement changed the session: its fingerprint, and the number of things that
     * outlive a transaction. Session-level advisory locks are let go.
     */
    String check() {
        return check;
    }

    void bind(PreparedStatement statement, String org) throws SQLException {
        statement.setString(1, org);
        statement.setString(2, searchPath);
    }

    /** Whether what {@link #prefix} returned shows a session that somebody changed. */
    boolean isChanged(boolean readOnly, @Nullable String fingerprint) {
        return (readOnly ? few : all).differs(fingerprint);
    }

    /** Whether what {@link #check} returned shows a session that somebody changed. */
    boolean isChanged(@Nullable String fingerprint) {
        return all.differs(fingerprint);
    }

    /** Settings, as the server joins them, and as they are when nothing has changed them. */
    private record Fingerprint(String sql, String baseline) {
        /** An unset and an emptied tenant are alike. */
        boolean differs(@Nullable String found) {
            return !baseline.equals(found);
        }
    }
}
