package io.aios.audit.wall;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Two embedded servers for the whole run, a primary and an audit server, both as durable as the real ones. */
final class Postgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final EmbeddedPostgres AUDIT = start();
    private static final EmbeddedPostgres PRIMARY = start();
    static final AuditRoles ROLES = AuditRoles.standard();
    private static final String PASSWORD = randomPassword();
    static final int PASSWORD_LENGTH = 24;

    private Postgres() {}

    static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "100")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A fresh database with the wall in it. */
    static TestWall wall() {
        return wall(AUDIT);
    }

    static TestWall wall(EmbeddedPostgres server) {
        String database = "wall_" + DATABASES.incrementAndGet();
        execute(server.getPostgresDatabase(), "CREATE DATABASE " + database);
        install(server.getDatabase("postgres", database));
        return new TestWall(server.getPort(), database);
    }

    static void install(DataSource admin) {
        AuditSchema.into(admin)
                .roles(ROLES)
                .password(ROLES.writer(), PASSWORD)
                .password(ROLES.reader(), PASSWORD)
                .password(ROLES.signer(), PASSWORD)
                .password(ROLES.eraser(), PASSWORD)
                .install();
    }

    static String password() {
        return PASSWORD;
    }

    static DataSource primary() {
        return PRIMARY.getPostgresDatabase();
    }

    static void execute(DataSource dataSource, String... statements) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    /** Data sources of every role of one wall. */
    record TestWall(int port, String database) {
        DataSource as(String user) {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setServerNames(new String[] {"localhost"});
            dataSource.setPortNumbers(new int[] {port});
            dataSource.setDatabaseName(database);
            dataSource.setUser(user);
            dataSource.setPassword(PASSWORD);
            return dataSource;
        }

        DataSource superuser() {
            return as("postgres");
        }

        AuditWall.Builder writer() {
            return AuditWall.writer(as(ROLES.writer())).primary(primary());
        }

        AuditReader reader() {
            return AuditReader.open(as(ROLES.reader()));
        }
    }
}
