package io.aios.onboarding.testing;

import io.aios.audit.wall.AuditEraser;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.audit.wall.AuditWall;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Two embedded servers for the whole run, a primary and an audit server, both as durable as real ones. */
public final class Postgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final AuditRoles ROLES = AuditRoles.standard();
    private static final String PASSWORD = password();
    private static final EmbeddedPostgres PRIMARY = start();
    private static final EmbeddedPostgres AUDIT = start();

    private Postgres() {}

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
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

    private static String password() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A fresh wall. */
    public static Wall wall() {
        String database = fresh(AUDIT);
        AuditSchema.into(AUDIT.getDatabase("postgres", database))
                .roles(ROLES)
                .password(ROLES.writer(), PASSWORD)
                .password(ROLES.reader(), PASSWORD)
                .password(ROLES.signer(), PASSWORD)
                .password(ROLES.eraser(), PASSWORD)
                .install();
        return new Wall(database);
    }

    /** A fresh database on the primary. */
    public static Database database() {
        return new Database(fresh(PRIMARY));
    }

    private static String fresh(EmbeddedPostgres server) {
        String database = "onboarding_" + DATABASES.incrementAndGet();
        execute(server.getPostgresDatabase(), "CREATE DATABASE " + database);
        return database;
    }

    public static void execute(DataSource dataSource, String... statements) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of a query's rows. */
    public static List<String> query(DataSource dataSource, String sql) {
        List<String> values = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DataSource as(EmbeddedPostgres server, String database, String user) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {server.getPort()});
        dataSource.setDatabaseName(database);
        dataSource.setUser(user);
        dataSource.setPassword(PASSWORD);
        return dataSource;
    }

    /** A wall and its doors. */
    public record Wall(String database) {
        public AuditWall writer() {
            return AuditWall.writer(as(AUDIT, database, ROLES.writer()))
                    .primary(PRIMARY.getPostgresDatabase())
                    .open();
        }

        public AuditReader reader() {
            return AuditReader.open(as(AUDIT, database, ROLES.reader()));
        }

        public AuditEraser eraser(Clock clock) {
            return AuditEraser.open(as(AUDIT, database, ROLES.eraser()), clock);
        }

        public DataSource superuser() {
            return AUDIT.getDatabase("postgres", database);
        }
    }

    /** The application's door, in a child process, without starting servers. */
    public static final class Elsewhere {
        private Elsewhere() {}

        public static DataSource application() {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setServerNames(new String[] {"localhost"});
            dataSource.setPortNumbers(new int[] {Integer.parseInt(System.getenv("AIOS_TEST_PORT"))});
            dataSource.setDatabaseName(System.getenv("AIOS_TEST_DATABASE"));
            dataSource.setUser("aios_app");
            dataSource.setPassword(System.getenv("AIOS_TEST_PASSWORD"));
            return dataSource;
        }
    }

    /** A primary database. */
    public record Database(String name) {
        public DataSource admin() {
            return PRIMARY.getDatabase("postgres", name);
        }

        /** Makes the tenant tables, and a login that owns nothing. */
        public void install(List<TenantTable> tables) throws SQLException {
            RlsSchema.Builder schema = RlsSchema.builder();
            for (TenantTable table : tables) {
                schema = schema.table(table);
            }
            schema.build().create(admin());
            execute(admin(), "alter role aios_app password '" + PASSWORD + "'");
        }

        public DataSource application() {
            return as(PRIMARY, name, "aios_app");
        }

        /** What a child process needs for {@link Elsewhere#application}. */
        public Map<String, String> environment() {
            return Map.of(
                    "AIOS_TEST_PORT",
                    Integer.toString(PRIMARY.getPort()),
                    "AIOS_TEST_DATABASE",
                    name,
                    "AIOS_TEST_PASSWORD",
                    PASSWORD);
        }

        /** Every table's rows with their place, and who wrote and locked them, in digests. */
        public Map<String, String> content() {
            Map<String, String> digests = new TreeMap<>();
            String tables = """
                    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'S', 'm') and n.nspname !~ '^(pg_|information_schema)'""";
            for (String table : query(admin(), tables)) {
                String rows = "select coalesce(md5(string_agg(concat_ws(' ', t::text, t.ctid, t.xmin, t.xmax), ';'"
                        + " order by t.ctid)), 'empty') from " + table + " t";
                digests.put(table, query(admin(), rows).get(0));
            }
            return digests;
        }
    }
}
