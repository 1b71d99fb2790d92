package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What governance decided.
 *
 * @param requiresHitl whether a human must decide
 * @param hitlReason why; empty when no human is needed
 * @param checksPassed names of the checks that passed
 * @param checksFailed names of the checks that failed
 * @param policyIds ids of the policies that had something to say
 */
public record GovernanceResult(
        @JsonProperty("requires_hitl") boolean requiresHitl,
        @JsonProperty("hitl_reason") String hitlReason,
        @JsonProperty("checks_passed") List<String> checksPassed,
        @JsonProperty("checks_failed") List<String> checksFailed,
        @JsonProperty("policy_ids") List<String> policyIds) {
    /** Checks and copies. */
    public GovernanceResult {
        hitlReason = Checks.anyText(hitlReason, "$.governance.hitl_reason");
        checksPassed = Checks.texts(checksPassed, "$.governance.checks_passed");
        checksFailed = Checks.texts(checksFailed, "$.governance.checks_failed");
        policyIds = Checks.texts(policyIds, "$.governance.policy_ids");
    }
}
