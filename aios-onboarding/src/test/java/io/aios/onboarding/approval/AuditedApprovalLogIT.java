package io.aios.onboarding.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Walls;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The authority on approvals, on a real audit wall. */
class AuditedApprovalLogIT {
    private final Walls walls = Walls.fresh();
    private AuditWall wall;
    private ApprovalLog log;

    @BeforeEach
    void open() {
        wall = walls.writer();
        log = new AuditedApprovalLog(wall, walls.reader());
    }

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void recordsComeBackEqualAndInOrder() {
        ApprovalRecord approved = approval(Resolution.APPROVED, "Größe gelesen, einverstanden");
        ApprovalRecord withdrawn = approval(Resolution.WITHDRAWN, "");
        log.append(approved);
        log.append(withdrawn);

        assertThat(log.read(Fixtures.CLEVELAND)).containsExactly(approved, withdrawn);
        assertThat(log.read(OrgId.of("akron-gov"))).isEmpty();
    }

    @Test
    void anotherProcessReadsTheSameRecords() {
        log.append(approval(Resolution.APPROVED, "read"));

        assertThat(new AuditedApprovalLog(wall, walls.reader()).read(Fixtures.CLEVELAND))
                .hasSize(1);
    }

    @Test
    void anEditedLogIsNotBelieved() {
        log.append(approval(Resolution.REJECTED, "no"));
        log.append(approval(Resolution.APPROVED, "yes"));
        walls.tamper("update aios_audit.entry set leaf = set_byte(leaf, 30, get_byte(leaf, 30) # 1) where seq = 0");

        assertThatThrownBy(() -> log.read(Fixtures.CLEVELAND))
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("cannot be trusted");
    }

    @Test
    void aRejectionCutOffTheEndCannotReviveAnApproval() {
        log.append(approval(Resolution.APPROVED, "yes"));
        log.append(approval(Resolution.REJECTED, "no"));
        walls.tamper("delete from aios_audit.payload where seq = 1; delete from aios_audit.entry where seq = 1");

        assertThatThrownBy(() -> log.read(Fixtures.CLEVELAND)).isInstanceOf(ApprovalException.class);
    }

    @Test
    void aDeletedPayloadStopsEverything() {
        log.append(approval(Resolution.REJECTED, "no"));
        walls.tamper("delete from aios_audit.payload where seq = 0");

        assertThatThrownBy(() -> log.read(Fixtures.CLEVELAND)).isInstanceOf(ApprovalException.class);
    }

    private static ApprovalRecord approval(Resolution resolution, String notes) {
        return new ApprovalRecord(
                resolution,
                new ApprovalSubject(Fixtures.CLEVELAND, digest("package"), digest("plan"), "lineage-1"),
                "department:Building",
                "dana@cleveland.example",
                "Dana Owner",
                "reviewer",
                Fixtures.NOW,
                resolution == Resolution.APPROVED ? Fixtures.NOW.plus(Duration.ofDays(7)) : null,
                notes);
    }

    private static Digest digest(String name) {
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
    }
}
