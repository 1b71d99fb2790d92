package io.aios.policy.pdp;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Decision;
import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidJsonException;
import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import io.aios.policy.Requests;
import io.aios.policy.opa.OpaDouble;
import io.aios.policy.rules.RulePolicies;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The numbered list of attacks on a decision point. Those with a class of their own:
 *
 * <ol>
 *   <li>odd answers: OpaTranscriptTest, LimitsTest
 *   <li>missing and null attributes: RequiredAttributesProperties
 *   <li>engines that absorb errors or nulls: EngineContract, CelEngineContractTest in the CEL example
 *   <li>retries: OpaAttackTest, and the circuit breaker here
 *   <li>errors: LimitsTest, and their count here
 *   <li>JSON that two readers read differently: JsonValuesTest, OpaTranscriptTest
 *   <li>uploads: OpaAttackTest, OpaLifecycleTest
 *   <li>paths: OpaAttackTest
 *   <li>addresses: OpaAttackTest
 *   <li value="11">sameness: here, ToolNamesTest, RequiredAttributesProperties
 *   <li>arguments swapped after the decision: here
 *   <li>tool names: FoundationTest, ToolNamesTest
 *   <li value="20">providers: DeploymentFormsTest
 *   <li>explanations: LimitsTest
 *   <li>shape of a denial: here
 * </ol>
 */
class AttackListTest {
    private static final PolicyRequest REQUEST = Requests.tool("search_kb");

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    @DisplayName("4: an engine that keeps failing is left alone, then asked once, then trusted again")
    void anEngineThatKeepsFailingIsLeftAlone() {
        AtomicReference<@Nullable Throwable> failure =
                new AtomicReference<>(new EngineUnavailableException("x", "gone"));
        try (PolicyDecisionPoint point = breaking(3, failure)) {
            assertThat(codes(point, 5))
                    .containsExactly(
                            ReasonCodes.ENGINE_UNAVAILABLE,
                            ReasonCodes.ENGINE_UNAVAILABLE,
                            ReasonCodes.ENGINE_UNAVAILABLE,
                            ReasonCodes.CIRCUIT_OPEN,
                            ReasonCodes.CIRCUIT_OPEN);
            assertThat(asked).hasValue(3);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(codes(point, 2)).containsExactly(ReasonCodes.ENGINE_UNAVAILABLE, ReasonCodes.CIRCUIT_OPEN);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            failure.set(null);
            assertThat(codes(point, 3)).containsExactly("PERMIT", "PERMIT", "PERMIT");
        }
    }

    @Test
    @DisplayName("4: what one question provokes does not close the engine to the others")
    void anExceptionIsTheQuestionsFault() {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(new IllegalArgumentException());
        try (PolicyDecisionPoint point = breaking(3, failure)) {
            assertThat(codes(point, 10)).containsOnly(ReasonCodes.ENGINE_EXCEPTION);
            failure.set(null);
            assertThat(codes(point, 1)).containsExactly("PERMIT");
        }
    }

    @Test
    @DisplayName("4: an engine that is late counts as failing, and a probe that never returns holds nothing up")
    void aLateEngineIsLeftAloneToo() {
        FakeEngine silent = new FakeEngine("x", false, (request, deadline) -> {
            asked.incrementAndGet();
            return new CompletableFuture<>();
        });
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .engine(silent)
                .deadline(Duration.ofMillis(5))
                .circuitBreaker(2, Duration.ofMillis(1))
                .build()) {
            load(point);
            for (int i = 0; i < 20; i++) {
                assertThat(code(point.decide(REQUEST))).isIn(ReasonCodes.TIMEOUT, ReasonCodes.CIRCUIT_OPEN);
            }
            assertThat(asked).as("probes go on").hasValueGreaterThan(2);
        }
    }

    @Test
    @DisplayName("4: no attempt starts after the deadline")
    void noAttemptStartsAfterTheDeadline() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                        .engineSettings("opa", Map.of("url", opa.url(), "tenant", "t1"))
                        .deadline(Duration.ofMillis(300))
                        .build()) {
            assertThat(point.activate(List.of(Policy.of(
                                    "p",
                                    "1",
                                    Map.of("engine", "opa", "input", Map.of(), "rego", "package tenants.t1.p\n"))))
                            .unavailable())
                    .isEmpty();
            opa.answer(question -> {
                asked.incrementAndGet();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                answered.countDown();
                return new OpaDouble.Answer(503, "application/json", "{}");
            });
            assertThat(code(point.decide(REQUEST))).isEqualTo(ReasonCodes.TIMEOUT);
            over.countDown();
            answered.await();
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    @DisplayName("5: an Error denies, counts as a failure and gives its place back")
    void anErrorIsCountedAndLeaksNothing() {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(new StackOverflowError());
        try (PolicyDecisionPoint point = breaking(0, failure)) {
            assertThat(codes(point, 200)).containsOnly(ReasonCodes.ENGINE_ERROR);
            failure.set(null);
            assertThat(codes(point, 1)).containsExactly("PERMIT");
        }
        failure.set(new OutOfMemoryError());
        try (PolicyDecisionPoint point = breaking(3, failure)) {
            assertThat(codes(point, 4)).endsWith(ReasonCodes.ENGINE_ERROR, ReasonCodes.CIRCUIT_OPEN);
        }
    }

    @Test
    @DisplayName(
            "11: the same decisions under every order of attributes, locale, zone, number of threads and Java platform")
    void decisionsAreTheSameEverywhere() {
        List<Object> expected = decisions(new Random(1));
        assertThat(JsonValues.digest(expected))
                .isEqualTo("7609cd87e60af0ef03429a81bc583f90ff4c559633dc2467d4186e3838c1e6a1");
        List<List<Object>> others = new Random(7)
                .longs(32)
                .boxed()
                .parallel()
                .map(seed -> decisions(new Random(seed)))
                .toList();
        assertThat(others).allSatisfy(other -> assertThat(other).isEqualTo(expected));
    }

    private static List<Object> decisions(Random random) {
        List<Object> told = new ArrayList<>();
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(
                RulePolicies.defaultGovernance(),
                RulePolicies.costOptimization(),
                RulePolicies.toolAllowList("tools", "1", List.of("search_kb", "\u0131\u015f", "\u6771\u4eac")))) {
            for (PolicyRequest request : requests(random)) {
                Decision decision = point.decide(request);
                told.add(Map.of(
                        "request", request.digest(),
                        "policies", decision.outcome().policyDigest(),
                        "effect", decision.effect().name(),
                        "reasons", decision.outcome().reasonCodes(),
                        "passed", decision.governance().checksPassed(),
                        "failed", decision.governance().checksFailed()));
            }
        }
        return told;
    }

    private static List<PolicyRequest> requests(Random random) {
        List<PolicyRequest> requests = new ArrayList<>();
        for (double score : new double[] {0, 0.1, 0.3, 1 / 3.0, 0.6, 1, 1e-7, 1e21, -0.0}) {
            for (String level : List.of("low", "medium", "high", "LOW", "H\u0130GH")) {
                List<Map.Entry<String, Object>> entries = new ArrayList<>(
                        Map.<String, Object>of("level", level, "score", score).entrySet());
                entries.sort(Map.Entry.comparingByKey());
                Collections.shuffle(entries, random);
                Map<String, Object> risk = new LinkedHashMap<>();
                entries.forEach(entry -> risk.put(entry.getKey(), entry.getValue()));
                requests.add(PolicyRequest.of(
                                Subject.of("user", "u"),
                                PolicyRequest.Action.of("request.handle"),
                                PolicyRequest.Resource.of("request", "r"))
                        .withContext(Map.of("risk", risk)));
            }
        }
        for (String tool : List.of(
                "search_kb",
                "SEARCH_KB",
                "\u0131\u015f",
                "I\u015e",
                "\u6771\u4eac",
                "se\u0301",
                "\u061d",
                "\ud83e\udee8")) {
            requests.add(Requests.tool(tool));
        }
        return requests;
    }

    @Test
    @DisplayName("12: arguments that change after the decision are not those that were permitted")
    void argumentsSwappedAfterTheDecisionShow() {
        Map<String, Object> inner = new HashMap<>(Map.of("path", "/data/a"));
        Map<String, Object> arguments = new HashMap<>(Map.of("file", inner));
        PolicyRequest request = PolicyRequest.toolCall(Subject.of("agent", "hr"), "search_kb", arguments);
        String permitted = request.digest();
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("search_kb")))) {
            assertThat(point.decide(request).isPermit()).isTrue();
        }
        inner.put("path", "/etc/shadow");
        assertThat(request.digest()).as("the request is a copy").isEqualTo(permitted);
        assertThat(request.action().properties()).isEqualTo(Map.of("file", Map.of("path", "/data/a")));
        assertThatThrownBy(() -> request.action().properties().put("x", 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(PolicyRequest.toolCall(Subject.of("agent", "hr"), "search_kb", arguments)
                        .digest())
                .as("who executes other arguments finds another digest")
                .isNotEqualTo(permitted);
    }

    /** A list that grows between two readings, as an attacker's own class may. */
    @Test
    @DisplayName("12: a request is read once")
    void aMapThatAnswersDifferentlyTheSecondTimeIsReadOnce() {
        AtomicInteger readings = new AtomicInteger();
        Map<String, Object> shifty = new java.util.AbstractMap<>() {
            @Override
            public java.util.Set<Entry<String, Object>> entrySet() {
                return Map.<String, Object>of("path", readings.getAndIncrement() == 0 ? "/data/a" : "/etc/shadow")
                        .entrySet();
            }
        };
        PolicyRequest request = PolicyRequest.toolCall(Subject.of("agent", "hr"), "search_kb", shifty);
        assertThat(request.action().properties()).isEqualTo(Map.of("path", "/data/a"));
        assertThat(request.digest()).isEqualTo(request.digest());
    }

    @Test
    @DisplayName("6: a request that two readers could read differently is never made")
    void whatTwoReadersReadDifferentlyIsRefused() {
        for (Object odd : List.of("\ud800", 9007199254740993L, Double.NaN, new java.math.BigDecimal("1e400"))) {
            assertThatThrownBy(() -> REQUEST.withContext(Map.of("x", odd))).isInstanceOf(InvalidJsonException.class);
        }
    }

    @Test
    @DisplayName("22: whoever is denied sees the same, whatever it was that denied")
    void aDenialHasOneShape() {
        Policy tenant = Policy.of(
                "tenant",
                "1",
                Map.of(
                        "input", Map.of("context.org", "string"),
                        "rules",
                                List.of(Map.of(
                                        "id",
                                        "own",
                                        "effect",
                                        "permit",
                                        "when",
                                        Map.of("attribute", "context.org", "equals", "acme")))));
        List<Decision> denials = new ArrayList<>();
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(tenant);
                PolicyDecisionPoint none = PolicyDecisionPoint.builder().build();
                PolicyDecisionPoint broken =
                        PolicyDecisionPoint.of(Policy.of("p", "1", Map.of("engine", "nowhere", "input", Map.of())))) {
            denials.add(point.decide(REQUEST.withContext(Map.of("org", "globex"))));
            denials.add(point.decide(REQUEST.withContext(Map.of("org", "no-such-tenant"))));
            denials.add(point.decide(REQUEST));
            denials.add(none.decide(REQUEST));
            denials.add(broken.decide(REQUEST));
            assertThat(denials.get(0).outcome().reasonCodes())
                    .as("a tenant that exists elsewhere and one that does not are one to the policy")
                    .isEqualTo(denials.get(1).outcome().reasonCodes());
        }
        assertThat(denials).allSatisfy(denial -> {
            assertThat(denial).isInstanceOf(Decision.Deny.class);
            assertThat(denial.userText()).isEqualTo("This request is not allowed.");
            assertThat(denial.outcome().obligations()).isEmpty();
            assertThat(denial.outcome().reasons()).hasSize(1);
        });
    }

    private PolicyDecisionPoint breaking(int failures, AtomicReference<@Nullable Throwable> failure) {
        Semaphore one = new Semaphore(1);
        FakeEngine engine = new FakeEngine("x", false, (request, deadline) -> {
            asked.incrementAndGet();
            assertThat(one.tryAcquire()).isTrue();
            one.release();
            Throwable thrown = failure.get();
            return thrown == null ? completedFuture(Verdict.permit()) : CompletableFuture.failedFuture(thrown);
        });
        PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .engine(engine)
                .deadline(Duration.ofSeconds(20))
                .maxConcurrent(1)
                .circuitBreaker(failures, Duration.ofSeconds(1))
                .ticker(now::get)
                .build();
        load(point);
        return point;
    }

    private static void load(PolicyDecisionPoint point) {
        assertThat(point.activate(List.of(FakeEngine.policy("p", "x"))).unavailable())
                .isEmpty();
    }

    private static List<String> codes(PolicyDecisionPoint point, int times) {
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            codes.add(code(point.decide(REQUEST)));
        }
        return codes;
    }

    private static String code(Decision decision) {
        return decision.isPermit() ? "PERMIT" : decision.outcome().reasonCodes().get(0);
    }
}
