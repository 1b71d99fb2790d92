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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    private Path root;
    private DeploymentPackage built;
    private PackageSigner ci;
    private TrustRoot trust;
    private PlannedDeployment planned;
    private Postgres.Wall database;
    private AuditWall wall;

    @BeforeEach
    void build() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ci = new PackageSigner(pair.getPrivate(), "ci");
        trust = trusting(pair, null);
        root = dir.resolve("package");
        built = Fixtures.cleveland()
                .golden("hr.json", "[]".getBytes(StandardCharsets.UTF_8))
                .build();
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "hall", new Random(1), clock);
        planned = executor.plan(Fixtures.verified(built, root), target);
        database = Postgres.wall();
        wall = database.writer();
    }

    @AfterEach
    void close() {
        wall.close();
    }

    private static TrustRoot trusting(KeyPair pair, @Nullable Instant revokedAt) {
        return TrustRoot.of(new TrustRoot.TrustedKey(
                "ci",
                pair.getPublic(),
                Set.of(Predicate.TEST_RESULT),
                Fixtures.NOW,
                Fixtures.NOW.plus(Duration.ofDays(9)),
                revokedAt));
    }

    private GoldenResults golden(TrustRoot keys) {
        return new GoldenResults(keys, wall, database.reader(), clock);
    }

    private VerifiedPackage content() {
        return PackageVerifier.verify(root).orElseThrow();
    }

    private Readiness approved() {
        gate.approveAll(planned.request(), "token-alice", "");
        return gate.check(planned.request());
    }

    @Test
    void promotionNeedsApprovalAGoldenResultOfThisHashAndPolicyAndEveryAnswerIsAudited() {
        GoldenResults golden = golden(trust);
        Readiness held = gate.check(planned.request());
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(STAGES)) {
            PromotionGate promotion = new PromotionGate(golden, point, wall);

            assertThatThrownBy(() -> promotion
                            .promote(content(), held, "alice", "canary")
                            .seq())
                    .hasMessageContaining("it is not approved");
            Readiness ready = approved();
            assertThatThrownBy(() -> promotion
                            .promote(content(), ready, "alice", "canary")
                            .seq())
                    .hasMessageContaining("no golden result");

            assertThat(golden.submit(
                                    content(),
                                    ci.testResult(built, true, 4, List.of()).bundle(),
                                    "ci")
                            .seq())
                    .isEqualTo(2);
            assertThatThrownBy(() -> promotion
                            .promote(content(), ready, "alice", "production")
                            .seq())
                    .hasMessageContaining("policy says DENY");
            assertThat(promotion.promote(content(), ready, "alice", "canary").seq())
                    .isEqualTo(4);

            assertThat(database.reader().entries(Fixtures.CLEVELAND, Held.nothing(), entry -> true))
                    .extracting(AuditEntry::outcome)
                    .containsExactly("deny", "deny", "passed", "deny", "permit");
        }
    }

    /** Attack 46: what counts is on the wall, so deleting files and running again until it passes do not help. */
    @Test
    void aFailedResultIsNeverForgottenWhateverBecomesOfTheFiles() throws Exception {
        GoldenResults golden = golden(trust);
        PackageSigner.Attestation failed = ci.testResult(built, false, 4, List.of("case-2"));
        PackageSigner.Attestation passed = ci.testResult(built, true, 4, List.of());
        failed.writeTo(root, "failed");
        assertThat(golden.submit(content(), failed.bundle(), "ci").seq()).isZero();
        Files.delete(root.resolve("attestations/failed.sigstore.json"));
        passed.writeTo(root, "passed");
        assertThat(golden.submit(content(), passed.bundle(), "ci").seq()).isEqualTo(1);

        assertThatThrownBy(() -> golden.requirePassed(content())).hasMessageContaining("is FAILED (audit entry 0)");
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(STAGES)) {
            Readiness ready = approved();
            PromotionGate promotion = new PromotionGate(golden, point, wall);
            assertThatThrownBy(() -> promotion
                            .promote(content(), ready, "alice", "canary")
                            .seq())
                    .hasMessageContaining("is FAILED");
        }
        database.eraser(clock).erase(Fixtures.CLEVELAND, entry(0).ref(), "alice", "gdpr.art17");
        assertThatThrownBy(() -> golden.requirePassed(content())).hasMessageContaining("is FAILED (audit entry 0)");
    }

    @Test
    void aFailedResultAmongTheFilesCountsBeforeItIsSubmitted() {
        GoldenResults golden = golden(trust);
        assertThat(golden.submit(
                                content(),
                                ci.testResult(built, true, 4, List.of()).bundle(),
                                "ci")
                        .seq())
                .isZero();
        golden.requirePassed(content());

        ci.testResult(built, false, 4, List.of("case-2")).writeTo(root, "failed");

        assertThatThrownBy(() -> golden.requirePassed(content())).hasMessageContaining("is FAILED");
    }

    @Test
    void aResultCountsOnlyWhileItCanBeProved() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        GoldenResults golden = golden(trusting(pair, null));
        PackageSigner signer = new PackageSigner(pair.getPrivate(), "ci");
        byte[] bundle = signer.testResult(built, true, 4, List.of()).bundle();
        assertThatThrownBy(() -> golden(trust).submit(content(), bundle, "ci").seq())
                .hasMessageContaining("no key that is trusted");
        assertThat(golden.submit(content(), bundle, "ci").seq()).isZero();
        golden.requirePassed(content());

        assertThatThrownBy(() -> golden(trusting(pair, Fixtures.NOW)).requirePassed(content()))
                .hasMessageContaining("no golden result by a trusted key");
        database.eraser(clock).erase(Fixtures.CLEVELAND, entry(0).ref(), "alice", "gdpr.art17");
        assertThatThrownBy(() -> golden.requirePassed(content())).hasMessageContaining("no golden result");
    }

    @Test
    void aResultAboutOtherSuitesOrAnotherPackageIsNotTaken() {
        GoldenResults golden = golden(trust);
        DeploymentPackage other = Fixtures.cleveland()
                .golden("hr.json", "{}".getBytes(StandardCharsets.UTF_8))
                .build();

        assertThatThrownBy(() -> golden.submit(
                                content(),
                                ci.testResult(other, true, 4, List.of()).bundle(),
                                "ci")
                        .seq())
                .isInstanceOf(SignatureException.class)
                .hasMessageContaining("another package");
        VerifiedPackage plain = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("plain"));
        assertThatThrownBy(() -> golden.submit(
                                plain, ci.testResult(plain, true, 4, List.of()).bundle(), "ci")
                        .seq())
                .hasMessageContaining("contains no golden suite");
    }

    private AuditEntry entry(long seq) {
        return database.reader()
                .entries(Fixtures.CLEVELAND, Held.nothing(), entry -> entry.seq() == seq)
                .get(0);
    }
}
