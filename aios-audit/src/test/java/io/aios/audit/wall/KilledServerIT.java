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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
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

    private static final String SETTING = "ALTER ROLE " + Postgres.ROLES.writer();

    private static KillableServer server;
    private static Postgres.TestWall database;

    @BeforeAll
    static void start() throws Exception {
        EmbeddedPostgres embedded = Postgres.start();
        database = Postgres.wall(embedded);
        server = KillableServer.of(database.superuser(), embedded.getPort());
    }

    @AfterAll
    static void stop() {
        server.kill();
    }

    @Test
    void whatWasAcknowledgedSurvivesAndWithoutTheBarrierItDoesNot() throws Exception {
        assumeTrue(KillableServer.possible(), KillableServer.NEEDS);
        Random random = new Random(20261121);
        List<AuditReceipt> receipts = Collections.synchronizedList(new ArrayList<>());
        long controlLost = 0;
        long controlAcknowledged = 0;
        // A round in which the control happens to lose nothing shows nothing; some rounds more than a test without
        // teeth.
        int rounds = 0;
        while (rounds < ROUNDS || (controlLost == 0 && rounds < 4 * ROUNDS)) {
            int round = rounds++;
            Map<Long, Digest> control = round(receipts, 1 + random.nextInt(140), round);
            long found = controlFound(control);
            assertThat(barriersAnswered(control))
                    .as("a barrier after the restart is answered for entries that are there, and for no others")
                    .isEqualTo(found);
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
                rounds + " rounds: " + receipts.size() + " acknowledged, 0 lost; without the barrier "
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
            server.start();
            if (round % 2 == 1) {
                // From here on every new connection would commit asynchronously, if the functions let it.
                Postgres.execute(database.superuser(), SETTING + " SET synchronous_commit = off");
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        Postgres.execute(database.superuser(), SETTING + " RESET synchronous_commit");
        return control;
    }

    /** For how many entries a new connection's barrier says that they are durable. */
    private static long barriersAnswered(Map<Long, Digest> control) throws SQLException {
        long answered = 0;
        try (WriterConnection other = WriterConnection.open(database.as(Postgres.ROLES.writer()))) {
            for (Map.Entry<Long, Digest> entry : control.entrySet()) {
                try {
                    other.flush(CONTROL, entry.getKey(), entry.getValue());
                    answered++;
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).as("%s", e.getMessage()).isEqualTo("02000");
                }
            }
        }
        return answered;
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
