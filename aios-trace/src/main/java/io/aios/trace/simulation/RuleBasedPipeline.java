package io.aios.trace.simulation;

import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.InvalidTraceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A pipeline driven by a data file of keywords: no model, no randomness, the same answer every time.
 *
 * <p>The shipped rule set, resource {@code META-INF/aios/rules/municipal-1.json}, covers human resources, IT, finance,
 * building and legal requests. Governance is {@link PolicyGate}.
 */
public final class RuleBasedPipeline {
    private static final String STANDARD = "/META-INF/aios/rules/municipal-1.json";

    private RuleBasedPipeline() {}

    /** The shipped rule set, governed by the policy {@code default_governance}. */
    public static DecisionPipeline standard() {
        return standard(PolicyDecisionPoint.of(RulePolicies.defaultGovernance()));
    }

    /** The shipped rule set, governed by this decision point. */
    public static DecisionPipeline standard(PolicyDecisionPoint decisions) {
        try (InputStream rules = RuleBasedPipeline.class.getResourceAsStream(STANDARD)) {
            if (rules == null) {
                throw new InvalidTraceException("$", "resource " + STANDARD + " is missing from the jar");
            }
            return of(rules.readAllBytes(), decisions);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STANDARD, e);
        }
    }

    /**
     * A rule set of the host's own.
     *
     * @param rules JSON as in the shipped file
     * @throws InvalidTraceException naming the path of what is wrong in it
     */
    public static DecisionPipeline of(byte[] rules, PolicyDecisionPoint decisions) {
        KeywordRules stages = KeywordRules.read(rules);
        return new DecisionPipeline(
                stages::classify,
                stages::assess,
                new PolicyGate(decisions),
                stages::route,
                stages::select,
                (situation, tools) -> stages.respond(situation));
    }
}
