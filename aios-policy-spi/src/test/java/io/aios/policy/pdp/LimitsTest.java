package io.aios.policy.pdp;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Decision;
import io.aios.policy.Effect;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Obligation;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.Requests;
import io.aios.policy.rules.RulePolicies;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    private static final PolicyRequest REQUEST = Requests.tool("search_kb");

    @Test
    void anEngineThatNeverAnswersIsDeniedAtTheDeadline() {
        FakeEngine silent = new FakeEngine("x", false, (request, deadline) -> new CompletableFuture<>());
        try (PolicyDecisionPoint point = point(silent, Duration.ofMillis(20))) {
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.TIMEOUT);
            assertThat(codes(point.decideAsync(REQUEST).toCompletableFuture().join()))
                    .containsExactly(ReasonCodes.TIMEOUT);
            assertThat(point.decideAll(List.of(REQUEST, REQUEST)))
                    .allSatisfy(decision -> assertThat(codes(decision)).containsExactly(ReasonCodes.TIMEOUT));
        }
    }

    @Test
    void anEngineThatBlocksIsInterruptedAtTheDeadline() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        FakeEngine blocked = new FakeEngine("x", false, (request, deadline) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return completedFuture(Verdict.permit());
        });
        try (PolicyDecisionPoint point = point(blocked, Duration.ofMillis(20))) {
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.TIMEOUT);
            interrupted.await();
        }
    }

    @Test
    void aStuckEngineSaturatesItselfAndNobodyElse() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong started = new AtomicLong();
        FakeEngine stuck = new FakeEngine("stuck", false, (request, deadline) -> {
            started.incrementAndGet();
            boolean released = false;
            while (!released) {
                try {
                    release.await();
                    released = true;
                } catch (InterruptedException e) {
                    // Stuck means stuck: this engine ignores interruption.
                    released = false;
                }
            }
            return completedFuture(Verdict.permit());
        });
        FakeEngine healthy = new FakeEngine("healthy", false, (r, d) -> completedFuture(Verdict.permit()));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                        .engine(stuck)
                        .maxConcurrent(3)
                        .deadline(Duration.ofMillis(20))
                        .build();
                PolicyDecisionPoint other =
                        PolicyDecisionPoint.builder().engine(healthy).build()) {
            activate(point, FakeEngine.policy("p", "stuck"));
            activate(other, FakeEngine.policy("p", "healthy"));
            List<String> codes = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                codes.addAll(codes(point.decide(REQUEST)));
            }
            assertThat(codes.subList(0, 3)).containsOnly(ReasonCodes.TIMEOUT);
            assertThat(codes.subList(3, 10)).containsOnly(ReasonCodes.SATURATED);
            assertThat(started).hasValue(3);
            assertThat(other.decide(REQUEST).isPermit()).isTrue();
        } finally {
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyFailureOfAnEngineDeniesWithItsOwnReason(boolean bounded) {
        assertThat(codes(bounded, (r, d) -> nothing())).containsExactly(ReasonCodes.VERDICT_NULL);
        assertThat(codes(bounded, (r, d) -> null)).containsExactly(ReasonCodes.VERDICT_NULL);
        assertThat(codes(bounded, (r, d) -> CompletableFuture.failedFuture(new java.io.IOException("secret"))))
                .containsExactly(ReasonCodes.ENGINE_EXCEPTION);
        assertThat(codes(bounded, (r, d) -> {
                    throw new IllegalArgumentException("secret");
                }))
                .containsExactly(ReasonCodes.ENGINE_EXCEPTION);
        assertThat(codes(bounded, (r, d) -> {
                    throw new AssertionError("secret");
                }))
                .containsExactly(ReasonCodes.ENGINE_ERROR);
        assertThat(codes(bounded, (r, d) -> CompletableFuture.failedFuture(new OutOfMemoryError("secret"))))
                .containsExactly(ReasonCodes.ENGINE_ERROR);
        assertThat(codes(bounded, (r, d) -> completedFuture(endless(0)))).containsExactly(ReasonCodes.ENGINE_ERROR);
        assertThat(codes(bounded, (r, d) -> mistyped())).containsExactly(ReasonCodes.VERDICT_TYPE);
        assertThat(codes(bounded, (r, d) -> completedFuture(Verdict.undefined("x"))))
                .containsExactly(ReasonCodes.VERDICT_UNDEFINED);
        assertThat(codes(bounded, (r, d) -> completedFuture(Verdict.notApplicable())))
                .containsExactly(ReasonCodes.NOTHING_PERMITS);
    }

    @Test
    void whatAnEngineThrewIsNotQuoted() {
        FakeEngine leaky = new FakeEngine("x", true, (r, d) -> {
            throw new IllegalArgumentException("the patient's name");
        });
        try (PolicyDecisionPoint point = point(leaky, Duration.ofSeconds(1))) {
            assertThat(point.decide(REQUEST).toString()).doesNotContain("patient");
        }
    }

    @Test
    void aBoundedEngineThatTookTooLongIsDenied() {
        AtomicLong now = new AtomicLong();
        FakeEngine slow = new FakeEngine("x", true, (request, deadline) -> {
            now.addAndGet(Duration.ofSeconds(2).toNanos());
            return completedFuture(Verdict.permit());
        });
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(slow).ticker(now::get).build()) {
            activate(point, FakeEngine.policy("p", "x"));
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.TIMEOUT);
        }
    }

    @Test
    void aSlowDecisionSaysSoAndStands() {
        AtomicLong now = new AtomicLong();
        AtomicLong millis = new AtomicLong(200);
        FakeEngine slow = new FakeEngine("x", true, (request, deadline) -> {
            now.addAndGet(Duration.ofMillis(millis.get()).toNanos());
            return completedFuture(Verdict.permit());
        });
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(slow).ticker(now::get).build()) {
            activate(point, FakeEngine.policy("p", "x"));
            assertThat(point.decide(REQUEST).outcome().slow()).isFalse();
            millis.set(201);
            Decision decision = point.decide(REQUEST);
            assertThat(decision.isPermit()).isTrue();
            assertThat(decision.outcome().slow()).isTrue();
            assertThat(decision.outcome().elapsed()).isEqualTo(Duration.ofMillis(201));
        }
    }

    @Test
    void aWaitingCallerThatIsInterruptedIsDeniedAndStaysInterrupted() {
        FakeEngine silent = new FakeEngine("x", false, (request, deadline) -> new CompletableFuture<>());
        try (PolicyDecisionPoint point = point(silent, Duration.ofSeconds(30))) {
            Thread.currentThread().interrupt();
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.INTERRUPTED);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void anObligationNobodyUnderstandsTurnsThePermitIntoADenial() {
        Verdict verdict = Verdict.permit().withObligations(List.of(new Obligation("o1", "notification", Map.of())));
        FakeEngine engine = new FakeEngine("x", true, (r, d) -> completedFuture(verdict));
        try (PolicyDecisionPoint deaf = point(engine, Duration.ofSeconds(1));
                PolicyDecisionPoint able = PolicyDecisionPoint.builder()
                        .engine(engine)
                        .understands("notification")
                        .build()) {
            activate(able, FakeEngine.policy("p", "x"));
            assertThat(codes(deaf.decide(REQUEST))).containsExactly(ReasonCodes.OBLIGATION_UNKNOWN);
            assertThat(able.decide(REQUEST).orElseThrow().outcome().obligations())
                    .extracting(Obligation::type)
                    .containsExactly("notification");
        }
    }

    @Test
    void listenersSeeEveryDecisionWithPolicyVersionDigestAndControls() {
        List<PolicyEvent> events = new ArrayList<>();
        Policy policy = Policy.of(
                "p",
                "7",
                Map.of(
                        "controls", List.of("SOC2-CC6.1"),
                        "rules", List.of(Map.of("id", "no", "effect", "deny"))));
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().listener(events::add).build()) {
            activate(point, policy);
            assertThat(point.decide(REQUEST).isPermit()).isFalse();
            activate(point, RulePolicies.toolAllowList("tools", "1", List.of("search_kb")));
            assertThat(point.decide(REQUEST).isPermit()).isTrue();
            assertThatThrownBy(() -> point.activate(List.of(Policy.of("bad", "1", Map.of()))))
                    .isInstanceOf(InvalidPolicyException.class);
        }
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Activated", "Denied", "Activated", "Evaluated", "ActivationRefused");
        PolicyEvent.Activated activated = (PolicyEvent.Activated) events.get(0);
        assertThat(activated.policies().get(0).policy().version()).isEqualTo("7");
        assertThat(activated.policies().get(0).controls()).containsExactly("SOC2-CC6.1");
        PolicyEvent.Denied denied = (PolicyEvent.Denied) events.get(1);
        assertThat(denied.decision().outcome().evidence().get(0).policy().digest())
                .isEqualTo(policy.digest());
        assertThat(denied.decision().outcome().evidence().get(0).controls()).containsExactly("SOC2-CC6.1");
    }

    @Test
    void aDecisionThatCouldNotBeRecordedDoesNotCount() {
        AtomicBoolean broken = new AtomicBoolean();
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .listener(event -> {
                    if (broken.get()) {
                        throw new IllegalStateException("the audit log is down");
                    }
                })
                .build()) {
            activate(point, RulePolicies.toolAllowList("tools", "1", List.of("search_kb")));
            broken.set(true);
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.LISTENER_FAILED);
            assertThatThrownBy(() -> point.activate(List.of())).hasMessageContaining("audit log is down");
            broken.set(false);
            assertThat(point.decide(REQUEST).isPermit()).isTrue();
        }
    }

    @Test
    void aBatchDecidesEachRequestByItselfInOrder() {
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("a", "c")))) {
            assertThat(point.decideAll(List.of(Requests.tool("a"), Requests.tool("b"), Requests.tool("c"))))
                    .extracting(Decision::effect)
                    .containsExactly(Effect.PERMIT, Effect.DENY, Effect.PERMIT);
            assertThat(point.decideAll(List.of())).isEmpty();
        }
    }

    @Test
    void anOpaquePolicyWithoutAnInputContractIsRefused() {
        FakeEngine engine = new FakeEngine("x", true, (r, d) -> completedFuture(Verdict.permit()));
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(engine).build()) {
            assertThatThrownBy(() -> point.activate(List.of(Policy.of("p", "1", Map.of("engine", "x")))))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("declare them");
        }
    }

    @Test
    void anAttributeThatIsMissingNeverReachesTheEngine() {
        AtomicBoolean asked = new AtomicBoolean();
        FakeEngine engine = new FakeEngine("x", true, (r, d) -> {
            asked.set(true);
            return completedFuture(Verdict.permit());
        });
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(engine).build()) {
            activate(point, Policy.of("p", "1", Map.of("engine", "x", "input", Map.of("context.n", "integer"))));
            assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.ATTRIBUTE_MISSING);
            assertThat(codes(point.decide(REQUEST.withContext(Map.of("n", "1")))))
                    .containsExactly(ReasonCodes.ATTRIBUTE_TYPE);
            assertThat(codes(point.decide(REQUEST.withContext(Map.of("n", 1.5)))))
                    .containsExactly(ReasonCodes.ATTRIBUTE_TYPE);
            assertThat(asked).isFalse();
            assertThat(point.decide(REQUEST.withContext(Map.of("n", 1.0))).isPermit())
                    .isTrue();
        }
    }

    @Test
    void aClosedDecisionPointDenies() {
        PolicyDecisionPoint point =
                PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("search_kb")));
        point.close();
        assertThat(codes(point.decide(REQUEST))).containsExactly(ReasonCodes.CLOSED);
        assertThatThrownBy(() -> point.activate(List.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPersonWhoIsDeniedCannotTellWhy() {
        Policy denies = Policy.of(
                "secret_policy",
                "1",
                Map.of("rules", List.of(Map.of("id", "blacklist_of_tenant_9", "effect", "deny"))));
        try (PolicyDecisionPoint none = PolicyDecisionPoint.builder().build();
                PolicyDecisionPoint some = PolicyDecisionPoint.of(denies)) {
            String text = some.decide(REQUEST).userText();
            assertThat(none.decide(REQUEST).userText()).isEqualTo(text);
            assertThat(text).doesNotContain("secret_policy").doesNotContain("tenant_9");
        }
    }

    @Test
    void reasonsForAdministratorsAndForThePersonStandApart() {
        Reason reason = new Reason("limit", "rule 7 of policy p", "Too much.");
        FakeEngine engine = new FakeEngine("x", true, (r, d) -> completedFuture(Verdict.deny(reason)));
        try (PolicyDecisionPoint point = point(engine, Duration.ofSeconds(1))) {
            Decision decision = point.decide(REQUEST);
            assertThat(decision.userText()).isEqualTo("Too much.");
            assertThat(decision.outcome().reasons()).containsExactly(reason);
        }
    }

    private static int endless(int depth, int... unused) {
        return depth < 0 ? depth : endless(depth + 1, depth) + 1;
    }

    private static Verdict endless(int depth) {
        return Verdict.deny(Reason.of("depth" + endless(depth, depth), ""));
    }

    @SuppressWarnings("NullAway") // An engine may answer null.
    private static CompletableFuture<Verdict> nothing() {
        return completedFuture(null);
    }

    private static CompletableFuture<Verdict> mistyped() {
        return new CompletableFuture<Object>()
                .completeAsync(() -> "permit", Runnable::run)
                .thenApply(LimitsTest::anything);
    }

    // The point of the test: generics do not stop an engine from answering a String.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T anything(Object value) {
        T typed = (T) value;
        return typed;
    }

    private static List<String> codes(boolean bounded, FakeEngine.Evaluation evaluation) {
        try (PolicyDecisionPoint point = point(new FakeEngine("x", bounded, evaluation), Duration.ofSeconds(10))) {
            return codes(point.decide(REQUEST));
        }
    }

    private static List<String> codes(Decision decision) {
        assertThat(decision.effect()).isEqualTo(Effect.DENY);
        return decision.outcome().reasonCodes();
    }

    private static PolicyDecisionPoint point(FakeEngine engine, Duration deadline) {
        PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(engine).deadline(deadline).build();
        activate(point, FakeEngine.policy("p", engine.id()));
        return point;
    }

    private static void activate(PolicyDecisionPoint point, Policy... policies) {
        assertThat(point.activate(List.of(policies)).unavailable()).isEmpty();
    }
}
