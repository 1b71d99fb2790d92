package io.aios.tenancy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Who the pool logs in as, and how its sessions look when nothing has changed them.
 *
 * @param name the current user
 * @param bypasses whether row-level security does not bind it
 * @param standardStrings whether a backslash in a plain string is a backslash, as the door reads it
 * @param synchronousCommit the durability its sessions start with
 * @param lockTimeout how long its statements wait for a lock
 * @param fingerprint its sessions' watched settings
 * @param fewFingerprint those of them that a read relies on
 */
record Login(
        String name,
        boolean bypasses,
        boolean standardStrings,
        String synchronousCommit,
        String lockTimeout,
        String fingerprint,
        String fewFingerprint) {
    static Login read(Connection connection, String setting) throws SQLException {
        String sql = """
                select current_user::text,
                  (select bool_or(r.rolsuper or r.rolbypassrls) from pg_catalog.pg_roles r
                    where r.rolname in (current_user, session_user)),
                  pg_catalog.current_setting('standard_conforming_strings') = 'on',
                  pg_catalog.current_setting('synchronous_commit'), pg_catalog.current_setting('lock_timeout'), %s, %s
                """.formatted(SessionPins.fingerprint(setting), SessionPins.fewFingerprint(setting));
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the database did not say who is logged in");
            }
            return new Login(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7));
        }
    }

    /** Refuses a login that no policy binds, and one whose strings the door would read differently than the server. */
    void requireBound() {
        if (bypasses) {
            throw new IsolationException(
                    "login '" + name + "' is a superuser or has BYPASSRLS, so no policy binds it;"
                            + " connect as the application role, which owns nothing",
                    null);
        }
        if (!standardStrings) {
            throw new IsolationException(
                    "sessions of login '" + name
                            + "' read a backslash in a plain string as an escape, so a string could"
                            + " hide a statement; remove standard_conforming_strings = off",
                    null);
        }
    }
}
