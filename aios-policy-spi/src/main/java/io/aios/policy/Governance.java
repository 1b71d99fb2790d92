package io.aios.policy;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A decision in the words of a decision trace: {@code governance{requires_hitl, hitl_reason, checks_passed,
 * checks_failed, policy_ids}} and {@code policy{id, version, digest, enforcement}}. It holds nothing that differs between
 * two evaluations of the same request under the same policies.
 *
 * @param requiresHitl whether a human must decide
 * @param hitlReason what the human is told; empty when none is needed
 * @param checksPassed names of the checks that passed
 * @param checksFailed names of the checks that failed
 * @param policyIds ids of the policies that had something to say
 * @param policy the policy that decided; empty when no policy did
 */
public record Governance(
        boolean requiresHitl,
        String hitlReason,
        List<String> checksPassed,
        List<String> checksFailed,
        List<String> policyIds,
        Optional<PolicyRef> policy) {
    /** Copies. */
    public Governance {
        Objects.requireNonNull(hitlReason, "hitlReason");
        checksPassed = List.copyOf(checksPassed);
        checksFailed = List.copyOf(checksFailed);
        policyIds = List.copyOf(policyIds);
        Objects.requireNonNull(policy, "policy");
    }

    static Governance of(Decision decision) {
        Outcome outcome = decision.outcome();
        boolean review = decision.effect() == Effect.REVIEW;
        List<Evidence> spoke = outcome.evidence().stream()
                .filter(evidence -> !evidence.effect().equals(Evidence.NOT_APPLICABLE))
                .toList();
        // With an approval the effect is PERMIT although a policy said REVIEW: that policy decided.
        Optional<PolicyRef> decider = spoke.stream()
                .filter(evidence -> evidence.effect().equals(strongest(spoke)))
                .map(Evidence::policy)
                .findFirst();
        return new Governance(
                review,
                review ? decision.userText() : "",
                outcome.checksPassed(),
                outcome.checksFailed(),
                spoke.stream().map(evidence -> evidence.policy().id()).toList(),
                decider);
    }

    private static String strongest(List<Evidence> spoke) {
        return spoke.stream()
                .map(evidence -> Effect.valueOf(evidence.effect()))
                .max(Effect::compareTo)
                .map(Effect::name)
                .orElse("");
    }
}
