package io.aios.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What every decision tells: why, what to do, and on what evidence. Evaluation id and elapsed time differ from one
 * evaluation to the next and therefore never belong into a hash of the decision.
 *
 * @param evaluationId names this evaluation in logs and audit
 * @param reasons in the order of the policies, those of the deciding effect first
 * @param obligations what a permit obliges to; empty for a denial
 * @param checksPassed names of the checks that passed
 * @param checksFailed names of the checks that failed
 * @param evidence one per policy that was asked
 * @param policyDigest digest of the set of loaded policies
 * @param approvalId the approval that turned a review into a permit
 * @param elapsed from the call to the decision
 * @param slow whether that took longer than the warning limit
 */
public record Outcome(
        String evaluationId,
        List<Reason> reasons,
        List<Obligation> obligations,
        List<String> checksPassed,
        List<String> checksFailed,
        List<Evidence> evidence,
        String policyDigest,
        Optional<String> approvalId,
        Duration elapsed,
        boolean slow) {
    /** Copies. */
    public Outcome {
        Objects.requireNonNull(evaluationId, "evaluationId");
        reasons = List.copyOf(reasons);
        obligations = List.copyOf(obligations);
        checksPassed = List.copyOf(checksPassed);
        checksFailed = List.copyOf(checksFailed);
        evidence = List.copyOf(evidence);
        Objects.requireNonNull(policyDigest, "policyDigest");
        Objects.requireNonNull(approvalId, "approvalId");
        Objects.requireNonNull(elapsed, "elapsed");
    }

    /** Codes of the reasons, in order. */
    public List<String> reasonCodes() {
        return reasons.stream().map(Reason::code).toList();
    }

    /** Texts for the person who asked, joined; empty when no policy has one for them. */
    public String userText() {
        return reasons.stream()
                .map(Reason::user)
                .filter(user -> !user.isEmpty())
                .distinct()
                .collect(Collectors.joining(" "));
    }
}
