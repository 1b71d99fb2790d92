package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Decision;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The code of docs/how-to/write-a-policy.md. */
class PolicyHowToTest {
    @Test
    void aPolicyOfRulesDecides() {
        // tag::rules[]
        Map<String, Object> verified = Map.of("attribute", "context.customer.verified", "equals", true);
        Map<String, Object> small = Map.of("attribute", "context.amount", "at_most", 100);
        Map<String, Object> large = Map.of("attribute", "context.amount", "greater_than", 100);
        Policy refunds = Policy.of(
                "refunds",
                "3",
                Map.of(
                        "actions", List.of("refund.pay"),
                        "input", Map.of("context.customer.verified", "boolean", "context.amount", "number"),
                        "rules",
                                List.of(
                                        Map.of(
                                                "id", "small",
                                                "effect", "permit",
                                                "when", Map.of("all", List.of(verified, small))),
                                        Map.of(
                                                "id", "large",
                                                "effect", "review",
                                                "when", Map.of("all", List.of(verified, large)),
                                                "approvers", List.of("refund-team"),
                                                "timeout", "PT24H",
                                                "reason_user", "A colleague has to agree to this refund."))));
        // end::rules[]
        // tag::decide[]
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.of(refunds)) {
            PolicyRequest ask = PolicyRequest.of(
                    Subject.of("agent", "billing"), Action.of("refund.pay"), Resource.of("order", "o-77"));

            Decision paid = decisions.decide(
                    ask.withContext(Map.of("customer", Map.of("verified", true), "amount", 40))); // permit
            Decision asked = decisions.decide(
                    ask.withContext(Map.of("customer", Map.of("verified", true), "amount", 400))); // review
            Decision stranger = decisions.decide(
                    ask.withContext(Map.of("customer", Map.of("verified", false), "amount", 40))); // nothing_permits
            Decision unclear = decisions.decide(ask.withContext(Map.of("amount", 40))); // attribute_missing
            // end::decide[]
            assertThat(paid.isPermit()).isTrue();
            assertThat(asked)
                    .isInstanceOfSatisfying(
                            Decision.Review.class,
                            review -> assertThat(review.outcome().userText()).contains("colleague"));
            assertThat(stranger.outcome().reasonCodes()).contains("nothing_permits");
            assertThat(unclear.outcome().reasonCodes()).contains("attribute_missing");
        }
    }

    @Test
    void aWrongPolicyIsRefusedWithItsPlace() {
        Policy typo = Policy.of(
                "typo",
                "1",
                Map.of("rules", List.of(Map.of("id", "x", "effect", "permit", "wehn", Map.of("attribute", "a")))));

        assertThatThrownBy(() -> PolicyDecisionPoint.of(typo))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("$.rules[0]: unknown key wehn");
    }
}
