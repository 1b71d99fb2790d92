package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Size;

/** Random histories on the real wall, against a list and a tree that are too simple to be wrong. */
class WallModelIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final NoteSigner KEY = NoteSigner.generate("example.org/model", new SecureRandom());
    private static final AtomicInteger RUNS = new AtomicInteger();

    /** What can happen. */
    enum Step {
        APPEND,
        APPEND_PAYLOAD,
        APPEND_AGAIN,
        BATCH,
        CORRECT,
        ERASE,
        CHECKPOINT,
        CRASH,
        REOPEN
    }

    /** Checkpoints kept for the time of one run. */
    private static final class Kept implements CheckpointStore {
        private final TreeMap<Long, String> notes = new TreeMap<>();

        @Override
        public void keep(Checkpoint checkpoint, String note) {
            notes.put(checkpoint.size(), note);
        }

        @Override
        public List<String> notes() {
            return List.copyOf(notes.values());
        }
    }

    private static final class Run implements AutoCloseable {
        private final OrgId org = OrgId.of("model-" + RUNS.incrementAndGet());
        private final Random random;
        private final List<EntryRef> entries = new ArrayList<>();
        private final TreeSet<Long> payloads = new TreeSet<>();
        private final TreeSet<Long> erased = new TreeSet<>();
        private final Kept kept = new Kept();
        private AuditWall wall = DATABASE.writer().open();
        private long covered;

        Run(long seed) {
            this.random = new Random(seed);
        }

        private AuditEvent.Builder event() {
            return AuditEvent.of("step.taken")
                    .actor("actor-" + random.nextInt(3))
                    .subject("subject:" + random.nextInt(3))
                    .outcome("ok");
        }

        private void added(AuditReceipt receipt, boolean payload) {
            assertThat(receipt.seq()).isEqualTo(entries.size());
            if (payload) {
                payloads.add(receipt.seq());
            }
            entries.add(receipt.ref());
        }

        void take(Step step) {
            switch (step) {
                case APPEND -> added(wall.tenant(org).append(event().build()), false);
                case APPEND_PAYLOAD ->
                    added(
                            wall.tenant(org)
                                    .append(event().payload(new byte[random.nextInt(200)])
                                            .build()),
                            true);
                case APPEND_AGAIN -> again();
                case BATCH -> batch();
                case CORRECT -> correct();
                case ERASE -> erase();
                case CHECKPOINT -> {
                    Checkpoint checkpoint = CheckpointSigner.open(DATABASE.as(Postgres.ROLES.signer()), KEY, kept)
                            .publish();
                    assertThat(checkpoint.size()).isNotNegative();
                    covered = entries.size();
                }
                case CRASH ->
                    Postgres.execute(
                            DATABASE.superuser(),
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                                    + DATABASE.database() + "' AND usename = '" + Postgres.ROLES.writer() + "'");
                case REOPEN -> {
                    wall.close();
                    wall = DATABASE.writer()
                            .flushBarrier(random.nextBoolean())
                            .maxBatch(1 + random.nextInt(8))
                            .open();
                }
            }
        }

        private void again() {
            AuditEvent event =
                    event().id(new UUID(random.nextLong(), random.nextLong())).build();
            AuditReceipt first = wall.tenant(org).append(event);
            added(first, false);
            assertThat(wall.tenant(org).append(event).ref()).isEqualTo(first.ref());
        }

        private void batch() {
            List<CompletableFuture<AuditReceipt>> flying = new ArrayList<>();
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                flying.add(wall.tenant(org).appendAsync(event().build()));
            }
            flying.forEach(receipt -> added(receipt.join(), false));
        }

        private void correct() {
            if (entries.isEmpty()) {
                EntryRef nowhere = new EntryRef(0, Digest.sha256());
                assertThatThrownBy(() -> wall.tenant(org).correct(nowhere, event().build()))
                        .isInstanceOf(AuditRefusedException.class);
            } else {
                EntryRef original = entries.get(random.nextInt(entries.size()));
                added(wall.tenant(org).correct(original, event().build()), false);
            }
        }

        private void erase() {
            AuditEraser eraser = AuditEraser.open(DATABASE.as(Postgres.ROLES.eraser()), Clock.systemUTC());
            if (payloads.isEmpty()) {
                if (!entries.isEmpty()) {
                    assertThatThrownBy(() -> eraser.erase(org, entries.get(0), "officer", "none"))
                            .isInstanceOf(AuditRefusedException.class);
                }
                return;
            }
            long target = payloads.first();
            added(eraser.erase(org, entries.get((int) target), "officer", "gdpr.art17"), false);
            payloads.remove(target);
            erased.add(target);
        }

        void check() {
            AuditReader reader = DATABASE.reader();
            Held held = Held.entries(entries.toArray(EntryRef[]::new));
            VerifyReport report = reader.verify(org, held);
            assertThat(report.chainHolds()).as("%s", report).isTrue();
            assertThat(report.orElseThrow().size()).isEqualTo(entries.size());
            assertThat(report.isIntact()).isEqualTo(erased.isEmpty());
            Digest root = report.fold(VerifyReport.Intact::root, VerifyReport.Erased::root, broken -> Digest.sha256());
            assertThat(root)
                    .isEqualTo(naiveRoot(entries.stream().map(EntryRef::hash).toList()));
            if (!erased.isEmpty()) {
                assertThat(((VerifyReport.Erased) report).seqs()).containsExactlyInAnyOrderElementsOf(erased);
            }
            List<AuditEntry> read = reader.entries(
                    org, held, entry -> entry.payload().bytesIfPresent().isPresent());
            assertThat(read.stream().map(AuditEntry::seq)).containsExactlyElementsOf(payloads);
            if (!kept.notes().isEmpty()) {
                VerifyReport against = reader.verify(org, KEY.key(), kept);
                assertThat(against.chainHolds()).as("%s", against).isTrue();
                assertThat(against.fold(VerifyReport.Intact::heldTo, VerifyReport.Erased::heldTo, broken -> -1L))
                        .isGreaterThanOrEqualTo(covered);
            }
        }

        @Override
        public void close() {
            wall.close();
        }
    }

    /** RFC 9162, 2.1.1, as it is written. */
    private static Digest naiveRoot(List<Digest> hashes) {
        if (hashes.isEmpty()) {
            return Digest.sha256("".getBytes(UTF_8));
        }
        if (hashes.size() == 1) {
            return hashes.get(0);
        }
        int half = Integer.highestOneBit(hashes.size() - 1);
        return EntryHash.node(naiveRoot(hashes.subList(0, half)), naiveRoot(hashes.subList(half, hashes.size())));
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void everyHistoryReadsBackAsItHappened(@ForAll @Size(min = 4, max = 18) List<Step> steps, @ForAll long seed) {
        try (Run run = new Run(seed)) {
            steps.forEach(run::take);
            run.check();
        }
    }
}
