package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.wall.CheckpointSigner.DamagedLog;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One tenant's log is damaged by a superuser; the others go on, and nothing of it is signed. */
class DamagedLogIT {
    private static final NoteSigner KEY = NoteSigner.generate("example.org/damaged", new SecureRandom());
    private static final OrgId SOUND = OrgId.of("sound");
    private static final OrgId HURT = OrgId.of("hurt");
    private static final String REPLICA = "SET session_replication_role = replica; ";

    private final Postgres.TestWall database = Postgres.wall();

    @TempDir
    private Path directory;

    private DirectoryCheckpointStore store() {
        return new DirectoryCheckpointStore(directory);
    }

    private CheckpointSigner signer() {
        return CheckpointSigner.open(database.as(Postgres.ROLES.signer()), KEY, store());
    }

    private void append(OrgId org, int count) {
        try (AuditWall wall = database.writer().open()) {
            for (int i = 0; i < count; i++) {
                wall.tenant(org)
                        .append(AuditEvent.of("t")
                                .actor("a")
                                .subject("s")
                                .outcome("o")
                                .build());
            }
        }
    }

    private void tamper(String sql) {
        Postgres.execute(database.superuser(), REPLICA + sql);
    }

    private VerifyReport verify(OrgId org) {
        return database.reader().verify(org, KEY.key(), store());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE aios_audit.entry SET entry_hash = sha256(entry_hash) WHERE org = 'hurt' AND seq = 3",
                "DELETE FROM aios_audit.entry WHERE org = 'hurt' AND seq >= 2",
                "DELETE FROM aios_audit.entry WHERE org = 'hurt' AND seq = 5",
                "DELETE FROM aios_audit.tenant_log WHERE org = 'hurt'",
            })
    void aSignerThatRunsPublishesTheOthersAndNamesTheDamagedOne(String tampering) {
        append(SOUND, 3);
        append(HURT, 4);
        CheckpointSigner signer = signer();
        assertThat(signer.publish().size()).isEqualTo(2);
        assertThat(signer.damaged()).isEmpty();
        append(SOUND, 2);
        append(HURT, 3);
        tamper(tampering);
        CheckpointSchedule schedule = new CheckpointSchedule(signer, ExposureWindow.STANDARD);
        assertThat(signer.publish().size())
                .as("one head more: that of the sound log")
                .isEqualTo(3);
        assertThat(schedule.state().damaged()).singleElement().satisfies(log -> {
            assertThat(log.head()).isEqualTo(4);
            assertThat(log.what()).isNotEmpty();
        });
        assertThat(verify(SOUND)).isInstanceOf(VerifyReport.Intact.class);
        assertThat(verify(SOUND).exposed()).isZero();
        assertThat(verify(HURT).chainHolds()).isFalse();
        append(SOUND, 1);
        assertThat(signer.exposed()).isEqualTo(1);
        schedule.close();
        assertThat(schedule.state().last())
                .hasValueSatisfying(last -> assertThat(last.size()).isEqualTo(4));
        assertThat(verify(SOUND).exposed()).isZero();
    }

    @Test
    void aSignerThatOpensOnADamagedLogPublishesTheOthersUntilItIsRestored() {
        append(SOUND, 3);
        append(HURT, 4);
        assertThat(signer().publish().size()).isEqualTo(2);
        append(SOUND, 2);
        append(HURT, 3);
        Postgres.execute(database.superuser(), "CREATE TABLE public.good AS TABLE aios_audit.entry");
        tamper("UPDATE aios_audit.entry SET entry_hash = sha256(entry_hash) WHERE org = 'hurt' AND seq = 1");
        CheckpointSigner signer = signer();
        assertThat(signer.damaged()).extracting(DamagedLog::head).containsExactly(4L);
        assertThat(signer.publish().size()).isEqualTo(3);
        assertThat(verify(SOUND).exposed()).isZero();
        tamper("DELETE FROM aios_audit.entry; INSERT INTO aios_audit.entry SELECT * FROM public.good");
        CheckpointSigner again = signer();
        assertThat(again.damaged()).isEmpty();
        assertThat(again.publish().size()).isEqualTo(4);
        assertThat(verify(HURT)).isInstanceOf(VerifyReport.Intact.class);
        assertThat(verify(HURT).exposed()).isZero();
    }

    @Test
    void anEdgeThatIsNotItsHeadsIsNotBuiltUpon() {
        append(SOUND, 3);
        append(HURT, 3);
        assertThat(signer().publish().size()).isEqualTo(2);
        append(SOUND, 1);
        append(HURT, 1);
        tamper("UPDATE aios_audit.head SET edge = sha256(edge) || substr(edge, 33) WHERE org = 'hurt'");
        CheckpointSigner signer = signer();
        assertThat(signer.damaged())
                .singleElement()
                .satisfies(log -> assertThat(log.what()).contains("edge"));
        assertThat(signer.publish().size()).isEqualTo(3);
        assertThat(verify(SOUND).exposed()).isZero();
        assertThat(verify(HURT)).as("its own entries are as they were").isInstanceOf(VerifyReport.Intact.class);
        assertThat(verify(HURT).exposed()).isEqualTo(1);
    }

    /** The heads do not name tenants; so a tenant whose whole log was replaced is told by what is no longer there. */
    @Test
    void aLogThatWasReplacedUnderAnotherNameIsMissedByTheSignerAndWithoutAnyHead() {
        append(SOUND, 1);
        append(HURT, 3);
        CheckpointSigner signer = signer();
        assertThat(signer.publish().size()).isEqualTo(2);
        tamper(
                "UPDATE aios_audit.head SET org = 'ghost' WHERE org = 'hurt';"
                        + " DELETE FROM aios_audit.entry WHERE org = 'hurt'; DELETE FROM aios_audit.tenant_log WHERE org = 'hurt'");
        append(HURT, 3);
        assertThat(verify(HURT)).isInstanceOfSatisfying(VerifyReport.Intact.class, report -> {
            assertThat(report.heldTo()).isZero();
            assertThat(report.exposed())
                    .as("nothing outside confirms any of it")
                    .isEqualTo(3);
        });
        assertThat(signer.publish().size()).isEqualTo(3);
        assertThat(signer.damaged())
                .singleElement()
                .satisfies(log -> assertThat(log.what()).contains("gone"));
        assertThat(signer().damaged()).hasSize(1);
    }
}
