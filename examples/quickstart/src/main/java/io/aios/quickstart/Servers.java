package io.aios.quickstart;

import io.aios.tenancy.rls.RlsSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Two PostgreSQL servers on loopback: one for the tenants' data, one for the audit wall. They die with this process. */
final class Servers implements AutoCloseable {
    private final SecureRandom random = new SecureRandom();
    private final EmbeddedPostgres primary;
    private final EmbeddedPostgres wall;

    private Servers(EmbeddedPostgres primary, EmbeddedPostgres wall) {
        this.primary = primary;
        this.wall = wall;
    }

    static Servers start() {
        EmbeddedPostgres primary = server();
        try {
            return new Servers(primary, server());
        } catch (RuntimeException e) {
            close(primary);
            throw e;
        }
    }

    /** Durable as a real server is; the embedded binaries start without. */
    private static EmbeddedPostgres server() {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** The administrator of the primary server: sets up, then steps back. */
    DataSource primaryAdmin() {
        return primary.getPostgresDatabase();
    }

    /** The administrator of the audit server, who in this story is also the one who tampers. */
    DataSource wallAdmin() {
        return wall.getPostgresDatabase();
    }

    /** Passwords live as long as the servers do. */
    String newPassword() {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Roles, tables and policies as the administrator; afterwards only the application's login is used. */
    void createTenantSchema(RlsSchema schema, String password) {
        try {
            schema.create(primaryAdmin());
        } catch (SQLException e) {
            throw new IllegalStateException("the schema cannot be created: " + e.getMessage(), e);
        }
        run(primaryAdmin(), List.of("alter role " + schema.appRole() + " password '" + password + "'"));
    }

    DataSource primaryAs(String login, String password) {
        return as(primary, login, password);
    }

    DataSource wallAs(String login, String password) {
        return as(wall, login, password);
    }

    private static DataSource as(EmbeddedPostgres server, String login, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {server.getPort()});
        source.setDatabaseName("postgres");
        source.setUser(login);
        source.setPassword(password);
        return source;
    }

    static void run(DataSource source, List<String> statements) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("set-up statement failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        close(primary);
        close(wall);
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not stop", e);
        }
    }
}
