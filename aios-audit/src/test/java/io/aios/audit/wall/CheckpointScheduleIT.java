package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CheckpointScheduleIT {
    private static final OrgId ORG = OrgId.of("exposed");
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Postgres.TestWall database = Postgres.wall();
    private final NoteSigner key = NoteSigner.generate("example.org/schedule", new SecureRandom());
    private final Queue store = new Queue();

    /** A store that tells when something is kept. */
    private static final class Queue implements CheckpointStore {
        private final List<String> notes = new ArrayList<>();
        private final LinkedBlockingQueue<Checkpoint> kept = new LinkedBlockingQueue<>();

        @Override
        public synchronized void keep(Checkpoint checkpoint, String note) {
            notes.add(note);
            kept.add(checkpoint);
        }

        @Override
        public synchronized List<String> notes() {
            return List.copyOf(notes);
        }
    }

    private CheckpointSigner signer() {
        return CheckpointSigner.open(database.as(Postgres.ROLES.signer()), key, store);
    }

    private void append(int count) {
        try (AuditWall wall = database.writer().open()) {
            for (int i = 0; i < count; i++) {
                wall.tenant(ORG)
                        .append(AuditEvent.of("t")
                                .actor("a")
                                .subject("s")
                                .outcome("o")
                                .build());
            }
        }
    }

    @Test
    void aCheckpointComesByItselfAndTheReportSaysWhatIsStillExposed() throws Exception {
        append(3);
        try (CheckpointSchedule schedule =
                CheckpointSchedule.start(signer(), new ExposureWindow(Duration.ofMillis(200), 1000))) {
            Checkpoint checkpoint = store.kept.poll(60, TimeUnit.SECONDS);
            assertThat(checkpoint).isNotNull();
            assertThat(schedule.state().failures()).isZero();
        }
        VerifyReport covered = database.reader().verify(ORG, key.key(), store);
        assertThat(covered.exposed()).isZero();
        append(2);
        VerifyReport report = database.reader().verify(ORG, key.key(), store);
        assertThat(report.isIntact()).isTrue();
        assertThat(report.exposed()).isEqualTo(2);
    }

    @Test
    void theWindowIsKeptByTimeAndByNumber() {
        CheckpointSchedule schedule = new CheckpointSchedule(signer(), ExposureWindow.STANDARD);
        append(1);
        for (long second = 1; second <= 7; second++) {
            schedule.look(second * SECOND);
        }
        assertThat(store.notes()).isEmpty();
        assertThat(schedule.state().exposed()).isEqualTo(1);
        schedule.look(9 * SECOND);
        schedule.look(10 * SECOND);
        assertThat(store.notes()).as("before ten seconds are over").hasSize(1);
        assertThat(schedule.state().exposed()).isZero();

        CheckpointSchedule byNumber = new CheckpointSchedule(signer(), new ExposureWindow(Duration.ofHours(1), 5));
        append(4);
        byNumber.look(SECOND);
        assertThat(store.notes()).hasSize(1);
        append(1);
        byNumber.look(2 * SECOND);
        assertThat(store.notes()).hasSize(2);
        schedule.close();
        byNumber.close();
    }

    @Test
    void whatIsLeftIsCoveredWhenTheScheduleEnds() {
        CheckpointSchedule schedule = new CheckpointSchedule(signer(), ExposureWindow.STANDARD);
        append(2);
        schedule.close();
        assertThat(schedule.state().last()).isPresent();
        assertThat(database.reader().verify(ORG, key.key(), store).exposed()).isZero();
    }

    @Test
    void aSignerTellsWhenItStartsOnAHistoryThatWasRewrittenUnderItsHeads() {
        append(4);
        assertThat(signer().publish().size()).isEqualTo(1);
        append(2);
        assertThat(signer().publish().size()).isEqualTo(2);
        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "UPDATE aios_audit.entry SET entry_hash = sha256(entry_hash) WHERE seq = 2");
        assertThat(signer().damaged())
                .singleElement()
                .satisfies(log -> assertThat(log.what()).contains("rewritten"));
    }

    @Test
    void aStoreThatFailsInAnyWayIsAFailureThatIsCountedAndTriedAgain() throws Exception {
        append(3);
        AtomicBoolean broken = new AtomicBoolean(true);
        CheckpointStore failing = new CheckpointStore() {
            @Override
            public void keep(Checkpoint checkpoint, String note) {
                if (broken.get()) {
                    throw new UncheckedIOException(new IOException("the disk is full"));
                }
                store.keep(checkpoint, note);
            }

            @Override
            public List<String> notes() {
                return store.notes();
            }
        };
        CheckpointSigner signer = CheckpointSigner.open(database.as(Postgres.ROLES.signer()), key, failing);
        CheckpointSchedule schedule = new CheckpointSchedule(signer, new ExposureWindow(Duration.ofMillis(200), 1));
        schedule.look(SECOND);
        assertThat(schedule.state().failures()).isEqualTo(1);
        broken.set(false);
        schedule.look(2 * SECOND);
        assertThat(schedule.state().failures()).isZero();
        assertThat(store.notes()).isNotEmpty();
        schedule.close();
    }
}
