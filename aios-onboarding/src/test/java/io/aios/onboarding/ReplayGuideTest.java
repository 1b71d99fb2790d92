package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.onboarding.pack.PackageStore;
import io.aios.onboarding.testing.Fixtures;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayGuideTest {
    private final Fixtures.Ticking clock = new Fixtures.Ticking();

    @TempDir
    Path data;

    @Test
    void theGuideInTheDocsRuns() {
        ApprovalGate gate = Fixtures.gate(clock);
        original(gate);
        String credential = "token-alice";
        // tag::replay[]
        OrgId org = OrgId.of("cleveland-gov");
        PackageStore packages = PackageStore.in(data.resolve("deployments"));
        DirectoryTarget original = DirectoryTarget.open(data.resolve("original"), clock);
        DirectoryTarget fresh = DirectoryTarget.create(data.resolve("fresh"), "fresh", new SecureRandom(), clock);

        DeploymentExecutor executor = new DeploymentExecutor("replay", clock);
        PlannedDeployment dryRun = executor.planReplay(org, original, hash -> packages.load(org, hash), fresh);
        gate.approveAll(dryRun.request(), credential, "replay of the running state");

        ReplayProof proof =
                executor.replay(dryRun, original, gate.check(dryRun.request()).orElseThrow());
        int steps = proof.orElseThrow().steps();
        // end::replay[]
        assertThat(steps).isEqualTo(4);
    }

    private void original(ApprovalGate gate) {
        PackageStore packages = PackageStore.in(data.resolve("deployments"));
        DirectoryTarget target =
                DirectoryTarget.create(data.resolve("original"), "original", new SecureRandom(), clock);
        DeploymentExecutor executor = new DeploymentExecutor("first", clock);
        PlannedDeployment planned =
                executor.plan(packages.save(Fixtures.cleveland().build()), target);
        gate.approveAll(planned.request(), "token-bob", "");
        assertThat(executor.apply(planned, gate.check(planned.request()).orElseThrow())
                        .steps())
                .isEqualTo(4);
    }
}
