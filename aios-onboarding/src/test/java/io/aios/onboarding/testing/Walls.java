package io.aios.onboarding.testing;

import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.audit.wall.AuditWall;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Two embedded servers for the whole run, a primary and an audit server, and a fresh wall for who asks. */
public final class Walls {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final EmbeddedPostgres AUDIT = start();
    private static final EmbeddedPostgres PRIMARY = start();
    private static final AuditRoles ROLES = AuditRoles.standard();
    private static final String PASSWORD = password();

    private final String database;

    private Walls(String database) {
        this.database = database;
    }

    public static Walls fresh() {
        String database = "wall_" + DATABASES.incrementAndGet();
        run(AUDIT.getPostgresDatabase(), "create database " + database);
        AuditSchema.into(AUDIT.getDatabase("postgres", database))
                .password(ROLES.writer(), PASSWORD)
                .password(ROLES.reader(), PASSWORD)
                .install();
        return new Walls(database);
    }

    public AuditWall writer() {
        return AuditWall.writer(as(ROLES.writer()))
                .primary(PRIMARY.getPostgresDatabase())
                .open();
    }

    public AuditReader reader() {
        return AuditReader.open(as(ROLES.reader()));
    }

    /** The superuser's hand in the log: no trigger stops it. */
    public void tamper(String statement) {
        run(AUDIT.getDatabase("postgres", database), "set session_replication_role = replica; " + statement);
    }

    private DataSource as(String login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {AUDIT.getPort()});
        source.setDatabaseName(database);
        source.setUser(login);
        source.setPassword(PASSWORD);
        return source;
    }

    private static void run(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String password() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return new String(Base64.getUrlEncoder().encode(bytes), StandardCharsets.US_ASCII);
    }
}
