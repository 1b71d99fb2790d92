package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.PackageSigner;
import io.aios.onboarding.sign.Predicate;
import io.aios.onboarding.sign.SignatureException;
import io.aios.onboarding.sign.TrustRoot;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.policy.Policy;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromotionGateIT {
    private static final Policy STAGES = Policy.of(
            "promotion",
            "1",
            Map.of(
                    "actions", List.of(PromotionGate.ACTION),
                    "input", Map.of("context.stage", "string"),
                    "rules",
                            List.of(Map.of(
                                    "id",
                                    "canary_only",
                                    "effect",
                                    "permit",
                                    "when",
                                    Map.of("attribute", "context.stage", "equals", "canary")))));

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final ApprovalGate gate = Fixtures.gate(clock);
    private final DeploymentExecutor executor = new DeploymentExecutor("test", clock);

    @TempDir
    Path dir;

    @Test
    void promotionNeedsApprovalAGoldenResultOfThisHashAndPolicyAndEveryAnswerIsAudited() throws Exception {
        KeyPair ci = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        TrustRoot trust = TrustRoot.of(new TrustRoot.TrustedKey(
                "ci",
                ci.getPublic(),
                Set.of(Predicate.TEST_RESULT),
                Fixtures.NOW,
                Fixtures.NOW.plus(Duration.ofDays(9)),
                null));
        DeploymentPackage built = Fixtures.cleveland()
                .golden("hr.json", "[]".getBytes(StandardCharsets.UTF_8))
                .build();
        VerifiedPackage plain = Fixtures.verified(built, dir.resolve("package"));
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "hall", new Random(1), clock);
        PlannedDeployment planned = executor.plan(plain, target);
        Readiness held = gate.check(planned.request());
        Postgres.Wall database = Postgres.wall();
        try (AuditWall wall = database.writer();
                PolicyDecisionPoint point = PolicyDecisionPoint.of(STAGES)) {
            PromotionGate promotion = new PromotionGate(trust, point, wall, clock);

            assertThatThrownBy(() ->
                            promotion.promote(plain, held, "alice", "canary").seq())
                    .hasMessageContaining("it is not approved");
            gate.approveAll(planned.request(), "token-alice", "");
            Readiness ready = gate.check(planned.request());
            assertThatThrownBy(() ->
                            promotion.promote(plain, ready, "alice", "canary").seq())
                    .hasMessageContaining("no golden result");

            new PackageSigner(ci.getPrivate(), "ci")
                    .testResult(built, true, 4, List.of())
                    .writeTo(dir.resolve("package"), "golden");
            VerifiedPackage tested =
                    PackageVerifier.verify(dir.resolve("package")).orElseThrow();
            assertThatThrownBy(() -> promotion
                            .promote(tested, ready, "alice", "production")
                            .seq())
                    .hasMessageContaining("policy says DENY");
            assertThat(promotion.promote(tested, ready, "alice", "canary").seq())
                    .isEqualTo(3);

            assertThat(database.reader().entries(Fixtures.CLEVELAND, Held.nothing(), entry -> true))
                    .extracting(AuditEntry::outcome)
                    .containsExactly("deny", "deny", "deny", "permit");
        }
        assertThatThrownBy(() ->
                        executor.requireSigned(trust, 1).plan(plain, target).plan())
                .isInstanceOf(SignatureException.class)
                .hasMessageContaining("signed by 0 trusted identities");
    }
}
