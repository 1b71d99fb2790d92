package io.aios.example.servers;

import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.tenancy.rls.RlsSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** One PostgreSQL server on loopback, as durable as a real one. It dies with this process. */
public final class PostgresServer implements AutoCloseable {
    private final SecureRandom random = new SecureRandom();
    private final EmbeddedPostgres server;

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts one. */
    public static PostgresServer start() {
        try {
            return new PostgresServer(EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** Connections of the superuser, who sets up and then steps back. */
    public DataSource admin() {
        return server.getPostgresDatabase();
    }

    /**
     * Creates a tenant schema.
     *
     * @return connections of the application's login, which owns nothing
     */
    public DataSource install(RlsSchema schema) {
        String password = newPassword();
        try {
            schema.create(admin());
        } catch (SQLException e) {
            throw new IllegalStateException("the schema cannot be created: " + e.getMessage(), e);
        }
        run("alter role " + schema.appRole() + " password '" + password + "'");
        return as(schema.appRole(), password);
    }

    /**
     * Connections of the wall's roles.
     *
     * @param writer may append
     * @param reader may read one tenant at a time
     * @param signer sees heads and publishes checkpoints
     */
    public record Wall(DataSource writer, DataSource reader, DataSource signer) {}

    /** Makes this server an audit wall. */
    public Wall installWall() {
        AuditRoles roles = AuditRoles.standard();
        String writer = newPassword();
        String reader = newPassword();
        String signer = newPassword();
        AuditSchema.into(admin())
                .password(roles.writer(), writer)
                .password(roles.reader(), reader)
                .password(roles.signer(), signer)
                .install();
        return new Wall(as(roles.writer(), writer), as(roles.reader(), reader), as(roles.signer(), signer));
    }

    /** Runs a statement as the superuser. */
    public void run(String sql) {
        try (Connection connection = admin().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("set-up statement failed: " + e.getMessage(), e);
        }
    }

    private String newPassword() {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private DataSource as(String login, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {server.getPort()});
        source.setDatabaseName("postgres");
        source.setUser(login);
        source.setPassword(password);
        return source;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not stop", e);
        }
    }
}
