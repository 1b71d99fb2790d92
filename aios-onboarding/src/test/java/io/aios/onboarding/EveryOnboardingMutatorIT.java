package io.aios.onboarding;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aios.audit.AuditEntry;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalRecord;
import io.aios.onboarding.approval.ApprovalRequest;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DeploymentWitness;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.ReleaseChannel;
import io.aios.onboarding.deploy.WallWitness;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.PackageSigner;
import io.aios.onboarding.sign.Predicate;
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
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever decides or changes something in this module is an entry of the wall, or is here with the reason why not. */
class EveryOnboardingMutatorIT {
    /** Method names by which something is changed, decided or done; so is whatever returns nothing. */
    private static final Pattern VERB = Pattern.compile(
            "(append|approve|reject|withdraw|deploy|redeem|apply|abandon|replay|rollback|publish|submit|promote|see|save"
                    + "|write|create|open|acquire|release|build|discover|remove|delete|put|store|revoke|grant|use|consume)"
                    + "([A-Z].*)?");

    private static final String FILES = "files that nothing runs before they are approved and applied";
    private static final String TARGET = "a place with nothing in it, or what the executor put there";
    private static final String LEASE = "changes nothing; what the executor does under a lease is witnessed";

    /** Each mutator and the entries that it makes, as the tests below show. */
    private static final Map<String, String> MUTATORS = Map.ofEntries(
            entry("ApprovalGate.approve", "approval.approved"),
            entry("ApprovalGate.approveAll", "approval.approved"),
            entry("ApprovalGate.reject", "approval.rejected"),
            entry("ApprovalGate.withdraw", "approval.withdrawn"),
            entry("ApprovalGate.deployWithoutApprovals", "approval.break_glass"),
            entry("WallApprovalLog.append", "approval.approved"),
            entry("DeployGrant.redeem", "approval.used"),
            entry("DeploymentExecutor.apply", "deployment.begin, approval.used, deployment.end"),
            entry("DeploymentExecutor.replay", "deployment.begin, approval.used, deployment.end"),
            entry("DeploymentExecutor.abandon", "deployment.abandon"),
            entry("WallWitness.see", "deployment.begin"),
            entry("ReleaseChannel.publish", "release.published"),
            entry("GoldenResults.submit", "golden.result"),
            entry("PromotionGate.promote", "package.promotion"));

    /** Public methods with such names that make none, with the reason. */
    private static final Map<String, String> EXEMPT = Map.ofEntries(
            entry("Attestation.writeTo", FILES),
            entry("DeploymentPackage.writeTo", FILES),
            entry("PackageStore.save", FILES),
            entry("OnboardingWizard.build", FILES),
            entry("OnboardingWizard.discover", "a draft in this process"),
            entry("PackageBuilder.build", "a pure function"),
            entry("StrictYaml.write", "a pure function"),
            entry("PackageSigner.release", "a signed pointer; publishing it is the entry"),
            entry("TrustRoot.release", "checks"),
            entry("DeployGrant.check", "checks"),
            entry("PackagePolicies.check", "checks"),
            entry("SecretScan.requireNone", "checks"),
            entry("GoldenResults.requirePassed", "checks"),
            entry("DeploymentLog.openRun", "reads"),
            entry("DirectoryTarget.create", TARGET),
            entry("DirectoryTarget.open", TARGET),
            entry("DirectoryTarget.acquire", LEASE),
            entry("PostgresTarget.create", TARGET),
            entry("PostgresTarget.open", TARGET),
            entry("PostgresTarget.acquire", LEASE),
            entry("WallReader.appended", "remembers in this process what the wall acknowledged"));

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final Postgres.Wall database = Postgres.wall();
    private final AuditWall wall = database.writer();
    private final AuditReader reader = database.reader();
    private final WallApprovalLog log = WallApprovalLog.on(wall, reader);
    private final ApprovalGate gate =
            new ApprovalGate(Fixtures.CLEVELAND, Fixtures.onePerson(), log, new Fixtures.People(), clock);
    private final DeploymentExecutor executor =
            DeploymentExecutor.witnessed("hall.1", new WallWitness(wall, reader), clock);

    @TempDir
    Path dir;

    private VerifiedPackage content;
    private DirectoryTarget target;
    private PackageSigner signer;
    private TrustRoot trust;

    @BeforeEach
    void build() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        signer = new PackageSigner(pair.getPrivate(), "ci");
        trust = TrustRoot.of(new TrustRoot.TrustedKey(
                "ci",
                pair.getPublic(),
                Set.of(Predicate.TEST_RESULT, Predicate.RELEASE),
                Fixtures.NOW,
                Fixtures.NOW.plus(Duration.ofDays(9)),
                null));
        content = Fixtures.verified(
                Fixtures.cleveland()
                        .golden("hr.json", "[]".getBytes(StandardCharsets.UTF_8))
                        .build(),
                dir.resolve("package"));
        target = DirectoryTarget.create(dir.resolve("target"), "hall", new Random(1), clock);
    }

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void everyMutatorIsListedWithItsEntriesOrTheReasonWhyItMakesNone() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.aios.onboarding")) {
            if (isDoor(type)) {
                type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .filter(method -> VERB.matcher(method.getName()).matches()
                                || method.getRawReturnType().isEquivalentTo(void.class))
                        .map(JavaMethod::getName)
                        .forEach(name -> found.add(type.getSimpleName() + "." + name));
            }
        }
        Set<String> listed = new TreeSet<>(MUTATORS.keySet());
        listed.addAll(EXEMPT.keySet());
        assertThat(found).isEqualTo(listed);
    }

    private static boolean isDoor(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.isInterface()
                && !type.isRecord()
                && !type.isEnum()
                && !type.isAssignableTo(Throwable.class)
                && !type.getPackageName().endsWith(".contract");
    }

    /** Does it, and holds the entries that the wall has more to those that are listed. */
    private <T> T expect(String mutator, Supplier<T> work) {
        long before = entries().size();
        T result = work.get();
        assertThat(entries().stream().skip(before).map(AuditEntry::type))
                .as(mutator)
                .containsExactly(Objects.requireNonNull(MUTATORS.get(mutator)).split(", ", -1));
        return result;
    }

    private void expect(String mutator, Runnable work) {
        assertThat(expect(mutator, () -> {
                    work.run();
                    return mutator;
                }))
                .isEqualTo(mutator);
    }

    private List<AuditEntry> entries() {
        return reader.entries(Fixtures.CLEVELAND, Held.nothing(), entry -> true);
    }

    private DeployGrant granted(ApprovalRequest request) {
        gate.approveAll(request, "token-alice", "");
        return gate.check(request).orElseThrow();
    }

    @Test
    void whatApproversDoAndEachUseOfAnApprovalIsOneEntry() {
        ApprovalRequest request = executor.plan(content, target).request();
        String item = gate.approvalsNeeded(request).get(0).item();
        ApprovalRecord record =
                expect("ApprovalGate.approve", () -> gate.approve(request, item, "token-alice", "fine"));
        assertThat(expect("ApprovalGate.reject", () -> gate.reject(request, item, "token-bob", "no"))
                        .item())
                .isEqualTo(item);
        assertThat(expect("ApprovalGate.withdraw", () -> gate.withdraw(request, item, "token-bob", "yes"))
                        .item())
                .isEqualTo(item);
        expect("WallApprovalLog.append", () -> log.append(record));
        assertThat(gate.approvalsNeeded(request)).as("one item, so one entry").hasSize(1);
        assertThat(expect("ApprovalGate.approveAll", () -> gate.approveAll(request, "token-alice", "")))
                .hasSize(1);
        DeployGrant grant = gate.check(request).orElseThrow();
        expect("DeployGrant.redeem", () -> grant.redeem(request, "run-1"));
        DirectoryTarget other = DirectoryTarget.create(dir.resolve("other"), "other", new Random(3), clock);
        ApprovalRequest urgent = executor.plan(content, other).request();
        assertThat(expect(
                                "ApprovalGate.deployWithoutApprovals",
                                () -> gate.deployWithoutApprovals(urgent, "token-eve", "the hall is on fire"))
                        .subject())
                .isEqualTo(urgent.subject());
    }

    @Test
    void aDeploymentIsWitnessedWhenItBeginsAndEndsAndSoIsAReplay() {
        PlannedDeployment planned = executor.plan(content, target);
        DeployGrant grant = granted(planned.request());
        assertThat(expect("DeploymentExecutor.apply", () -> executor.apply(planned, grant))
                        .effects())
                .isPositive();
        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(2), clock);
        PlannedDeployment again = executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, fresh);
        DeployGrant second = granted(again.request());
        assertThat(expect("DeploymentExecutor.replay", () -> executor.replay(again, target, second))
                        .orElseThrow()
                        .steps())
                .isPositive();
    }

    @Test
    void aRunThatIsGivenUpIsAnEntry() {
        PlannedDeployment planned = executor.plan(content, target);
        DeployGrant grant = granted(planned.request());
        AuditWall closed = database.writer();
        closed.close();
        DeploymentExecutor unheard = DeploymentExecutor.witnessed("hall.2", new WallWitness(closed, reader), clock);
        assertThatThrownBy(() -> unheard.apply(planned, grant).effects()).isInstanceOf(DeploymentException.class);
        expect(
                "DeploymentExecutor.abandon",
                () -> executor.abandon(Fixtures.CLEVELAND, target, "nobody heard of its beginning"));
        expect(
                "WallWitness.see",
                () -> new WallWitness(wall, reader)
                        .see(
                                Fixtures.CLEVELAND,
                                target.identity(),
                                "begin",
                                "hall.1",
                                content.hash(),
                                new DeploymentWitness.Seen(1, content.hash())));
    }

    @Test
    void aReleaseAGoldenResultAndAPromotionAreOneEntryEach() {
        byte[] pointer = signer.release(
                        content, "production", 1, clock.instant().plus(Duration.ofDays(1)))
                .bundle();
        ReleaseChannel channel = new ReleaseChannel("production", trust, wall, reader, clock);
        assertThat(expect("ReleaseChannel.publish", () -> channel.publish(content, pointer, "ops"))
                        .seq())
                .isZero();
        GoldenResults golden = new GoldenResults(trust, wall, reader, clock);
        byte[] result = signer.testResult(content, true, 4, List.of()).bundle();
        assertThat(expect("GoldenResults.submit", () -> golden.submit(content, result, "ci"))
                        .seq())
                .isEqualTo(1);
        ApprovalRequest request = executor.plan(content, target).request();
        gate.approveAll(request, "token-alice", "");
        Policy always = Policy.of(
                "promotion",
                "1",
                Map.of(
                        "actions",
                        List.of(PromotionGate.ACTION),
                        "input",
                        Map.of("context.stage", "string"),
                        "rules",
                        List.of(Map.of(
                                "id",
                                "canary_only",
                                "effect",
                                "permit",
                                "when",
                                Map.of("attribute", "context.stage", "equals", "canary")))));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(always)) {
            PromotionGate promotion = new PromotionGate(golden, point, wall);
            assertThat(expect(
                                    "PromotionGate.promote",
                                    () -> promotion.promote(content, gate.check(request), "alice", "canary"))
                            .seq())
                    .isPositive();
        }
    }
}
