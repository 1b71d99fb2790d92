package io.aios.tenancy.postgres;

import io.aios.tenancy.rls.RlsSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A fresh database on the module's one embedded server; tests work as the application role. */
public final class TestDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String PASSWORD = UUID.randomUUID().toString();

    private static final class Holder {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("wal_level", "logical") // lets a test make a replication slot
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
    }

    private final String name = "t" + COUNT.incrementAndGet();

    private TestDatabase() {}

    /** A database without any schema of ours. */
    public static TestDatabase empty() {
        TestDatabase database = new TestDatabase();
        execute(source("postgres", "postgres", "postgres"), "create database " + database.name);
        return database;
    }

    /** A database with this schema, whose application role can log in. */
    public static TestDatabase with(RlsSchema schema) {
        TestDatabase database = empty();
        database.create(schema);
        database.asAdmin("alter role \"" + schema.appRole() + "\" password '" + PASSWORD + "'");
        return database;
    }

    /** Adds this schema. */
    public void create(RlsSchema schema) {
        try {
            schema.create(admin());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The superuser's connections, for setting up and for looking from outside. */
    public PGSimpleDataSource admin() {
        return source(name, "postgres", "postgres");
    }

    /** A login's connections. */
    public PGSimpleDataSource as(String role) {
        return source(name, role, PASSWORD);
    }

    /** The application role's connections. */
    public PGSimpleDataSource app() {
        return as("aios_app");
    }

    public String url() {
        return "jdbc:postgresql://localhost:" + port() + "/" + name;
    }

    public static int port() {
        return Holder.SERVER.getPort();
    }

    public static String password() {
        return PASSWORD;
    }

    public String name() {
        return name;
    }

    public void asAdmin(String sql) {
        execute(admin(), sql);
    }

    /** One value that the superuser sees. */
    public String adminSees(String sql) {
        return one(admin(), sql);
    }

    public static void execute(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    public static String one(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? String.valueOf(rows.getObject(1)) : "(none)";
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static PGSimpleDataSource source(String database, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {port()});
        source.setDatabaseName(database);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }
}
