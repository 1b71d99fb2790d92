package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.EvidenceReport;
import io.aios.audit.verify.EvidenceVerifier;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointIT {
    private static final NoteSigner KEY = NoteSigner.generate("example.org/audit", new SecureRandom());
    private static final OrgId ACME = OrgId.of("acme");
    private static final OrgId EVIL = OrgId.of("evil");

    private final Postgres.TestWall database = Postgres.wall();

    @TempDir
    private Path directory;

    @CanIgnoreReturnValue
    private static AuditReceipt append(AuditWall wall, OrgId org, int count) {
        List<AuditReceipt> receipts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receipts.add(wall.tenant(org)
                    .append(AuditEvent.of("tool.called")
                            .actor("agent-1")
                            .subject("tool-" + i)
                            .outcome("ok")
                            .payload(Map.of("argument", "secret " + i))
                            .build()));
        }
        return receipts.get(count - 1);
    }

    private DirectoryCheckpointStore store() {
        return new DirectoryCheckpointStore(directory);
    }

    private CheckpointSigner signer() {
        return CheckpointSigner.open(database.as(Postgres.ROLES.signer()), KEY, store());
    }

    @Test
    void whatCheckpointsCoverIsHeldAgainstThem() {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 3);
            CheckpointSigner signer = signer();
            assertThat(signer.publish().size()).isEqualTo(1);
            append(wall, EVIL, 2);
            append(wall, ACME, 4);
            Checkpoint second = signer.publish();
            assertThat(second.size()).isEqualTo(3);
            assertThat(signer.publish()).isEqualTo(second);
            append(wall, ACME, 1);
        }
        VerifyReport report = database.reader().verify(ACME, KEY.key(), store());
        assertThat(report).isInstanceOf(VerifyReport.Intact.class);
        assertThat(((VerifyReport.Intact) report).heldTo()).isEqualTo(7);
        assertThat(report.orElseThrow().size()).isEqualTo(8);
        assertThat(signer().publish().size()).isEqualTo(4);
    }

    @Test
    void aCutTailARewrittenHistoryAndADeletedTenantAreFound() {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 5);
            append(wall, EVIL, 5);
        }
        assertThat(signer().publish().size()).isEqualTo(2);
        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM aios_audit.entry WHERE org = 'acme' AND seq >= 4",
                "DELETE FROM aios_audit.payload WHERE org = 'acme' AND seq >= 4",
                "DELETE FROM aios_audit.entry WHERE org = 'evil'",
                "DELETE FROM aios_audit.payload WHERE org = 'evil'",
                "DELETE FROM aios_audit.tenant_log WHERE org = 'evil'");
        AuditReader reader = database.reader();
        assertThat(reader.verify(ACME).isIntact())
                .as("the chain alone cannot know")
                .isTrue();
        assertThat(reader.verify(ACME, KEY.key(), store())).isEqualTo(new VerifyReport.Truncated(ACME, 4, 5));
        assertThat(reader.verify(EVIL, KEY.key(), store())).isEqualTo(new VerifyReport.Truncated(EVIL, 0, 5));
        assertThat(signer().damaged())
                .hasSize(2)
                .allSatisfy(log -> assertThat(log.what()).contains("cut off or deleted"));
        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM aios_audit.head WHERE idx = 1");
        assertThat(reader.verify(ACME, KEY.key(), store())).isInstanceOf(VerifyReport.RolledBack.class);
        assertThatThrownBy(this::signer)
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("rolled back");
    }

    @Test
    void aSignerDoesNotGoOnWithAKeyThatSignedTwoHistories() {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 1);
        }
        Checkpoint honest = signer().publish();
        Checkpoint other = new Checkpoint(KEY.key().name(), honest.size(), Digest.sha256(new byte[] {1}));
        List<String> notes = new ArrayList<>(store().notes());
        notes.add(0, other.sign(KEY).toString());
        CheckpointStore two = new CheckpointStore() {
            @Override
            public void keep(Checkpoint checkpoint, String note) {
                notes.add(note);
            }

            @Override
            public List<String> notes() {
                return List.copyOf(notes);
            }
        };
        assertThatThrownBy(() -> CheckpointSigner.open(database.as(Postgres.ROLES.signer()), KEY, two))
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("two histories");
    }

    @Test
    void anotherKeyIsNoEvidence() {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 1);
        }
        assertThat(signer().publish().size()).isEqualTo(1);
        NoteSigner other = NoteSigner.generate("example.org/audit", new SecureRandom());
        assertThat(database.reader().verify(ACME, other.key(), store())).isInstanceOf(VerifyReport.Unverifiable.class);
    }

    @Test
    void anErasedPayloadIsErasedNotTamperedAndItsBytesAreGone() {
        AuditReceipt target;
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 3);
            target = append(wall, ACME, 1);
            append(wall, ACME, 1);
        }
        assertThat(signer().publish().size()).isEqualTo(1);
        AuditEraser eraser = AuditEraser.open(database.as(Postgres.ROLES.eraser()), Clock.systemUTC());
        AuditReceipt erasure = eraser.erase(ACME, target.ref(), "privacy-officer", "gdpr.art17");
        assertThat(erasure.seq()).isEqualTo(5);

        AuditReader reader = database.reader();
        VerifyReport report = reader.verify(ACME, KEY.key(), store());
        assertThat(report).isInstanceOf(VerifyReport.Erased.class);
        assertThat(((VerifyReport.Erased) report).seqs()).containsExactly(target.seq());
        assertThat(report.isIntact()).isFalse();
        assertThat(report.chainHolds()).isTrue();
        assertThat(reader.entries(ACME, Held.nothing(), e -> e.seq() == target.seq())
                        .get(0)
                        .payload()
                        .fold(p -> -1L, erased -> erased.by(), () -> -2L))
                .isEqualTo(5);
        assertThatThrownBy(() -> eraser.erase(ACME, target.ref(), "privacy-officer", "gdpr.art17"))
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("no payload to erase");
        assertThatThrownBy(
                        () -> eraser.erase(ACME, new EntryRef(1, target.entryHash()), "privacy-officer", "gdpr.art17"))
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("not the one");
    }

    @Test
    void aPayloadThatIsGoneWithoutAnErasureEntryIsMissing() {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 3);
        }
        Postgres.execute(database.superuser(), "DELETE FROM aios_audit.payload WHERE seq = 1");
        assertThat(database.reader().verify(ACME)).isEqualTo(new VerifyReport.Missing(ACME, 1));
    }

    @Test
    void anAuditorVerifiesAFileWithThePinnedKeyAlone() throws Exception {
        try (AuditWall wall = database.writer().open()) {
            append(wall, ACME, 40);
            append(wall, EVIL, 2);
        }
        assertThat(signer().publish().size()).isEqualTo(2);
        Path file = directory.resolve("evidence.jsonl");
        Path all = directory.resolve("all.jsonl");
        AuditReader reader = database.reader();
        assertThat(reader.export(ACME, KEY.key(), store(), e -> e.seq() % 3 == 0, true, file))
                .isEqualTo(14);
        assertThat(reader.export(ACME, KEY.key(), store(), e -> true, false, all))
                .isEqualTo(40);
        assertThat(EvidenceVerifier.verify(file, KEY.key()))
                .isInstanceOfSatisfying(EvidenceReport.Proven.class, proven -> {
                    assertThat(proven.shown()).isEqualTo(14);
                    assertThat(proven.omitted()).isEqualTo(26);
                });
        assertThat(EvidenceVerifier.verify(all, KEY.key())).isInstanceOf(EvidenceReport.Proven.class);
        assertThat(EvidenceVerifier.verify(
                        file,
                        NoteSigner.generate("example.org/audit", new SecureRandom())
                                .key()))
                .isInstanceOf(EvidenceReport.Refused.class);
        byte[] bytes = Files.readAllBytes(file);
        Path changed = directory.resolve("changed.jsonl");
        for (int i = 0; i < bytes.length; i += 97) {
            byte[] copy = bytes.clone();
            copy[i] ^= 1;
            Files.write(changed, copy);
            assertThat(EvidenceVerifier.verify(changed, KEY.key()))
                    .as("byte %s of %s", i, new String(bytes, UTF_8))
                    .isInstanceOf(EvidenceReport.Refused.class);
        }
        List<String> lines = Files.readAllLines(file);
        Files.write(changed, lines.subList(0, lines.size() - 1));
        assertThat(EvidenceVerifier.verify(changed, KEY.key())).isInstanceOf(EvidenceReport.Refused.class);
    }
}
