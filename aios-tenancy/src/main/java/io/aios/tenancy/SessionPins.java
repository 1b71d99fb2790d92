package io.aios.tenancy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the first statement of every transaction sets, local to the transaction.
 *
 * @param setting the session setting that carries the tenant
 * @param searchPath the schemas a statement sees
 * @param synchronousCommit the durability the login was configured with
 * @param lockTimeout how long the login's statements wait for a lock unless told otherwise
 * @param baseline the session's fingerprint when nothing has changed it
 */
record SessionPins(String setting, String searchPath, String synchronousCommit, String lockTimeout, String baseline) {
    /** Parameters that {@link #prefix} binds before the statement's own. */
    static final int PARAMETERS = 2;

    private static final String[] WATCHED = {
        "search_path",
        "row_security",
        "synchronous_commit",
        "role",
        "session_authorization",
        "statement_timeout",
        "lock_timeout",
        "default_transaction_isolation",
        "default_transaction_read_only",
        "timezone",
        "datestyle",
        "intervalstyle",
        "standard_conforming_strings",
        "plan_cache_mode",
        "session_replication_role"
    };

    /** SQL expression of the session settings that matter and that a statement could have changed for good. */
    static String fingerprint(String setting) {
        StringBuilder sql = new StringBuilder("pg_catalog.concat_ws('|', pg_catalog.current_setting('")
                .append(setting)
                .append("', true)");
        for (String watched : WATCHED) {
            sql.append(", pg_catalog.current_setting('").append(watched).append("')");
        }
        return sql.append(')').toString();
    }

    /** The statement that gives a transaction its tenant; binds the tenant, then the search path. */
    String prefix(boolean readOnly) {
        return "select " + fingerprint(setting) + ", pg_catalog.set_config('" + setting + "', ?, true)"
                + ", pg_catalog.set_config('search_path', ?, true)"
                + ", pg_catalog.set_config('row_security', 'on', true)"
                + ", pg_catalog.set_config('synchronous_commit', '" + synchronousCommit + "', true)"
                + (readOnly ? ", pg_catalog.set_config('transaction_read_only', 'on', true)" : "");
    }

    /**
     * What shows, after COMMIT, that a statement changed the session: its fingerprint, and the number of things that
     * outlive a transaction. Session-level advisory locks are let go.
     */
    String check() {
        return "select " + fingerprint(setting) + ", (select pg_catalog.count(*) from pg_catalog.pg_prepared_statements"
                + " where from_sql) + (select pg_catalog.count(*) from pg_catalog.pg_cursors where is_holdable)"
                + " + (select pg_catalog.count(*) from pg_catalog.pg_listening_channels())"
                + " + (case when pg_catalog.pg_my_temp_schema() = 0 then 0 else 1 end),"
                + " pg_catalog.pg_advisory_unlock_all()";
    }

    void bind(PreparedStatement statement, String org) throws SQLException {
        statement.setString(1, org);
        statement.setString(2, searchPath);
    }

    /** Whether a fingerprint shows a session that somebody changed; an unset and an emptied tenant are alike. */
    boolean isChanged(@Nullable String fingerprint) {
        return fingerprint == null || !strip(fingerprint).equals(strip(baseline));
    }

    private static String strip(String fingerprint) {
        return fingerprint.startsWith("|") ? fingerprint.substring(1) : fingerprint;
    }
}
