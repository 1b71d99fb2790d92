package io.aios.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Effect;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.ReasonCodes;
import io.aios.policy.Requests;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleEngineTest {
    @Test
    void conditionsCombine() {
        Map<String, Object> vip = Map.of("attribute", "context.tier", "in", List.of("gold", "platinum"));
        Map<String, Object> small = Map.of("attribute", "context.amount", "less_than", 10);
        Map<String, Object> noted = Map.of("attribute", "context.note", "exists", true);
        Map<String, Object> rule = Map.of(
                "id",
                "r",
                "effect",
                "permit",
                "when",
                Map.of("any", List.of(Map.of("all", List.of(vip, small)), noted)));
        assertThat(effect(rule, Map.of("tier", "gold", "amount", 9))).isEqualTo(Effect.PERMIT);
        assertThat(effect(rule, Map.of("tier", "gold", "amount", 10))).isEqualTo(Effect.DENY);
        assertThat(effect(rule, Map.of("tier", "gold", "amount", 10, "note", "x")))
                .isEqualTo(Effect.PERMIT);
        assertThat(effect(rule, Map.of("tier", "tin", "amount", 1))).isEqualTo(Effect.DENY);
    }

    @Test
    void aNegationOfSomethingMissingDeniesInsteadOfHolding() {
        Map<String, Object> blocked = Map.of("attribute", "context.blocked", "equals", true);
        Map<String, Object> rule = Map.of("id", "r", "effect", "permit", "when", Map.of("not", blocked));
        assertThat(codes(rule, Map.of())).containsExactly(ReasonCodes.ATTRIBUTE_MISSING);
        assertThat(codes(rule, Collections.singletonMap("blocked", null))).containsExactly(ReasonCodes.ATTRIBUTE_NULL);
        assertThat(codes(rule, Map.of("blocked", "false"))).containsExactly(ReasonCodes.ATTRIBUTE_TYPE);
        assertThat(effect(rule, Map.of("blocked", false))).isEqualTo(Effect.PERMIT);
    }

    @Test
    void numbersAreEqualByValueWhateverTheirType() {
        Map<String, Object> rule =
                Map.of("id", "r", "effect", "permit", "when", Map.of("attribute", "context.n", "equals", 1000));
        assertThat(effect(rule, Map.of("n", 1000.0))).isEqualTo(Effect.PERMIT);
        assertThat(effect(rule, Map.of("n", 1000L))).isEqualTo(Effect.PERMIT);
        assertThat(codes(rule, Map.of("n", "1000"))).containsExactly(ReasonCodes.ATTRIBUTE_TYPE);
    }

    @Test
    void anEvaluationEndsAtItsStepLimit() {
        Map<String, Object> cheap = Map.of("attribute", "context.n", "equals", 1);
        Map<String, Object> rule =
                Map.of("id", "r", "effect", "permit", "when", Map.of("all", Collections.nCopies(100, cheap)));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .engineSettings("rules", Map.of("max_steps", 50))
                .build()) {
            assertThat(point.activate(List.of(policy(rule))).unavailable()).isEmpty();
            assertThat(point.decide(request(Map.of("n", 1))).outcome().reasonCodes())
                    .containsExactly(ReasonCodes.STEP_LIMIT);
        }
    }

    @Test
    void whatIsWrongInARuleIsNamedWithItsPlace() {
        refused(Map.of("rules", List.of()), "needs rules or tools");
        refused(Map.of("rules", "x"), "$.rules: must be a list");
        refused(Map.of("rule", List.of()), "unknown key rule");
        refused(Map.of("rules", List.of(Map.of("id", "r", "effect", "Permit"))), "$.rules[0].effect");
        refused(rules(Map.of("attribute", "context.a")), "$.rules[0].when: an attribute needs exactly one operator");
        refused(rules(Map.of("attribute", "ctx.a", "equals", 1)), "attribute path ctx.a");
        refused(rules(Map.of("attribute", "context..a", "equals", 1)), "empty step");
        refused(
                rules(Map.of("attribute", "context.a", "equals", List.of())),
                "must be a string, a number or a boolean");
        refused(rules(Map.of("attribute", "context.a", "in", List.of())), "would never hold");
        refused(rules(Map.of("attribute", "context.a", "in", List.of(1, "1"))), "mixes types");
        refused(rules(Map.of("attribute", "context.a", "like", "x")), "unknown operator like");
        refused(rules(Map.of("attribute", "context.a", "at_most", "5")), "must be a number");
        refused(rules(Map.of("all", List.of())), "is empty");
        refused(rules(Map.of("xor", List.of())), "unknown key xor");
        refused(rules(Map.of()), "exactly one of all, any, not");
        refused(Map.of("tools", Map.of()), "needs allow");
        refused(Map.of("tools", Map.of("allow", Arrays.asList("ok", null))), "must be a text");
        refused(Map.of("tools", Map.of("allow", List.of("se\u0430rch"))), "mixes the scripts");
        refused(Map.of("id", "other", "tools", Map.of("allow", List.of())), "another id than p");
        Map<String, Object> once = Map.of("id", "r", "effect", "deny");
        refused(Map.of("rules", List.of(once, once)), "two rules are called r");
        refused(Map.of("rules", List.of(Map.of("id", "r", "effect", "review", "timeout", "1 day"))), "PT24H");
        refused(
                Map.of("rules", List.of(Map.of("id", "r", "effect", "review", "timeout", "-PT1H"))),
                "longer than nothing");
        refused(
                Map.of("rules", List.of(Map.of("id", "r", "effect", "permit", "approvers", List.of("x")))),
                "only a review");
        refused(Map.of("input", Map.of("context.a", "text"), "tools", Map.of("allow", List.of())), "input.context.a");
    }

    @Test
    void aReviewThatNobodyMayApproveForAllRulesIsADenial() {
        Map<String, Object> alice = Map.of("id", "a", "effect", "review", "approvers", List.of("alice"));
        Map<String, Object> bob = Map.of("id", "b", "effect", "review", "approvers", List.of("bob"));
        Map<String, Object> anybody = Map.of("id", "c", "effect", "review");
        assertThat(decided(alice, anybody)).isEqualTo("REVIEW");
        assertThat(decided(alice, bob, anybody)).isEqualTo(ReasonCodes.REVIEW_IMPOSSIBLE);
    }

    private static String decided(Map<?, ?>... rules) {
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.of(Policy.of("p", "1", Map.of("rules", List.of((Object[]) rules))))) {
            return point.decide(Requests.risk("low", 0))
                    .fold(
                            permit -> "PERMIT",
                            review -> "REVIEW",
                            deny -> deny.outcome().reasonCodes().get(0));
        }
    }

    @Test
    void rulesThatCanNeverCountAreReportedAtActivation() {
        Map<String, Object> large = Map.of("attribute", "context.n", "greater_than", 10);
        Map<String, Object> huge = Map.of("attribute", "context.n", "at_least", 100);
        Map<String, Object> small = Map.of("attribute", "context.n", "less_than", 5);
        assertThat(findings(rule("a", "permit", huge), rule("b", "deny", large)))
                .containsExactly(
                        "unreachable_rule: rule a never counts: whenever it holds, b holds and DENY is stronger");
        assertThat(findings(rule("a", "permit", Map.of("all", List.of(large, small)))))
                .containsExactly("unreachable_rule: rule a can never hold: its condition contradicts itself");
        assertThat(findings(rule("a", "permit", small), rule("b", "review", small)))
                .contains("conflicting_rules: rules a and b hold together and disagree: PERMIT and REVIEW");
        assertThat(findings(rule("a", "permit", small), rule("b", "deny", large)))
                .isEmpty();
        assertThat(findings(rule("a", "deny", huge), rule("b", "permit", large)))
                .isEmpty();
    }

    @Test
    void theShippedPoliciesHoldNoRuleThatCannotCount() {
        for (Policy policy : List.of(
                RulePolicies.defaultGovernance(),
                RulePolicies.costOptimization(),
                RulePolicies.humanReview(),
                RulePolicies.riskThreshold("risk", "1", "request.handle", 0.3))) {
            try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
                assertThat(point.activate(List.of(policy)).findings()).isEmpty();
            }
        }
    }

    @Test
    void theShippedPoliciesKeepTheirDigests() {
        assertThat(RulePolicies.defaultGovernance().digest())
                .isEqualTo("83b0cf1b62172d11b11267d6d50a3d531570687bbc609127ef488ac13304de58");
        assertThat(RulePolicies.costOptimization().digest())
                .isEqualTo("2252c712e9d7820e6f998011a9ec7f6a82f9aba85a13eb615f6bd9eede1802f0");
        assertThat(RulePolicies.humanReview().digest())
                .isEqualTo("3dbd1db0d6d28e386e7fa5379aa007a67ea92c8995760a9fb2dfae41a142d6e8");
    }

    @Test
    void aDearModelForALowRiskWaitsForAHuman() {
        assertThat(model("economy", 0.0001, "low")).isEqualTo(Effect.PERMIT);
        assertThat(model("premium", 0.015, "medium")).isEqualTo(Effect.PERMIT);
        assertThat(model("premium", 0.015, "low")).isEqualTo(Effect.REVIEW);
        assertThat(model("economy", 0.051, "low")).isEqualTo(Effect.REVIEW);
        assertThat(model("economy", -1, "low")).isEqualTo(Effect.DENY);
        assertThat(model("unknown", 0.01, "high")).isEqualTo(Effect.DENY);
    }

    private static Effect model(String tier, double cost, String risk) {
        PolicyRequest request = PolicyRequest.of(
                        PolicyRequest.Subject.of("agent", "a"),
                        PolicyRequest.Action.of("model.select"),
                        PolicyRequest.Resource.of("model", "m"))
                .withContext(Map.of(
                        "model", Map.of("tier", tier, "estimated_cost_usd", cost), "risk", Map.of("level", risk)));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.costOptimization())) {
            return point.decide(request).effect();
        }
    }

    private static List<String> findings(Object... rules) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
            return point.activate(List.of(policy(rules))).findings().stream()
                    .map(finding -> finding.code() + ": " + finding.message())
                    .toList();
        }
    }

    private static Map<String, Object> rule(String id, String effect, Map<String, Object> when) {
        return Map.of("id", id, "effect", effect, "when", when);
    }

    private static Map<String, Object> rules(Map<String, Object> when) {
        return Map.of("rules", List.of(rule("r", "permit", when)));
    }

    private static void refused(Map<String, Object> body, String problem) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
            assertThatThrownBy(() -> point.activate(List.of(Policy.of("p", "1", body))))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageStartingWith("policy p: ")
                    .hasMessageContaining(problem);
        }
    }

    private static Effect effect(Map<String, Object> rule, Map<String, Object> context) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy(rule))) {
            return point.decide(request(context)).effect();
        }
    }

    private static List<String> codes(Map<String, Object> rule, Map<String, Object> context) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy(rule))) {
            return point.decide(request(context)).outcome().reasonCodes();
        }
    }

    private static PolicyRequest request(Map<String, Object> context) {
        return Requests.tool("x").withContext(new HashMap<>(context));
    }

    private static Policy policy(Object... rules) {
        return Policy.of("p", "1", Map.of("rules", Arrays.asList(rules)));
    }
}
