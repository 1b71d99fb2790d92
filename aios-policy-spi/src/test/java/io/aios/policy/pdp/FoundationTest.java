package io.aios.policy.pdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Decision;
import io.aios.policy.Effect;
import io.aios.policy.Governance;
import io.aios.policy.NotPermittedException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import io.aios.policy.Requests;
import io.aios.policy.rules.RulePolicies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the simulation of a request needs of a decision point. */
class FoundationTest {
    @Test
    void aRequestOfLowRiskNeedsNoHumanAndSaysSoAsTheTraceDoes() {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.defaultGovernance())) {
            Governance governance = point.decide(Requests.risk("low", 0.0)).governance();
            assertThat(governance.requiresHitl()).isFalse();
            assertThat(governance.hitlReason()).isEmpty();
            assertThat(governance.checksPassed()).containsExactly("syntax_valid");
            assertThat(governance.checksFailed()).isEmpty();
            assertThat(governance.policyIds()).containsExactly("default_governance");
            assertThat(governance.policy())
                    .hasValueSatisfying(policy -> assertThat(policy.digest()).hasSize(64));
        }
    }

    @Test
    void aRequestOfMediumRiskNeedsAHumanForTheReasonOfTheOriginalSystem() {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.defaultGovernance())) {
            Governance governance = point.decide(Requests.risk("medium", 0.3)).governance();
            assertThat(governance.requiresHitl()).isTrue();
            assertThat(governance.hitlReason()).isEqualTo("Risk level medium requires human review");
            assertThat(governance.checksPassed()).isEmpty();
            assertThat(governance.checksFailed()).containsExactly("risk_threshold");
            assertThat(governance.policyIds()).containsExactly("default_governance");
        }
    }

    @Test
    void anUnknownRiskLevelIsNotPermitted() {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.defaultGovernance())) {
            assertThat(point.decide(Requests.risk("harmless", 0.0)).outcome().reasonCodes())
                    .containsExactly(ReasonCodes.NOTHING_PERMITS);
        }
    }

    @Test
    void withoutAnyPolicyEverythingIsDenied() {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
            Decision decision = point.decide(Requests.risk("low", 0.0));
            assertThat(decision.effect()).isEqualTo(Effect.DENY);
            assertThat(decision.outcome().reasonCodes()).containsExactly(ReasonCodes.NO_POLICY);
            assertThatThrownBy(decision::orElseThrow)
                    .isInstanceOf(NotPermittedException.class)
                    .hasMessageContaining("no_policy");
        }
    }

    @Test
    void aToolOnTheListIsAllowedAndAnyOtherDenied() {
        Policy tools = RulePolicies.toolAllowList("tools", "1", List.of("search_kb", "create_ticket"));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(tools)) {
            assertThat(point.decide(Requests.tool("search_kb")).isPermit()).isTrue();
            assertThat(codes(point, "search_kb2")).containsExactly(ReasonCodes.TOOL_NOT_ALLOWED);
            assertThat(codes(point, "Search_kb")).containsExactly(ReasonCodes.TOOL_NOT_ALLOWED);
        }
    }

    @Test
    void aNullListAndAnEmptyListDenyEveryTool() {
        try (PolicyDecisionPoint none = PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", null));
                PolicyDecisionPoint empty =
                        PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of()))) {
            assertThat(codes(none, "search_kb")).containsExactly(ReasonCodes.TOOL_NOT_ALLOWED);
            assertThat(codes(empty, "search_kb")).containsExactly(ReasonCodes.TOOL_NOT_ALLOWED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sear\u0441h_kb",
                "search_kb\u200b",
                "search kb",
                "se\u0301arch",
                "\ufeffsearch_kb",
                "search_kb\n",
                "search\u00a0kb",
                "p\u0430y\u0440al"
            })
    void aNameThatLooksLikeAnotherIsUnsafe(String name) {
        Policy tools = RulePolicies.toolAllowList("tools", "1", List.of("search_kb"));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(tools)) {
            assertThat(codes(point, name)).containsExactly(ReasonCodes.TOOL_NAME_UNSAFE);
        }
    }

    @Test
    void aDenialOfOnePolicyBeatsThePermitOfAnother() {
        Policy deny = Policy.of(
                "no_hr",
                "1",
                Map.of("rules", List.of(Map.of("id", "stop", "effect", "deny", "reason_user", "Closed."))));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.defaultGovernance(), deny)) {
            Decision decision = point.decide(Requests.risk("low", 0.0));
            assertThat(decision.effect()).isEqualTo(Effect.DENY);
            assertThat(decision.userText()).isEqualTo("Closed.");
            assertThat(decision.governance().policyIds()).containsExactly("default_governance", "no_hr");
            assertThat(decision.governance().policy())
                    .hasValueSatisfying(policy -> assertThat(policy.id()).isEqualTo("no_hr"));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.90, 0.95, 1.0})
    void aDeploymentItemOfNinetyPercentOrMoreIsApproved(double score) {
        assertThat(confidence(score)).isEqualTo(Effect.PERMIT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, 0.5, 0.8999999999})
    void aDeploymentItemBelowNinetyPercentWaitsForAHuman(double score) {
        assertThat(confidence(score)).isEqualTo(Effect.REVIEW);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.0000001, 90})
    void aConfidenceOutsideZeroToOneIsDenied(double score) {
        assertThat(confidence(score)).isEqualTo(Effect.DENY);
    }

    private static Effect confidence(double score) {
        PolicyRequest request = PolicyRequest.of(
                        Subject.of("user", "author"), Action.of("deployment.approve"), Resource.of("department", "hr"))
                .withContext(Map.of("confidence", Map.of("score", score)));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.humanReview())) {
            return point.decide(request).effect();
        }
    }

    private static List<String> codes(PolicyDecisionPoint point, String tool) {
        return point.decide(Requests.tool(tool)).outcome().reasonCodes();
    }
}
