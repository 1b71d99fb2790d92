package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kills every process of the audit server while appends are on their way; 100 times with {@code aios.slow}. */
class KilledServerIT {
    private static final int ROUNDS = Boolean.getBoolean("aios.slow") ? 100 : 5;
    private static final OrgId ORG = OrgId.of("kill");
    private static final OrgId CONTROL = OrgId.of("control");

    private static Server server;
    private static Postgres.TestWall database;

    @BeforeAll
    static void start() throws Exception {
        EmbeddedPostgres embedded = Postgres.start();
        database = Postgres.wall(embedded);
        server = Server.of(database);
    }

    @AfterAll
    static void stop() {
        server.kill();
    }

    /** A PostgreSQL server that can be killed and started again as it was. */
    private static final class Server {
        private final Path data;
        private final List<String> command;

        private Server(Path data, List<String> command) {
            this.data = data;
            this.command = command;
        }

        static Server of(Postgres.TestWall wall) throws Exception {
            try (Connection connection = wall.superuser().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW data_directory")) {
                assertThat(row.next()).isTrue();
                Path data = Path.of(row.getString(1));
                String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
                List<String> command = new ArrayList<>(Arrays.asList(
                        Files.readString(Path.of("/proc", pid, "cmdline")).split("\0")));
                command.set(
                        0, Files.readSymbolicLink(Path.of("/proc", pid, "exe")).toString());
                if ("root".equals(System.getProperty("user.name"))) {
                    command.addAll(0, List.of("unshare", "-U"));
                }
                return new Server(data, command);
            }
        }

        void kill() {
            try {
                long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                        .get(0)
                        .strip());
                ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
                List<ProcessHandle> all =
                        new ArrayList<>(postmaster.descendants().toList());
                all.add(0, postmaster);
                all.forEach(ProcessHandle::destroyForcibly);
                all.forEach(process -> process.onExit().join());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void restart() throws Exception {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            for (int attempt = 0; ; attempt++) {
                try (Connection connection = database.superuser().getConnection()) {
                    assertThat(connection.isValid(5)).isTrue();
                    return;
                } catch (SQLException e) {
                    assertThat(process.isAlive() && attempt < 300)
                            .as("%s", e.getMessage())
                            .isTrue();
                    Thread.sleep(100);
                }
            }
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesAndWithoutTheBarrierItDoesNot() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc to start the server again as it was");
        Random random = new Random(20261121);
        List<AuditReceipt> receipts = Collections.synchronizedList(new ArrayList<>());
        long controlLost = 0;
        long controlAcknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Map<Long, Digest> control = round(receipts, 40 + random.nextInt(100), round);
            long found = controlFound(control);
            controlAcknowledged += control.size();
            controlLost += control.size() - found;
            EntryRef[] refs = receipts.stream().map(AuditReceipt::ref).toArray(EntryRef[]::new);
            VerifyReport report = database.reader().verify(ORG, Held.entries(refs));
            assertThat(report.isIntact()).as("round %s: %s", round, report).isTrue();
            assertThat(receipts.stream().map(AuditReceipt::seq)).doesNotHaveDuplicates();
            assertThat(database.reader().verify(CONTROL).isIntact())
                    .as("a crash loses an end, it makes no gap")
                    .isTrue();
        }
        Files.writeString(
                Path.of("target", "kill-rounds.txt"),
                ROUNDS + " rounds: " + receipts.size() + " acknowledged, 0 lost; without the barrier "
                        + controlAcknowledged + " acknowledged, " + controlLost + " lost\n");
        assertThat(controlLost)
                .as(
                        "%s acknowledged; without the barrier %s of %s lost",
                        receipts.size(), controlLost, controlAcknowledged)
                .isPositive();
    }

    /** Appends until the server dies, and on until the wall has settled what was on its way. */
    private static Map<Long, Digest> round(List<AuditReceipt> receipts, int killAfter, int round) throws Exception {
        Map<Long, Digest> control = new ConcurrentHashMap<>();
        Semaphore acknowledged = new Semaphore(0);
        AtomicBoolean stop = new AtomicBoolean();
        try (AuditWall first = database.writer().open();
                AuditWall second = database.writer().open()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                AuditWall wall = i % 2 == 0 ? first : second;
                String name = "writer-" + i;
                threads.add(new Thread(() -> {
                    for (int n = 0; !stop.get(); n++) {
                        receipts.add(wall.tenant(ORG)
                                .append(AuditEvent.of("tool.called")
                                        .actor(name)
                                        .subject("round-" + round + ":" + n)
                                        .outcome("ok")
                                        .build()));
                        acknowledged.release();
                    }
                }));
            }
            Thread unsafe = new Thread(() -> appendWithoutBarrier(control, stop));
            threads.add(unsafe);
            threads.forEach(Thread::start);
            acknowledged.acquire(killAfter);
            server.kill();
            unsafe.join();
            server.restart();
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return control;
    }

    /** What a wall would do that tells the caller as soon as the asynchronous commit returns. */
    private static void appendWithoutBarrier(Map<Long, Digest> told, AtomicBoolean stop) {
        try (WriterConnection connection = WriterConnection.open(database.as(Postgres.ROLES.writer()))) {
            while (!stop.get()) {
                AuditEvent event = AuditEvent.of("tool.called")
                        .id(UUID.randomUUID())
                        .at(Instant.now())
                        .actor("control")
                        .subject("s")
                        .outcome("ok")
                        .build();
                List<Pending> one = List.of(new Pending(event, event, new byte[32], 0));
                WriterConnection.Answer answer =
                        connection.append(CONTROL, one, false, WriterConnection.Durability.LATER);
                told.put(answer.before().size(), answer.head());
            }
        } catch (SQLException e) {
            assertThat(BatchWriter.isTransient(e)).isTrue();
        }
    }

    private static long controlFound(Map<Long, Digest> control) {
        return database.reader()
                .entries(CONTROL, Held.nothing(), entry -> entry.hash().equals(control.get(entry.seq())))
                .size();
    }
}
