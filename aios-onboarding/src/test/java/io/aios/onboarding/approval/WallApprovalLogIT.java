package io.aios.onboarding.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditPayload;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.TargetIdentity;
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
    void anErasedApprovalNoLongerCountsAndWhatItWasStaysProved() {
        ApprovalRequest request = request("package");
        ApprovalGate gate = gate();
        gate.approve(request, ITEM, "token-alice", "her mother works there");
        DeployGrant grant = gate.check(request).orElseThrow();
        erase(0);

        assertThat(gate.check(request).pending())
                .extracting(PendingApproval::approvals)
                .containsExactly(0);
        assertThatThrownBy(() -> grant.redeem(request, "run-1"))
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("Pending approvals required");
        AuditEntry entry = entries().get(0);
        assertThat(entry.payload()).isInstanceOf(AuditPayload.Erased.class);
        assertThat(entry.type()).isEqualTo("approval.approved");
        assertThat(entry.actor()).isEqualTo("alice");
        assertThat(entry.packageHash()).contains(request.subject().packageHash());
        assertThat(reader.verify(Fixtures.CLEVELAND)).isInstanceOf(VerifyReport.Erased.class);

        gate.approve(request, ITEM, "token-bob", "");
        assertThat(gate.check(request).canDeploy()).isTrue();
    }

    @Test
    void anErasedRejectionForbidsTheWholeSubjectAndAnErasedUseStaysUsed() {
        ApprovalRequest rejected = request("package");
        ApprovalGate gate = gate();
        gate.reject(rejected, ITEM, "token-bob", "never");
        erase(0);
        gate.approve(rejected, ITEM, "token-alice", "");
        assertThat(gate.check(rejected).canDeploy()).isFalse();
        gate.withdraw(rejected, ITEM, "token-bob", "");
        assertThat(gate.check(rejected).canDeploy())
                .as("an erased item cannot be taken back")
                .isFalse();

        ApprovalRequest used = request("other");
        gate.approve(used, ITEM, "token-alice", "");
        gate.check(used).orElseThrow().redeem(used, "run-1");
        erase(entries().get(entries().size() - 1).seq());
        assertThat(gate.check(used).canDeploy()).isFalse();
        assertThatThrownBy(() -> gate.check(used).orElseThrow().redeem(used, "run-1"))
                .isInstanceOf(ApprovalException.class);
    }

    @Test
    void aDeploymentWhoseApproverWasErasedStaysProvedAndCannotBeRepeatedOnThatApproval(@TempDir Path dir) {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "city-hall", new Random(1), clock);
        DeploymentExecutor executor = DeploymentExecutor.witnessed("hall.1", new WallWitness(wall, reader), clock);
        ApprovalGate gate = gate();
        PlannedDeployment planned = executor.plan(content, target);
        gate.approveAll(planned.request(), "token-alice", "");
        Digest state = executor.apply(planned, gate.check(planned.request()).orElseThrow())
                .stateDigest();
        for (AuditEntry entry : entries()) {
            if (entry.payload() instanceof AuditPayload.Present) {
                erase(entry.seq());
            }
        }

        assertThat(executor.verify(content, target).orElseThrow()).isEqualTo(state);
        assertThat(executor.plan(content, target).plan().steps()).isEmpty();
        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(2), clock);
        PlannedDeployment replay = executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, fresh);
        assertThat(gate.check(replay.request()).canDeploy()).isFalse();
        gate.approveAll(replay.request(), "token-bob", "");
        assertThat(executor.replay(replay, target, gate.check(replay.request()).orElseThrow())
                        .orElseThrow()
                        .stateDigest())
                .isEqualTo(state);
    }

    @Test
    void whoOnlyReadIsHeldToWhatWasReadAndANewProcessToWhatIsKnownFromOutside() {
        ApprovalRequest request = request("package");
        gate().approve(request, ITEM, "token-alice", "");
        WallApprovalLog onlyReads = WallApprovalLog.on(wall, reader);
        ApprovalRecord withdrawn = gate().withdraw(request, ITEM, "token-alice", "");
        assertThat(onlyReads.read(Fixtures.CLEVELAND)).last().isEqualTo(withdrawn);
        EntryRef end = entries().get(1).ref();
        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM " + table("payload") + " WHERE seq = 1",
                "DELETE FROM " + table("entry") + " WHERE seq = 1");

        assertThatThrownBy(() -> onlyReads.read(Fixtures.CLEVELAND)).hasMessageContaining("cannot be trusted");
        assertThatThrownBy(() -> WallApprovalLog.on(wall, reader)
                        .heldTo(org -> Held.entries(end))
                        .read(Fixtures.CLEVELAND))
                .hasMessageContaining("cannot be trusted");
        assertThatThrownBy(() -> new WallWitness(wall, reader)
                        .heldTo(org -> Held.entries(end))
                        .last(Fixtures.CLEVELAND, new TargetIdentity("t", "0".repeat(32))))
                .hasMessageContaining("cannot be trusted");
        assertThat(WallApprovalLog.on(wall, reader).read(Fixtures.CLEVELAND))
                .as("the chain alone cannot tell that its end was cut")
                .hasSize(1);
    }

    /** A running process goes on from what it verified, whoever appended; what it verified cannot be taken from it. */
    @Test
    void twoInstancesSeeEachOthersRecordsAndARewrittenLogIsRefusedByBoth() {
        ApprovalRequest request = request("package");
        WallApprovalLog one = WallApprovalLog.on(wall, reader);
        WallApprovalLog other = WallApprovalLog.on(wall, database.reader());
        ApprovalGate gate = gate();
        for (int i = 0; i < 5; i++) {
            ApprovalRecord said = i % 2 == 0
                    ? gate.approve(request, ITEM, "token-alice", "time " + i)
                    : gate.withdraw(request, ITEM, "token-alice", "time " + i);
            assertThat(one.read(Fixtures.CLEVELAND)).hasSize(i + 1).last().isEqualTo(said);
            assertThat(other.read(Fixtures.CLEVELAND)).isEqualTo(one.read(Fixtures.CLEVELAND));
        }
        erase(2);
        assertThat(one.read(Fixtures.CLEVELAND))
                .extracting(ApprovalRecord::notes)
                .containsExactly("time 0", "time 1", "time 3", "time 4");
        assertThat(other.read(Fixtures.CLEVELAND)).isEqualTo(one.read(Fixtures.CLEVELAND));

        Postgres.execute(
                database.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM " + table("payload") + " WHERE seq >= 3",
                "DELETE FROM " + table("entry") + " WHERE seq >= 3");
        for (int i = 0; i < 5; i++) {
            gate().approve(request, ITEM, "token-alice", "anew " + i);
        }
        assertThatThrownBy(() -> one.read(Fixtures.CLEVELAND)).hasMessageContaining("cannot be trusted");
        assertThatThrownBy(() -> other.read(Fixtures.CLEVELAND)).hasMessageContaining("cannot be trusted");
    }

    private List<AuditEntry> entries() {
        return reader.entries(
                Fixtures.CLEVELAND, Held.nothing(), entry -> entry.type().startsWith("approval."));
    }

    private void erase(long seq) {
        AuditEntry target = reader.entries(Fixtures.CLEVELAND, Held.nothing(), entry -> entry.seq() == seq)
                .get(0);
        database.eraser(clock).erase(Fixtures.CLEVELAND, target.ref(), "data-protection", "gdpr.art17");
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
