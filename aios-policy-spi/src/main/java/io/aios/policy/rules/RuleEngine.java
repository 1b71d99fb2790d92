package io.aios.policy.rules;

import io.aios.policy.Policy;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

final class RuleEngine implements PolicyEngine {
    private static final Capabilities CAPABILITIES = new Capabilities("1", true, false);

    /** The sets of the last two activations: a decision that began before a change still finds its policy. */
    private record Generation(Map<String, RuleSet> current, Map<String, RuleSet> previous) {}

    private final long maxSteps;
    private volatile Generation generation = new Generation(Map.of(), Map.of());

    RuleEngine(long maxSteps) {
        this.maxSteps = maxSteps;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public ActivationReport activate(List<Policy> policies) {
        Map<String, RuleSet> next = new HashMap<>();
        List<ActivationReport.Finding> findings = new ArrayList<>();
        for (Policy policy : policies) {
            RuleSet rules = RuleReader.read(policy);
            findings.addAll(RuleAnalysis.findings(policy.id(), rules.rules()));
            next.put(key(policy), rules);
        }
        generation = new Generation(Map.copyOf(next), generation.current());
        return new ActivationReport(findings);
    }

    @Override
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        Generation now = generation;
        String key = key(request.policy());
        RuleSet rules = now.current().get(key);
        if (rules == null) {
            rules = now.previous().get(key);
        }
        return CompletableFuture.completedFuture(
                rules == null
                        ? Verdict.undefined("policy " + request.policy().id())
                        : rules.evaluate(request.question(), maxSteps));
    }

    @Override
    public void close() {
        generation = new Generation(Map.of(), Map.of());
    }

    private static String key(Policy policy) {
        return policy.id() + '@' + policy.digest();
    }
}
