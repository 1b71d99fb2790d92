package io.aios.audit.wall;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Settings that a login, a database or a pool may have changed and that the wall's answers would depend on. What the
 * functions read of a session beyond these, they take in forms that no setting has a say in.
 */
final class SessionSettings {
    private static final String COMMON = "('search_path', 'pg_catalog, pg_temp'), ('row_security', 'on'),"
            + " ('client_min_messages', 'warning'), ('standard_conforming_strings', 'on'), ('array_nulls', 'on'),"
            + " ('transform_null_equals', 'off'), ('restrict_nonsystem_relation_kind', ''),"
            + " ('plpgsql.extra_errors', 'none'), ('plpgsql.extra_warnings', 'none'), ('jit', 'off'), ('exit_on_error', 'off'),"
            + " ('enable_indexscan', 'on'), ('enable_nestloop', 'on')";

    /** A barrier that is interrupted by a timeout would be an answer nobody can use. */
    private static final String OF_A_WRITER = ", ('default_transaction_read_only', 'off'),"
            + " ('default_transaction_isolation', 'read committed'), ('default_transaction_deferrable', 'off'),"
            + " ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'),"
            + " ('idle_in_transaction_session_timeout', '0')";

    private SessionSettings() {}

    /** For the rest of the session, one that writes; warnings of before concern nothing that it does. */
    static void pin(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (Statement statement = connection.createStatement()) {
            statement.execute(set(COMMON + OF_A_WRITER, false));
        }
        connection.clearWarnings();
    }

    /** For the rest of the transaction, one that reads. */
    static void pinLocally(Statement statement) throws SQLException {
        statement.execute(set(COMMON, true));
    }

    /** Versions of the server differ in what can be set. */
    private static String set(String settings, boolean local) {
        return "SELECT pg_catalog.set_config(s.name, s.value, " + local + ") FROM (VALUES " + settings
                + ") AS s (name, value) WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL";
    }
}
