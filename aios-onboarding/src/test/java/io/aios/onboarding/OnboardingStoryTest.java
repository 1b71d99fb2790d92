package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalNeed;
import io.aios.onboarding.approval.PendingApproval;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageException;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnboardingStoryTest {
    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final DeploymentExecutor executor = new DeploymentExecutor("test", clock);

    @TempDir
    Path dir;

    @Test
    void aDepartmentBelowTheThresholdHoldsDeploymentUntilAHumanApproves() {
        DeploymentPackage built = Fixtures.cleveland().build();
        VerifiedPackage content = Fixtures.verified(built, dir.resolve("package"));
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "city-hall", new SecureRandom(), clock);
        ApprovalGate gate = Fixtures.gate(clock);

        PlannedDeployment planned = executor.plan(content, target);
        Readiness held = gate.check(planned.request());

        assertThat(held.canDeploy()).isFalse();
        assertThat(held.pending())
                .extracting(PendingApproval::toString)
                .containsExactly("department:Building (confidence 0.84 is below 0.90): 0 of 1 approvals");
        assertThatThrownBy(held::orElseThrow)
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("Pending approvals required: department:Building");
        assertThat(target.state(Fixtures.CLEVELAND).resources()).isEmpty();

        assertThat(gate.approve(planned.request(), "department:Building", "token-alice", "checked the org chart")
                        .approvedBy())
                .isEqualTo("alice@cleveland.gov");
        Receipt receipt = executor.apply(planned, gate.check(planned.request()).orElseThrow());

        assertThat(receipt.effects()).isEqualTo(4);
        assertThat(executor.verify(content, target).orElseThrow()).isEqualTo(receipt.stateDigest());

        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "city-hall-2", new SecureRandom(), clock);
        PlannedDeployment replay = executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, fresh);
        assertThat(gate.check(replay.request()).canDeploy()).isFalse();
        assertThat(gate.approveAll(replay.request(), "token-bob", "")).hasSize(1);
        ReplayProof proof =
                executor.replay(replay, target, gate.check(replay.request()).orElseThrow());

        assertThat(proof.orElseThrow().stateDigest()).isEqualTo(receipt.stateDigest());
        assertThat(proof.orElseThrow().steps()).isEqualTo(4);
    }

    /** Attack 34: nothing in a package lowers the threshold, and one low item among many is enough. */
    @Test
    void aPackageCannotLowerTheThreshold() {
        DeploymentPackage built = Fixtures.cleveland()
                .context("approval", Map.of("auto_approve_threshold", 0.1, "all_approved", true))
                .agent(
                        "approver",
                        Confidence.of(1),
                        Map.of("settings", Map.of("auto_approve_threshold", 0.1, "all_approved", true)))
                .build();
        assertThat(Preview.of(built, Fixtures.onePerson()).needsApproval())
                .extracting(ApprovalNeed::item)
                .containsExactly("department:Building");
    }

    @Test
    void thePreviewShowsEveryChecksumAndWhatNeedsAHuman() {
        DeploymentPackage built = Fixtures.cleveland().build();
        Object json = CanonicalJson.parse(
                Preview.of(built, Fixtures.onePerson()).toJson().getBytes(StandardCharsets.UTF_8));

        assertThat(json)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("org_id", "cleveland-gov")
                .containsEntry("package_hash", built.hash().hex())
                .containsEntry("created_at", "2026-01-28T07:01:52.642889Z")
                .containsEntry("agents_count", 2L)
                .containsEntry("all_approved", false)
                .containsEntry(
                        "needs_approval",
                        List.of(Map.of(
                                "item", "department:Building",
                                "type", "department",
                                "name", "Building",
                                "confidence", 0.84,
                                "reason", "confidence 0.84 is below 0.90")))
                .hasEntrySatisfying(
                        "manifest_checksums", sums -> assertThat((List<?>) sums).hasSize(4));
    }

    @Test
    void oneChangedByteIsRefusedWithTheFilesName() throws Exception {
        Fixtures.cleveland().build().writeTo(dir.resolve("package"));
        Path file = dir.resolve("package/policies/default_governance.yaml");
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> PackageVerifier.verify(dir.resolve("package")).orElseThrow())
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("\"policies/default_governance.yaml\" was changed");
    }
}
