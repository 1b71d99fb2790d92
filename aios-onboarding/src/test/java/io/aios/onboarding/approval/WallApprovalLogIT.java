package io.aios.onboarding.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.WallWitness;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WallApprovalLogIT {
    private static final String ITEM = "department:Building";

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final Postgres.Wall database = Postgres.wall();
    private final AuditWall wall = database.writer();
    private final AuditReader reader = database.reader();

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void whatOneProcessRecordsAnotherReadsBack() {
        ApprovalRequest request = request("package");
        ApprovalGate gate = gate();
        ApprovalRecord said = gate.approve(request, ITEM, "token-alice", "looked right \u00e9");
        gate.check(request).orElseThrow().redeem(request, "run-1");

        List<ApprovalRecord> read = WallApprovalLog.on(wall, reader).read(Fixtures.CLEVELAND);

        assertThat(read).first().isEqualTo(said);
        assertThat(read)
                .extracting(ApprovalRecord::resolution)
                .containsExactly(ApprovalRecord.Resolution.APPROVED, ApprovalRecord.Resolution.USED);
        assertThat(gate().check(request).canDeploy()).isFalse();
        assertThat(gate().check(request("edited")).canDeploy()).isFalse();
    }

    @Test
    void aDeletedRejectionDoesNotReviveAnApproval() {
        ApprovalRequest request = request("package");
        ApprovalGate gate = gate();
        gate.approve(request, ITEM, "token-alice", "");
        gate.reject(request, ITEM, "token-bob", "");
        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM " + table("payload") + " WHERE seq = 1",
                "DELETE FROM " + table("entry") + " WHERE seq = 1");

        assertThatThrownBy(() -> gate.check(request).canDeploy())
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("cannot be trusted");
    }

    @Test
    void aDeploymentIsWitnessedSoThatCuttingLogAndLeaseTogetherIsFound(@TempDir Path dir) throws Exception {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "city-hall", new Random(1), clock);
        DeploymentExecutor executor = DeploymentExecutor.witnessed("city-hall.1", new WallWitness(wall, reader), clock);
        PlannedDeployment planned = executor.plan(content, target);
        ApprovalGate gate = gate();
        gate.approveAll(planned.request(), "token-alice", "");
        assertThat(executor.apply(planned, gate.check(planned.request()).orElseThrow())
                        .effects())
                .isEqualTo(4);
        assertThat(executor.plan(content, target).plan().steps()).isEmpty();

        Files.delete(dir.resolve("target/cleveland-gov/deployment.log"));
        Files.delete(dir.resolve("target/cleveland-gov/lease.json"));

        assertThat(target.state(Fixtures.CLEVELAND).log().count()).isZero();
        assertThatThrownBy(() -> executor.plan(content, target).plan())
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("not the one that was witnessed with 10 line(s)");
    }

    private ApprovalGate gate() {
        return new ApprovalGate(
                Fixtures.CLEVELAND,
                Fixtures.onePerson(),
                WallApprovalLog.on(wall, reader),
                new Fixtures.People(),
                clock);
    }

    private String table(String name) {
        return TABLES + name;
    }

    private static final String TABLES = "aios_audit.";

    private static ApprovalRequest request(String content) {
        return new ApprovalRequest(
                new ApprovalSubject(
                        Fixtures.CLEVELAND,
                        Digest.sha256(content.getBytes(StandardCharsets.UTF_8)),
                        Digest.sha256(new byte[0]),
                        "0123456789abcdef0123456789abcdef"),
                Set.of("builder"),
                List.of(new Candidate(ITEM, Confidence.of(0.84), null)));
    }
}
