package io.aios.bench;

import io.aios.policy.Decision;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RuleEngineProvider;
import io.aios.policy.rules.RulePolicies;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the decision point costs over a bare call of the built-in rules, and how late a stalled engine's denial is. */
public final class PolicyOverhead {
    private static final int STALLED_CALLS = 200;
    private static final Duration DEADLINE = Duration.ofMillis(50);

    private PolicyOverhead() {}

    public static void main(String[] args) throws Exception {
        run(new Report(), Dose.FULL);
    }

    static void run(Report report, Dose dose) throws Exception {
        Policy policy = RulePolicies.toolAllowList("tools", "1", List.of("search_kb", "create_ticket", "get_weather"));
        PolicyRequest request =
                PolicyRequest.toolCall(Subject.of("agent", "hr"), "search_kb", Map.of("query", "leave"));
        overhead(report, dose, policy, request);
        stalled(report, request);
    }

    private static void overhead(Report report, Dose dose, Policy policy, PolicyRequest request) throws Exception {
        try (PolicyEngine bare = new RuleEngineProvider().open(EngineSettings.of("rules", Map.of()));
                PolicyDecisionPoint point = PolicyDecisionPoint.of(policy)) {
            ActivationReport activation = bare.activate(List.of(policy));
            EvaluationRequest question = new EvaluationRequest(policy, request);
            System.out.println(
                    "findings at activation: " + activation.findings().size());
            List<Paired.Timing> timings = Paired.of(dose.rounds(), 10 * dose.repeats())
                    .add(
                            "bare call of the rule engine",
                            () -> bare.evaluate(question, Deadline.after(Duration.ofSeconds(1), System::nanoTime)))
                    .add("the same through the decision point", () -> point.decide(request))
                    .run();
            timings.forEach(System.out::println);
            report.atMost(
                            10,
                            "us",
                            "decision point over a bare call of the rules, CPU p50",
                            timings.get(1).median() - timings.get(0).median())
                    .sides(timings.get(1).median(), timings.get(0).median(), "us");
        }
    }

    private static void stalled(Report report, PolicyRequest request) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .engine(new Stalled())
                .deadline(DEADLINE)
                .maxConcurrent(STALLED_CALLS)
                .circuitBreaker(0, DEADLINE)
                .build()) {
            System.out.println(point.activate(
                            List.of(Policy.of("p", "1", Map.of("engine", "stalled", "input", Map.of()))))
                    .policyDigest());
            double[] late = new double[STALLED_CALLS];
            for (int i = 0; i < STALLED_CALLS; i++) {
                long start = System.nanoTime();
                Decision decision = point.decide(request);
                late[i] = (System.nanoTime() - start - DEADLINE.toNanos()) / 1e6;
                if (decision.isPermit()) {
                    throw new IllegalStateException("a stalled engine permitted");
                }
            }
            Arrays.sort(late);
            report.atMost(
                    20, "ms", "stalled engine: denial after the deadline, p99", late[STALLED_CALLS * 99 / 100 - 1]);
        }
    }

    /** Never answers. */
    private static final class Stalled implements PolicyEngineProvider, PolicyEngine {
        @Override
        public String id() {
            return "stalled";
        }

        @Override
        public int spiMajor() {
            return 1;
        }

        @Override
        public PolicyEngine open(EngineSettings settings) {
            return this;
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities("1", false, true);
        }

        @Override
        public ActivationReport activate(List<Policy> policies) {
            return ActivationReport.clean();
        }

        @Override
        public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
            return new CompletableFuture<>();
        }

        @Override
        public void close() {}
    }
}
