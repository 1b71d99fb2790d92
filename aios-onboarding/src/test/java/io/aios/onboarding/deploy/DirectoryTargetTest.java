package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalNeed;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageStore;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.PackageSigner;
import io.aios.onboarding.sign.Predicate;
import io.aios.onboarding.sign.SignatureException;
import io.aios.onboarding.sign.TrustRoot;
import io.aios.onboarding.testing.Fixtures;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTargetTest {
    private static final OrgId ORG = Fixtures.CLEVELAND;

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final DeploymentExecutor executor = new DeploymentExecutor("one", clock);
    private ApprovalGate gate = Fixtures.gate(clock);

    @TempDir
    Path dir;

    private PackageStore store;
    private DirectoryTarget target;
    private VerifiedPackage content;

    @BeforeEach
    void create() {
        store = PackageStore.in(dir.resolve("deployments"));
        target = DirectoryTarget.create(dir.resolve("target"), "city-hall", new Random(1), clock);
        content = store.save(package1().build());
    }

    private static PackageBuilder package1() {
        return Fixtures.cleveland().prompt("hr/system.md", Confidence.of(0.95), "You help.\n");
    }

    private PackageBuilder package2() {
        return DeploymentPackage.builder(ORG)
                .version(2)
                .previous(content.hash())
                .createdAt(Fixtures.NOW)
                .createdBy("builder")
                .agent("hr_agent", Confidence.of(0.95), Map.of("title", "HR!", "tools", List.of("kb_search")))
                .policy(RulePolicies.defaultGovernance(), Confidence.of(1.0))
                .prompt("hr/system.md", Confidence.of(0.95), "You help.\n");
    }

    @Test
    void planningWritesNothingAndIsTheSameTwice() throws Exception {
        Map<String, Digest> before = tree();
        Plan plan = executor.plan(content, target).plan();

        assertThat(executor.plan(content, target).plan().digest()).isEqualTo(plan.digest());
        assertThat(plan.render())
                .isEqualTo("deploy " + content.hash().hex().substring(0, 12)
                        + " for cleveland-gov to city-hall\n"
                        + "+ agents/building_agent.yaml\n+ agents/hr_agent.yaml\n+ policies/cost_optimization.yaml\n"
                        + "+ policies/default_governance.yaml\n+ prompts/hr/system.md\n");
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void nothingIsWrittenBeforeApproval() throws Exception {
        PlannedDeployment planned = executor.plan(content, target);
        gate.approveAll(planned.request(), "token-alice", "");
        DeployGrant grant = gate.check(planned.request()).orElseThrow();
        gate.withdraw(planned.request(), "department:Building", "token-alice", "");
        Map<String, Digest> before = tree();

        assertThatThrownBy(() -> executor.apply(planned, grant).effects()).isInstanceOf(ApprovalException.class);
        assertThat(tree()).isEqualTo(before);
    }

    /** Attack 39: the first plan, applied twice. */
    @Test
    void theFirstPlanAppliedTwiceIsRefused() {
        PlannedDeployment planned = executor.plan(content, target);
        DeployGrant grant = approved(planned);
        assertThat(executor.apply(planned, grant).effects()).isEqualTo(5);

        assertThatThrownBy(() -> executor.apply(planned, grant).effects()).hasMessageContaining("used by run");
        gate = Fixtures.gate(clock);
        assertRefused(DeploymentException.Reason.STALE_PLAN, () -> executor.apply(planned, approved(planned)));
        PlannedDeployment again = executor.plan(content, target);
        assertThat(again.plan().steps()).isEmpty();
        assertThat(again.plan().digest()).isNotEqualTo(planned.plan().digest());
    }

    /** Attacks 33 and 39: a plan of another lineage. */
    @Test
    void aPlanForOneTargetIsRefusedOnAnother() {
        DirectoryTarget other = DirectoryTarget.create(dir.resolve("other"), "city-hall", new Random(2), clock);
        PlannedDeployment here = executor.plan(content, target);
        PlannedDeployment there = executor.plan(content, other);

        assertThat(here.plan().digest()).isNotEqualTo(there.plan().digest());
        assertThatThrownBy(() -> executor.apply(there, approved(here)).effects())
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("another package, plan or target");
    }

    @Test
    void changedPoliciesToolGrantsAndPromptsNeedAHumanWhateverTheirConfidence() {
        deploy(content);
        VerifiedPackage changed = store.save(DeploymentPackage.builder(ORG)
                .version(2)
                .previous(content.hash())
                .createdAt(Fixtures.NOW)
                .createdBy("builder")
                .agent("hr_agent", Confidence.of(1), Map.of("title", "HR", "tools", List.of("kb_search", "send_mail")))
                .agent("building_agent", Confidence.of(1), Map.of("title", "Other title", "tools", List.of()))
                .policy("default_governance", Confidence.of(1), Fixtures.tools("kb_search"))
                .prompt("hr/system.md", Confidence.of(1), "You help more.\n")
                .build());

        PlannedDeployment planned = executor.plan(changed, target);

        assertThat(gate.approvalsNeeded(planned.request()))
                .extracting(
                        ApprovalNeed::item,
                        need -> need.reasons().get(need.reasons().size() - 1))
                .containsExactly(
                        tuple("agent:hr_agent", "tool grant changed: was [kb_search], now [kb_search, send_mail]"),
                        tuple("policy:cost_optimization", "policy deleted"),
                        tuple("policy:default_governance", "policy updated"),
                        tuple("prompt:hr/system.md", "prompt updated"));
        assertThat(gate.check(planned.request()).canDeploy()).isFalse();
    }

    /** Attack 40: planning succeeds on a target that cannot be written at all, and its plan is what is done later. */
    @Test
    void aDryRunWritesNothingAndIsThePlanThatRuns() {
        DirectoryTarget untouchable = DirectoryTarget.open(dir.resolve("target"), clock, new Disk() {
            @Override
            void replace(Path file, byte[] bytes) {
                throw new AssertionError("written: " + file);
            }

            @Override
            void place(Path scratch, Path file, byte[] bytes) {
                throw new AssertionError("written: " + file);
            }

            @Override
            void append(Path file, byte[] bytes) {
                throw new AssertionError("written: " + file);
            }

            @Override
            void truncate(Path file, long size) {
                throw new AssertionError("cut: " + file);
            }

            @Override
            void delete(Path file) {
                throw new AssertionError("deleted: " + file);
            }
        });
        Plan dry = executor.plan(content, untouchable).plan();
        assertThat(executor.verify(content, untouchable).<Integer>fold(same -> 0, List::size))
                .isEqualTo(5);

        deploy(content);

        Plan done = target.state(ORG).log().lastRun().orElseThrow().plan();
        assertThat(done.digest()).isEqualTo(dry.digest());
        assertThat(done.render()).isEqualTo(dry.render());
    }

    /** Attack 42: a rollback that stops half way goes on; one to a package whose key was revoked is refused. */
    @Test
    void aRollbackThatFailsHalfWayGoesOnAndNeedsAKeyThatStillCounts() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        new PackageSigner(key.getPrivate(), "ops").sign(content).writeTo(store.directory(ORG, content.hash()), "ops");
        VerifiedPackage signed = store.load(ORG, content.hash());
        deploy(signed);
        Digest first = target.state(ORG).digest();
        deploy(store.save(package2().build()));
        PlannedDeployment planned = executor.plan(signed, target);
        DeployGrant grant = approved(planned);
        DirectoryTarget readOnly = DirectoryTarget.open(dir.resolve("target"), clock, new Disk() {
            @Override
            void place(Path scratch, Path file, byte[] bytes) throws IOException {
                throw new IOException("Read-only file system");
            }
        });
        assertRefused(DeploymentException.Reason.TARGET, () -> executor.apply(executor.plan(signed, readOnly), grant));
        assertThat(target.state(ORG).digest()).isNotEqualTo(first);
        clock.advance(Duration.ofMinutes(2));

        DeploymentExecutor strict = executor.requireSigned(trusting(key, clock.instant()), 1);
        assertThatThrownBy(() -> strict.plan(signed, target).plan()).isInstanceOf(SignatureException.class);
        DeploymentExecutor trusting = executor.requireSigned(trusting(key, null), 1);
        PlannedDeployment resumed = trusting.plan(signed, target);
        assertThat(trusting.apply(resumed, gate.check(resumed.request()).orElseThrow())
                        .stateDigest())
                .isEqualTo(first);
    }

    private static TrustRoot trusting(KeyPair key, @Nullable Instant revokedAt) {
        return TrustRoot.of(new TrustRoot.TrustedKey(
                "ops",
                key.getPublic(),
                Set.of(Predicate.PACKAGE),
                Fixtures.NOW,
                Fixtures.NOW.plus(Duration.ofDays(9)),
                revokedAt));
    }

    /** Attack 17: a second condition adds to the first and never replaces it. */
    @Test
    void conditionsOfAnExecutorOnlyAddUp() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        new PackageSigner(key.getPrivate(), "ops").sign(content).writeTo(store.directory(ORG, content.hash()), "ops");
        VerifiedPackage signed = store.load(ORG, content.hash());
        DeploymentExecutor one = executor.requireSigned(trusting(key, null), 1);
        assertThat(one.plan(signed, target).plan().steps()).hasSize(5);

        assertThatThrownBy(() -> executor.requireSigned(trusting(other, null), 1)
                        .requireSigned(trusting(key, null), 1)
                        .plan(signed, target)
                        .plan())
                .isInstanceOf(SignatureException.class);
        assertRefused(DeploymentException.Reason.REFUSED, () -> one.requireSigned(trusting(key, null), 0));
    }

    /** Attacks 37 and 42: going back is a deployment like any other, and says so. */
    @Test
    void rollingBackPassesTheSameGateAndSaysSo() {
        deploy(content);
        Digest first = target.state(ORG).digest();
        deploy(store.save(package2().build()));
        assertThat(target.state(ORG).digest()).isNotEqualTo(first);

        PlannedDeployment back = executor.plan(content, target);
        assertThat(back.plan().changes().get("history")).contains("rollback or skipped version");
        assertThat(gate.check(back.request()).canDeploy()).isFalse();
        assertThat(executor.apply(back, approved(back)).stateDigest()).isEqualTo(first);
    }

    /** Attack 41: changed by hand, and extra resources that nobody here owns. */
    @Test
    void driftIsShownAndNeverOverwrittenSilently() throws Exception {
        deploy(content);
        VerifiedPackage next = store.save(package2().build());
        PlannedDeployment planned = executor.plan(next, target);
        DeployGrant grant = approved(planned);
        Path file = dir.resolve("target/cleveland-gov/state/policies/cost_optimization.yaml");
        Files.writeString(file, "\"max_cost_usd\": 999\n");
        Files.writeString(dir.resolve("target/cleveland-gov/state/policies/foreign.yaml"), "a: 1\n");

        assertRefused(DeploymentException.Reason.STALE_PLAN, () -> executor.apply(planned, grant));
        assertThat(executor.verify(content, target).<Integer>fold(same -> 0, List::size))
                .isEqualTo(2);
        PlannedDeployment again = executor.plan(next, target);
        assertThat(again.plan().changes())
                .containsEntry("drift:policies/cost_optimization.yaml", "was changed on the target by hand");
        assertThat(gate.check(again.request()).canDeploy()).isFalse();
        assertThat(executor.apply(again, approved(again)).effects()).isEqualTo(3);
        assertThat(target.state(ORG).resources()).containsKey("policies/foreign.yaml");
    }

    /** Attack 41: changed by hand in the middle of a run. */
    @Test
    void aResourceChangedDuringTheRunStopsItAndTheRunCanBeAbandoned() throws Exception {
        PlannedDeployment planned = executor.plan(content, target);
        try (Lease lease = target.acquire(ORG, "test", Duration.ofMinutes(1))) {
            LogWriter log = new LogWriter(lease.state().log(), "r1", clock);
            lease.append(log.next("begin", Map.of("plan", planned.plan().toJson())));
        }
        Path file = dir.resolve("target/cleveland-gov/state/agents/hr_agent.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "mine\n");
        PlannedDeployment resumed = executor.plan(content, target);

        assertRefused(DeploymentException.Reason.DRIFT, () -> executor.apply(resumed, approved(resumed)));
        assertThat(file).hasContent("mine\n");
        assertRefused(
                DeploymentException.Reason.OPEN_RUN,
                () -> executor.plan(store.save(package2().build()), target));
        executor.abandon(ORG, target, "looked at by hand");
        assertThat(executor.plan(content, target).plan().changes()).containsKey("drift:agents/hr_agent.yaml");
    }

    /** Attack 39: leases that end, fencing tokens, a lease given back that is no longer held. */
    @Test
    void twoExecutorsNeverRunAtOnceAndAStuckLeaseEnds() {
        try (Lease held = target.acquire(ORG, "one", Duration.ofMinutes(1))) {
            assertRefused(DeploymentException.Reason.LEASE, () -> target.acquire(ORG, "two", Duration.ofMinutes(1)));
            clock.advance(Duration.ofMinutes(1));
            try (Lease taken = target.acquire(ORG, "two", Duration.ofMinutes(1))) {
                assertThat(taken.token()).isGreaterThan(held.token());
                LogEntry line = new LogWriter(taken.state().log(), "r", clock).next("abandon", Map.of());
                assertThatThrownBy(() -> held.append(line))
                        .isInstanceOf(DeploymentException.class)
                        .hasMessageContaining("two took it over");
                release(held);
                assertThat(taken.state().log().count()).isZero();
            }
        }
    }

    @Test
    void anExpiredLeaseChangesNothingEvenWhenNobodyTookIt() {
        try (Lease held = target.acquire(ORG, "one", Duration.ofMinutes(1))) {
            clock.advance(Duration.ofMinutes(1));
            assertRefused(DeploymentException.Reason.LEASE, held::state);
        }
    }

    @Test
    void organisationsShareATargetAndNothingElse() {
        deploy(content);
        assertThat(target.state(OrgId.of("columbus-gov")).resources()).isEmpty();
        assertThat(target.state(OrgId.of("columbus-gov")).log().count()).isZero();
    }

    /** Attack 43: the log torn, cut, reordered, edited, or of another target. */
    @Test
    void tornTruncatedReorderedEditedAndForeignLogsAreRefused() throws Exception {
        deploy(content);
        Path file = dir.resolve("target/cleveland-gov/deployment.log");
        List<String> lines = Files.readAllLines(file);
        String whole = Files.readString(file);
        List<String> swapped = new ArrayList<>(lines);
        Collections.swap(swapped, 1, 2);
        DirectoryTarget other = DirectoryTarget.create(dir.resolve("other"), "other", new Random(3), clock);
        PlannedDeployment planned = executor.plan(content, other);
        assertThat(executor.apply(planned, approved(planned)).effects()).isEqualTo(5);

        for (String wrong : List.of(
                whole.substring(0, whole.length() - 1),
                whole.substring(0, whole.length() - 40),
                String.join("\n", lines.subList(0, lines.size() - 1)) + "\n",
                String.join("\n", lines.subList(1, lines.size())) + "\n",
                String.join("\n", swapped) + "\n",
                whole.replaceFirst("\"create\"", "\"update\""),
                whole + "{\"torn",
                whole + lines.get(lines.size() - 1) + "\n",
                "",
                Files.readString(dir.resolve("other/cleveland-gov/deployment.log")))) {
            Files.writeString(file, wrong);
            assertRefused(DeploymentException.Reason.LOG, () -> target.state(ORG));
            assertRefused(DeploymentException.Reason.LOG, () -> target.acquire(ORG, "x", Duration.ofMinutes(1)));
        }
        Files.writeString(file, whole);
        assertThat(target.state(ORG).log().count()).isEqualTo(lines.size());
        Files.delete(dir.resolve("target/cleveland-gov/lease.json"));
        assertRefused(DeploymentException.Reason.LOG, () -> target.state(ORG));
    }

    @Test
    void aLogForTheWrongPlanIsRefused() {
        PlannedDeployment planned = executor.plan(content, target);
        try (Lease lease = target.acquire(ORG, "test", Duration.ofMinutes(1))) {
            LogWriter log = new LogWriter(lease.state().log(), "r1", clock);
            lease.append(log.next("begin", Map.of("plan", planned.plan().toJson())));
            lease.append(log.next("intent", Map.of("step", 3L, "key", "agents/hr_agent.yaml")));
        }
        assertRefused(DeploymentException.Reason.LOG, () -> target.state(ORG));
    }

    /** Attack 43: no space left in the middle of a line. */
    @Test
    void aFullDiskStopsTheRunAndItResumes() throws Exception {
        PlannedDeployment planned = executor.plan(content, target);
        DeployGrant grant = approved(planned);
        DirectoryTarget full = DirectoryTarget.open(dir.resolve("target"), clock, new Disk() {
            private int left = 12;

            @Override
            void append(Path file, byte[] bytes) throws IOException {
                if (left-- < 6) {
                    Files.write(file, new byte[] {bytes[0]}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    throw new IOException("No space left on device");
                }
                super.append(file, bytes);
            }
        });
        PlannedDeployment onFull = executor.plan(content, full);
        assertRefused(DeploymentException.Reason.TARGET, () -> executor.apply(onFull, grant));

        PlannedDeployment resumed = executor.plan(content, target);
        assertThat(resumed.run()).isPresent();
        clock.advance(Duration.ofMinutes(2));
        assertThat(executor.apply(resumed, gate.check(resumed.request()).orElseThrow())
                        .stateDigest())
                .isEqualTo(planned.plan().to());
    }

    /** Attack 44: the log tells names and digests, never what stands in a resource. */
    @Test
    void theLogNeverTellsWhatAResourceSays() throws Exception {
        deploy(content);
        String log = Files.readString(dir.resolve("target/cleveland-gov/deployment.log"));
        assertThat(log)
                .contains("prompts/hr/system.md")
                .doesNotContain("You help")
                .doesNotContain("kb_search");
    }

    @Test
    void aLinkOnTheTargetIsNeverFollowed() throws Exception {
        deploy(content);
        Path state = dir.resolve("target/cleveland-gov/state");
        Files.createSymbolicLink(state.resolve("agents/link.yaml"), dir.resolve("anywhere"));
        assertRefused(DeploymentException.Reason.DRIFT, () -> target.state(ORG));
    }

    @Test
    void replayRepeatsTheWholeHistoryAndTheSecondReplayFindsNothingToDo() throws Exception {
        deploy(content);
        deploy(store.save(package2().build()));
        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(4), clock);
        Map<String, Digest> before = tree();
        PlannedDeployment replay = executor.planReplay(ORG, target, hash -> store.load(ORG, hash), fresh);
        assertThat(tree()).isEqualTo(before);

        ReplayProof.Identical proof =
                executor.replay(replay, target, approved(replay)).orElseThrow();

        assertThat(proof.stateDigest()).isEqualTo(target.state(ORG).digest());
        assertThat(proof.steps()).isEqualTo(8);
        assertThat(executor.plan(store.load(ORG, replay.plan().packageHash()), fresh)
                        .plan()
                        .steps())
                .isEmpty();
        assertRefused(
                DeploymentException.Reason.REFUSED,
                () -> executor.planReplay(ORG, target, hash -> store.load(ORG, hash), fresh));
    }

    @Test
    void replayTellsTheFirstDifferenceWhenTheOriginalDrifted() throws Exception {
        deploy(content);
        Files.writeString(dir.resolve("target/cleveland-gov/state/prompts/hr/system.md"), "Obey.\n");
        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(4), clock);
        PlannedDeployment replay = executor.planReplay(ORG, target, hash -> content, fresh);

        ReplayProof proof = executor.replay(replay, target, approved(replay));

        assertThat(proof.<String>fold(same -> "", difference -> difference))
                .startsWith("prompts/hr/system.md has digest");
    }

    /** Attack 37: replay passes the gate. */
    @Test
    void replayWithoutApprovalDoesNothing() throws Exception {
        deploy(content);
        DirectoryTarget fresh = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(4), clock);
        PlannedDeployment replay = executor.planReplay(ORG, target, hash -> content, fresh);

        assertThatThrownBy(() -> gate.check(replay.request()).orElseThrow().subject())
                .hasMessageContaining("department:Building");
        assertThat(fresh.state(ORG).log().count()).isZero();
    }

    @Test
    void aTargetIsCreatedOnceAndNeverByOpening() {
        assertRefused(
                DeploymentException.Reason.REFUSED,
                () -> DirectoryTarget.create(dir.resolve("target"), "again", new Random(1), clock));
        assertRefused(DeploymentException.Reason.REFUSED, () -> DirectoryTarget.open(dir.resolve("nowhere"), clock));
        assertRefused(DeploymentException.Reason.REFUSED, () -> target.read(ORG, "../../lock"));
    }

    private static void release(Lease lease) {
        try (lease) {
            assertThat(lease.token()).isPositive();
        }
    }

    private void deploy(VerifiedPackage packageToDeploy) {
        PlannedDeployment planned = executor.plan(packageToDeploy, target);
        assertThat(executor.apply(planned, approved(planned)).stateDigest())
                .isEqualTo(planned.plan().to());
    }

    private DeployGrant approved(PlannedDeployment planned) {
        gate.approveAll(planned.request(), "token-alice", "");
        return gate.check(planned.request()).orElseThrow();
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private static void assertRefused(
            DeploymentException.Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DeploymentException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private Map<String, Digest> tree() throws IOException {
        Map<String, Digest> tree = new TreeMap<>();
        try (var files = Files.walk(dir)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.isRegularFile(file)
                        ? Files.readAllBytes(file)
                        : "folder".getBytes(StandardCharsets.UTF_8);
                tree.put(file.toString(), Digest.sha256(bytes));
            }
        }
        return tree;
    }
}
