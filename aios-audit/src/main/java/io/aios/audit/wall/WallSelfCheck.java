package io.aios.audit.wall;

import io.aios.audit.AuditRefusedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a role and its server before they are trusted: what the catalog says, and what happens when the forbidden
 * statements are tried.
 */
final class WallSelfCheck {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWall.class);

    /** What each role may have been granted, by object name; everything else it has beyond PUBLIC is a finding. */
    private enum Role {
        WRITER("'append', 'flush'", "''"),
        READER("''", "'entries', 'payloads', 'logs', 'heads', 'meta_leaves', 'checkpoints'"),
        SIGNER("'publish', 'flush'", "'tenant_log', 'entry', 'head', 'checkpoint'"),
        ERASER("'erase'", "''");

        private final String functions;
        private final String relations;

        Role(String functions, String relations) {
            this.functions = functions;
            this.relations = relations;
        }
    }

    /** The catalog's questions: each row of an answer is a reason to refuse. */
    private static final String[] QUESTIONS = {
        "SELECT 'role ' || rolname || ' is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper",
        "SELECT 'role ' || rolname || ' has BYPASSRLS' FROM pg_roles WHERE rolname = current_user AND rolbypassrls",
        "SELECT 'role ' || rolname || ' may create roles or databases, or replicate' FROM pg_roles"
                + " WHERE rolname = current_user AND (rolcreaterole OR rolcreatedb OR rolreplication)",
        "SELECT 'the session runs as ' || current_user || ' but logged in as ' || session_user"
                + " WHERE current_user <> session_user",
        "SELECT 'role ' || current_user || ' is a member of ' || r.rolname FROM pg_auth_members m"
                + " JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles me ON me.oid = m.member"
                + " WHERE me.rolname = current_user",
        "SELECT DISTINCT 'role ' || current_user || ' owns objects (' || classid::regclass || ')' FROM pg_shdepend"
                + " WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'"
                + " AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        "SELECT 'role ' || current_user || ' may create in schema ' || nspname FROM pg_namespace"
                + " WHERE has_schema_privilege(oid, 'CREATE')",
        "SELECT 'role ' || current_user || ' may create schemas or temporary tables in database ' || datname"
                + " FROM pg_database WHERE datname = current_database()"
                + " AND (has_database_privilege(oid, 'CREATE') OR has_database_privilege(oid, 'TEMPORARY'))",
        "SELECT 'role ' || current_user || ' may call ' || p.oid::regprocedure FROM pg_proc p"
                + " JOIN pg_namespace n ON n.oid = p.pronamespace"
                + " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
                + " AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')"
                + " AND NOT (n.nspname = 'aios_audit' AND p.proname IN ({functions}))",
        "SELECT 'role ' || current_user || ' may access ' || n.nspname || '.' || c.relname FROM pg_class c"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')"
                + " AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'"
                + " AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
                + "   OR has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES')"
                + "   OR (has_any_column_privilege(c.oid, 'SELECT')"
                + "     AND NOT (n.nspname = 'aios_audit' AND c.relname IN ({relations}))))",
        "SELECT 'role ' || current_user || ' was granted more than PUBLIC on '"
                + " || pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_shdepend d"
                + " WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'a'"
                + " AND d.refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
                + " AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
                + " AND NOT (d.classid = 'pg_namespace'::regclass"
                + "   AND d.objid = (SELECT oid FROM pg_namespace WHERE nspname = 'aios_audit'))"
                + " AND NOT (d.classid = 'pg_proc'::regclass AND d.objid IN (SELECT p.oid FROM pg_proc p"
                + "   JOIN pg_namespace n ON n.oid = p.pronamespace"
                + "   WHERE n.nspname = 'aios_audit' AND p.proname IN ({functions})))"
                + " AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT c.oid FROM pg_class c"
                + "   JOIN pg_namespace n ON n.oid = c.relnamespace"
                + "   WHERE n.nspname = 'aios_audit' AND c.relname IN ({relations})))",
        "SELECT 'table aios_audit.' || c.relname || ' has no forced row-level security' FROM pg_class c"
                + " WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'aios_audit')"
                + " AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
        "SELECT 'the audit schema''s owner ' || r.rolname || ' can log in, is a superuser or bypasses row-level security'"
                + " FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner"
                + " WHERE n.nspname = 'aios_audit' AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls)",
        "SELECT 'role ' || r.rolname || ' may become the audit schema''s owner' FROM pg_namespace n"
                + " JOIN pg_auth_members m ON m.roleid = n.nspowner JOIN pg_roles r ON r.oid = m.member"
                + " WHERE n.nspname = 'aios_audit' AND NOT r.rolsuper"
                + " AND (coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)"
                + "   OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true))",
        // Bits of tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE.
        "SELECT 'table aios_audit.' || c.relname || ' lacks a trigger that forbids changes' FROM pg_class c"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " CROSS JOIN LATERAL (SELECT CASE c.relname WHEN 'payload' THEN 48 ELSE 56 END) AS r (bits)"
                + " WHERE n.nspname = 'aios_audit' AND c.relkind = 'r'"
                + " AND r.bits <> r.bits & (SELECT coalesce(bit_or(t.tgtype::integer), 0) FROM pg_trigger t"
                + "   JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND p.pronamespace = n.oid"
                + "   AND p.proname = 'forbid' AND t.tgqual IS NULL AND t.tgenabled IN ('O', 'A'))",
        "SELECT 'there is no audit wall in database ' || current_database()"
                + " WHERE NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'aios_audit')",
        "SELECT 'the server runs with ' || name || '=' || setting FROM pg_settings"
                + " WHERE (name IN ('fsync', 'full_page_writes') AND setting <> 'on')"
                + " OR (name = 'synchronous_commit' AND setting = 'off')"
                + " OR (name = 'session_replication_role' AND setting <> 'origin')",
        "SELECT 'the server is a standby' WHERE pg_is_in_recovery()",
    };

    /** Statements that no role of the wall may get through. */
    private static final String[] FORBIDDEN = {
        "INSERT INTO aios_audit.entry (org, seq, entry_id, at, type, actor, subject, outcome, leaf, entry_hash)"
                + " VALUES ('x', 0, gen_random_uuid(), now(), 'x', 'x', 'x', 'x', '\\x00', sha256('\\x00'))",
        "UPDATE aios_audit.entry SET leaf = '\\x00'",
        "UPDATE aios_audit.entries SET leaf = '\\x00'",
        "DELETE FROM aios_audit.entry",
        "DELETE FROM aios_audit.entries",
        "DELETE FROM aios_audit.payload",
        "DELETE FROM aios_audit.payloads",
        "TRUNCATE aios_audit.entry",
        "TRUNCATE aios_audit.payload",
        "UPDATE aios_audit.tenant_log SET log = log",
        "DELETE FROM aios_audit.head",
        "DELETE FROM aios_audit.checkpoint",
        "DROP TABLE aios_audit.entry",
        "DROP SCHEMA aios_audit CASCADE",
        "ALTER TABLE aios_audit.entry DISABLE TRIGGER ALL",
        "ALTER TABLE aios_audit.entry NO FORCE ROW LEVEL SECURITY",
        "SELECT leaf FROM aios_audit.entry",
        "SET session_replication_role = replica",
        "CREATE TABLE aios_audit.mine (x integer)",
    };

    private WallSelfCheck() {}

    /** The outcome: every reason to refuse, and whether the flush barrier works here. */
    record Result(List<String> findings, boolean barrierWorks) {
        Result {
            findings = List.copyOf(findings);
        }

        void orElseThrow() {
            if (!findings.isEmpty()) {
                throw new AuditRefusedException("this is no audit wall to rely on: " + String.join("; ", findings));
            }
        }
    }

    static Result writer(DataSource writer, @Nullable DataSource primary) throws SQLException {
        try (Connection connection = writer.getConnection()) {
            List<String> findings = look(connection, Role.WRITER);
            comparePrimary(connection, primary, findings);
            boolean barrier = findings.isEmpty() && tryBarrier(connection);
            if (findings.isEmpty() && !barrier) {
                LOG.warn("audit wall: the flush barrier does not hold on this server; committing synchronously");
            }
            return new Result(findings, barrier);
        }
    }

    static Result reader(DataSource reader) throws SQLException {
        return simple(reader, Role.READER);
    }

    static Result signer(DataSource signer) throws SQLException {
        return simple(signer, Role.SIGNER);
    }

    static Result eraser(DataSource eraser) throws SQLException {
        return simple(eraser, Role.ERASER);
    }

    private static Result simple(DataSource dataSource, Role role) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return new Result(look(connection, role), false);
        }
    }

    private static List<String> look(Connection connection, Role role) throws SQLException {
        List<String> findings = new ArrayList<>();
        boolean autoCommit = connection.getAutoCommit();
        boolean readOnly = connection.isReadOnly();
        connection.setAutoCommit(true);
        // In a transaction that may only read, everything forbidden would fail for that reason.
        connection.setReadOnly(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = off");
            connection.setAutoCommit(false);
            SessionSettings.pinLocally(statement);
            for (String question : QUESTIONS) {
                String query = question.replace("{functions}", role.functions).replace("{relations}", role.relations);
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        findings.add(rows.getString(1));
                    }
                }
            }
            // A role that the catalog objects to might get through; then they are better left untried.
            for (String forbidden : findings.isEmpty() ? FORBIDDEN : new String[0]) {
                tryForbidden(connection, statement, forbidden, findings);
            }
        } finally {
            if (!connection.getAutoCommit()) {
                connection.rollback(); // switching auto-commit on would commit
            }
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("RESET default_transaction_read_only");
            }
            connection.setReadOnly(readOnly);
            connection.setAutoCommit(autoCommit);
        }
        return findings;
    }

    private static void tryForbidden(
            Connection connection, Statement statement, String forbidden, List<String> findings) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            statement.execute(forbidden);
            findings.add("the server did not refuse: " + forbidden);
        } catch (SQLException e) {
            if (e.getSQLState() == null || e.getSQLState().startsWith("08")) {
                throw e;
            }
            if (!e.getSQLState().equals("42501") && !e.getSQLState().equals("55000")) {
                findings.add("refused for another reason than privileges (" + e.getSQLState() + "): " + forbidden);
            }
        }
        connection.rollback(before);
    }

    private static void comparePrimary(Connection audit, @Nullable DataSource primary, List<String> findings)
            throws SQLException {
        if (primary == null) {
            LOG.warn("audit wall: SAME_CLUSTER_DEV: nobody checks that the wall stands apart from the primary");
            return;
        }
        String question = "SELECT system_identifier::text, current_user FROM pg_catalog.pg_control_system()";
        try (Connection other = primary.getConnection();
                Statement there = other.createStatement();
                Statement here = audit.createStatement();
                ResultSet primaryRow = there.executeQuery(question);
                ResultSet auditRow = here.executeQuery(question)) {
            if (!primaryRow.next() || !auditRow.next()) {
                findings.add("a server did not tell its system identifier");
                return;
            }
            if (primaryRow.getString(1).equals(auditRow.getString(1))) {
                findings.add("the audit database stands on the primary's server");
            }
            if (primaryRow.getString(2).equals(auditRow.getString(2))) {
                findings.add("primary and audit database share the role " + auditRow.getString(2));
            }
        }
    }

    /** Whether a barrier on this server, through this connection, flushes what was written before it. */
    private static boolean tryBarrier(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            String before = one(statement, "SELECT pg_catalog.pg_backend_pid()::text");
            String lsn = one(statement, "SELECT aios_audit.flush(NULL, NULL, NULL)::text");
            SQLWarning warning = statement.getWarnings();
            String flushed = one(
                    statement,
                    "SELECT (pg_catalog.pg_current_wal_flush_lsn() >= '" + lsn + "'::pg_catalog.pg_lsn)::text");
            String after = one(statement, "SELECT pg_catalog.pg_backend_pid()::text");
            return warning == null && flushed.equals("true") && before.equals(after);
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            if (!row.next() || row.getString(1) == null) {
                throw new SQLException("no answer to " + query);
            }
            return row.getString(1);
        }
    }
}
