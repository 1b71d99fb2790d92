package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditException;
import io.aios.audit.AuditRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Installs the wall's roles and schema into an empty database of its own, as an administrator of that server. Nothing
 * else in this module needs an administrator.
 */
public final class AuditSchema {
    /** The schema version this code writes and reads. */
    public static final int VERSION = 1;

    private final DataSource admin;
    private final Map<String, String> passwords = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private AuditRoles roles = AuditRoles.standard();

    private AuditSchema(DataSource admin) {
        this.admin = admin;
    }

    /** Starts an installation into the database that {@code admin} connects to. */
    public static AuditSchema into(DataSource admin) {
        return new AuditSchema(Objects.requireNonNull(admin, "admin"));
    }

    /** Other role names than {@link AuditRoles#standard()}; call it before the passwords. */
    @CanIgnoreReturnValue
    public AuditSchema roles(AuditRoles names) {
        this.roles = names;
        return this;
    }

    /**
     * Lets a role log in with this password, of at least 16 printable ASCII characters; only its SCRAM verifier is sent
     * to the server. A role without one cannot log in.
     */
    @CanIgnoreReturnValue
    public AuditSchema password(String role, String password) {
        boolean login = role.equals(roles.writer())
                || role.equals(roles.reader())
                || role.equals(roles.signer())
                || role.equals(roles.eraser());
        if (!login) {
            throw new IllegalArgumentException("role '" + role + "' is none of the wall's login roles");
        }
        passwords.put(role, ScramVerifier.of(password, random));
        return this;
    }

    /**
     * Creates or resets the roles and creates the schema, in one transaction; a schema that is there already is left
     * alone if it has this version.
     *
     * @throws AuditRefusedException if another version is installed
     */
    public void install() {
        try (Connection connection = admin.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                installIn(connection, statement);
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException e) {
            throw new AuditException("the audit schema could not be installed: " + e.getMessage(), e);
        }
    }

    private void installIn(Connection connection, Statement statement) throws SQLException {
        statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('aios_audit.install', 0))");
        createRole(statement, roles.owner());
        for (String role : new String[] {roles.writer(), roles.reader(), roles.signer(), roles.eraser()}) {
            createRole(statement, role);
            statement.execute("GRANT CONNECT ON DATABASE " + database(connection) + " TO " + role);
        }
        statement.execute("REVOKE ALL ON DATABASE " + database(connection) + " FROM PUBLIC");
        if (exists(statement, "SELECT 1 FROM pg_namespace WHERE nspname = 'aios_audit'")) {
            if (!exists(
                    statement,
                    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE n.nspname = 'aios_audit' AND c.relname = 'wall_version'")) {
                throw new AuditRefusedException("schema aios_audit exists but is no audit wall; use an empty database");
            }
            return;
        }
        statement.execute(script());
    }

    private void createRole(Statement statement, String role) throws SQLException {
        if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
            statement.execute("CREATE ROLE " + role);
        }
        String login = passwords.containsKey(role) ? "LOGIN PASSWORD '" + passwords.get(role) + "'" : "NOLOGIN";
        statement.execute("ALTER ROLE " + role + " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
                + "NOINHERIT " + login);
    }

    private String script() {
        try (InputStream in = AuditSchema.class.getResourceAsStream("V1__audit_wall.sql")) {
            String text =
                    new String(Objects.requireNonNull(in, "V1__audit_wall.sql").readAllBytes(), UTF_8);
            return text.replace("{{owner}}", roles.owner())
                    .replace("{{writer}}", roles.writer())
                    .replace("{{reader}}", roles.reader())
                    .replace("{{signer}}", roles.signer())
                    .replace("{{eraser}}", roles.eraser());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String database(Connection connection) throws SQLException {
        return '"' + connection.getCatalog().replace("\"", "\"\"") + '"';
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }
}
