package io.aios.example.tamper;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.example.servers.PostgresServer;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An audit wall with two tenants, its superuser's connection, and the verifier; one checkpoint is kept outside. */
final class Playground implements AutoCloseable {
    static final OrgId CLEVELAND = OrgId.of("cleveland-gov");
    static final OrgId DAYTON = OrgId.of("dayton-gov");
    private static final List<String> TABLES = List.of("tenant_log", "entry", "payload", "head", "checkpoint");
    private static final int ROWS = 10;
    private static final int WIDTH = 100;

    private final PostgresServer server;
    private final AuditReader reader;
    private final NoteKey pinned;
    private final DirectoryCheckpointStore kept;
    private Connection superuser;

    private Playground(PostgresServer server, AuditReader reader, NoteKey pinned, DirectoryCheckpointStore kept)
            throws SQLException {
        this.server = server;
        this.reader = reader;
        this.pinned = pinned;
        this.kept = kept;
        this.superuser = connect();
    }

    /**
     * Starts the server, writes both logs and publishes a checkpoint.
     *
     * @param outside an empty directory that stands for another machine: where the checkpoint is kept
     */
    static Playground open(Path outside) throws SQLException {
        PostgresServer server = PostgresServer.start();
        PostgresServer.Wall roles = server.installWall();
        NoteSigner key = NoteSigner.generate("playground.example/audit", new SecureRandom());
        DirectoryCheckpointStore kept = new DirectoryCheckpointStore(outside);
        // There is no primary database in this game for the wall to be kept apart from.
        try (AuditWall wall = AuditWall.writer(roles.writer()).sameClusterDev().open()) {
            for (String outcome : List.of("permit", "permit", "permit", "deny", "permit", "review")) {
                append(wall, CLEVELAND, outcome);
            }
            append(wall, DAYTON, "permit");
            append(wall, DAYTON, "deny");
        }
        var unused = CheckpointSigner.open(roles.signer(), key, kept).publish();
        server.run("create schema saved");
        for (String table : TABLES) {
            server.run("create table saved." + table + " as table aios_audit." + table);
        }
        return new Playground(server, AuditReader.open(roles.reader()), key.key(), kept);
    }

    private static void append(AuditWall wall, OrgId org, String outcome) {
        var unused = wall.tenant(org)
                .append(AuditEvent.of("policy.decided")
                        .actor("agent:finance")
                        .subject("tool:pay_invoice")
                        .outcome(outcome)
                        .payload(Map.of("invoice", "2026-11", "amount_usd", 48_000))
                        .build());
    }

    /** Executes what the superuser wants and tells what came of it. */
    List<String> execute(String sql) {
        List<String> lines = new ArrayList<>();
        try (Statement statement = superuser.createStatement()) {
            if (statement.execute(sql)) {
                print(statement.getResultSet(), lines);
            } else {
                lines.add("done, " + Math.max(0, statement.getUpdateCount()) + " rows changed");
            }
        } catch (SQLException e) {
            lines.add("PostgreSQL says: " + e.getMessage());
        }
        return lines;
    }

    private static void print(ResultSet rows, List<String> lines) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            if (lines.size() == ROWS) {
                lines.add("(and more rows)");
                return;
            }
            List<String> cells = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
                String cell = String.valueOf(rows.getString(i));
                cells.add(cell.length() <= WIDTH ? cell : cell.substring(0, WIDTH) + "...");
            }
            lines.add(String.join(" | ", cells));
        }
    }

    /** What the chain alone says of a tenant's log. */
    VerifyReport alone(OrgId org) {
        return reader.verify(org);
    }

    /** What the chain says together with the checkpoint kept outside. */
    VerifyReport held(OrgId org) {
        return reader.verify(org, pinned, kept);
    }

    /** Puts every table back as it was, as good a superuser as you. */
    void reset() throws SQLException {
        superuser.close();
        superuser = connect();
        try (Statement statement = superuser.createStatement()) {
            for (String table : TABLES) {
                statement.execute("truncate aios_audit." + table);
                statement.execute("insert into aios_audit." + table + " select * from saved." + table);
            }
        }
    }

    /** Triggers do not fire for this session: the append-only rules stop everybody but a superuser. */
    private Connection connect() throws SQLException {
        Connection connection = server.admin().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
        }
        return connection;
    }

    @Override
    public void close() throws SQLException {
        superuser.close();
        server.close();
    }
}
