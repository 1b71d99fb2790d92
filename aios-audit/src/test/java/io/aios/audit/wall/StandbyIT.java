package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A streaming standby that takes over after it lost its end: nobody may be told that a lost entry is there. */
class StandbyIT {
    private static final OrgId ORG = OrgId.of("failover");
    private static final NoteSigner KEY = NoteSigner.generate("example.org/failover", new SecureRandom());

    @TempDir
    private Path directory;

    @Test
    void aStandbyThatLostItsEndNeverAcknowledgesWhatItDoesNotHaveAndIsFoundOut() throws Exception {
        assumeTrue(KillableServer.possible(), KillableServer.NEEDS);
        EmbeddedPostgres embedded = Postgres.start();
        Postgres.TestWall old = Postgres.wall(embedded);
        KillableServer primary = KillableServer.of(old.superuser(), embedded.getPort());
        KillableServer standby = primary.on(directory.resolve("standby"), freePort());
        DirectoryCheckpointStore store = new DirectoryCheckpointStore(Files.createDirectory(directory.resolve("kept")));
        AuditReceipt kept;
        AuditReceipt lost;
        WriterConnection.Answer unanswered;
        try {
            copy(old, primary, standby);
            standby.start();
            kept = append(old, "kept");
            awaitReplayed(old, standby);
            standby.kill();
            lost = append(old, "lost");
            assertThat(signer(old, store).publish().size()).isEqualTo(1);
            AuditEvent event =
                    event("unanswered").id(UUID.randomUUID()).at(Instant.EPOCH).build();
            try (WriterConnection line = WriterConnection.open(old.as(Postgres.ROLES.writer()))) {
                unanswered = line.append(
                        ORG,
                        List.of(new Pending(event, event, new byte[32], 0)),
                        false,
                        WriterConnection.Durability.LATER);
            }
        } finally {
            primary.kill();
        }
        standby.start();
        try {
            standby.promote();
            Postgres.TestWall now = new Postgres.TestWall(standby.port(), old.database());
            try (WriterConnection line = WriterConnection.open(now.as(Postgres.ROLES.writer()))) {
                assertThatThrownBy(() -> line.flush(ORG, unanswered.before().size(), unanswered.head()))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(BatchWriter.isTransient(e))
                                        .as("it is appended again: %s", e.getMessage())
                                        .isTrue());
            }
            AuditReader reader = now.reader();
            assertThat(reader.verify(ORG, Held.nothing().receipt(kept)).isIntact())
                    .isTrue();
            assertThat(reader.verify(ORG, Held.nothing().receipt(lost)))
                    .as("a receipt of the old primary finds the lost end")
                    .isInstanceOf(VerifyReport.Truncated.class);
            assertThat(reader.verify(ORG, KEY.key(), store)).isInstanceOf(VerifyReport.RolledBack.class);
            assertThatThrownBy(() -> signer(now, store))
                    .isInstanceOf(AuditRefusedException.class)
                    .hasMessageContaining("rolled back");
            AuditReceipt next = append(now, "next");
            assertThat(next.seq()).isEqualTo(lost.seq());
            assertThat(reader.verify(ORG, Held.nothing().receipt(lost)))
                    .as("another entry in its place is no replacement")
                    .isInstanceOf(VerifyReport.RolledBack.class);
        } finally {
            standby.kill();
        }
    }

    private static AuditEvent.Builder event(String subject) {
        return AuditEvent.of("tool.called").actor("agent-1").subject(subject).outcome("ok");
    }

    @CanIgnoreReturnValue
    private static AuditReceipt append(Postgres.TestWall server, String subject) {
        try (AuditWall wall = server.writer().open()) {
            return wall.tenant(ORG).append(event(subject).build());
        }
    }

    private static CheckpointSigner signer(Postgres.TestWall server, DirectoryCheckpointStore store) {
        return CheckpointSigner.open(server.as(Postgres.ROLES.signer()), KEY, store);
    }

    /** A base backup, file by file, set up to stream from the primary. */
    private static void copy(Postgres.TestWall old, KillableServer primary, KillableServer standby) throws Exception {
        try (Connection connection = old.superuser().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            copyTree(primary.data(), standby.data());
            try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                assertThat(row.next()).isTrue();
                Files.writeString(standby.data().resolve("backup_label"), row.getString(1));
            }
        }
        Files.createFile(standby.data().resolve("standby.signal"));
        Files.writeString(
                standby.data().resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=" + primary.port() + " user=postgres'\n",
                UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path relative = from.relativize(file);
                String name = relative.toString().replace('\\', '/');
                Path target = to.resolve(relative.toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!name.startsWith("pg_wal/") && !name.startsWith("postmaster.") && Files.exists(file)) {
                    Files.copy(file, target);
                }
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    /** Returns when the standby has replayed what the primary has written so far. */
    private static void awaitReplayed(Postgres.TestWall old, KillableServer standby) throws SQLException {
        String end;
        try (Connection connection = old.superuser().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_flush_lsn()::text")) {
            assertThat(row.next()).isTrue();
            end = row.getString(1);
        }
        Postgres.TestWall copy = new Postgres.TestWall(standby.port(), old.database());
        try (Connection connection = copy.superuser().getConnection();
                Statement statement = connection.createStatement()) {
            boolean replayed = false;
            while (!replayed) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT coalesce(pg_last_wal_replay_lsn() >= '" + end + "', false), pg_sleep(0.02)")) {
                    replayed = row.next() && row.getBoolean(1);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
