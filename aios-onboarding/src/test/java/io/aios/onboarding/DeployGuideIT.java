package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.WallWitness;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageStore;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployGuideIT {
    private final Clock clock = new Fixtures.Ticking();
    private final Postgres.Wall database = Postgres.wall();
    private final ApproverAuthenticator people = new Fixtures.People();

    @TempDir
    Path data;

    @Test
    void theGuideInTheDocsRuns() {
        AuditReader reader = database.reader();
        String credential = "token-alice";
        try (AuditWall wall = database.writer()) {
            // tag::package[]
            OrgId org = OrgId.of("cleveland-gov");
            DeploymentPackage built = DeploymentPackage.builder(org)
                    .tenantName("City of Cleveland")
                    .createdAt(clock.instant())
                    .createdBy("builder")
                    .department("Building", Confidence.of(0.84))
                    .agent("hr_agent", Confidence.of(0.95), Map.of("title", "HR", "tools", List.of("kb_search")))
                    .policy(RulePolicies.defaultGovernance(), Confidence.of(1.0))
                    .build();
            VerifiedPackage content =
                    PackageStore.in(data.resolve("deployments")).save(built);
            // end::package[]
            // tag::gate[]
            ApprovalPolicy policy = ApprovalPolicy.of(new ApprovalRule(1, Set.of("reviewer"), Duration.ofDays(7)));
            ApprovalGate gate = new ApprovalGate(org, policy, WallApprovalLog.on(wall, reader), people, clock);
            // end::gate[]
            // tag::plan[]
            DirectoryTarget target =
                    DirectoryTarget.create(data.resolve("city-hall"), "city-hall", new SecureRandom(), clock);
            DeploymentExecutor executor =
                    DeploymentExecutor.witnessed("deployer.1", new WallWitness(wall, reader), clock);

            PlannedDeployment planned = executor.plan(content, target); // writes nothing
            String diff = planned.plan().render();
            Readiness before = gate.check(planned.request());
            // end::plan[]
            assertThat(diff).contains("hr_agent");
            assertThat(before.pending()).hasSize(1);
            assertThatThrownBy(before::orElseThrow)
                    .isInstanceOf(ApprovalException.class)
                    .hasMessageContaining("Pending approvals required: department:Building");

            // tag::deploy[]
            gate.approve(planned.request(), "department:Building", credential, "checked the org chart");

            DeployGrant grant = gate.check(planned.request()).orElseThrow();
            Receipt receipt = executor.apply(planned, grant);
            // end::deploy[]
            // tag::verify[]
            Digest state = executor.verify(content, target).orElseThrow();
            boolean asPlanned = state.equals(receipt.stateDigest()); // read back from the target
            boolean nothingLeft = executor.plan(content, target).plan().steps().isEmpty();
            // end::verify[]
            assertThat(asPlanned && nothingLeft).isTrue();
            assertThatThrownBy(() -> executor.apply(planned, grant)).isInstanceOf(RuntimeException.class);
            assertThat(reader.entries(org, Held.nothing(), entry -> true))
                    .extracting(entry -> entry.type())
                    .containsExactly("approval.approved", "deployment.begin", "approval.used", "deployment.end");
        }
    }
}
