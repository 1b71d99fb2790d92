package io.aios.policy.spi;

import io.aios.policy.Effect;
import io.aios.policy.Obligation;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one policy says to one question.
 *
 * @param effect the effect; empty when the policy has nothing to say
 * @param reasons why
 * @param obligations what a permit, or the permit a review may become, obliges to
 * @param checksPassed names of the checks that passed
 * @param checksFailed names of the checks that failed
 * @param approvers for a review: ids or roles that may approve; anybody but the subject when empty
 * @param validFor for a review: how long an approval counts
 */
public record Verdict(
        Optional<Effect> effect,
        List<Reason> reasons,
        List<Obligation> obligations,
        List<String> checksPassed,
        List<String> checksFailed,
        List<String> approvers,
        Duration validFor) {
    /** How long an approval counts when the policy does not say: a day. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofDays(1);

    /** Checks and copies. */
    public Verdict {
        Objects.requireNonNull(effect, "effect");
        reasons = List.copyOf(reasons);
        obligations = List.copyOf(obligations);
        checksPassed = List.copyOf(checksPassed);
        checksFailed = List.copyOf(checksFailed);
        approvers = List.copyOf(approvers);
        Objects.requireNonNull(validFor, "validFor");
    }

    /** The policy permits. */
    public static Verdict permit() {
        return of(Optional.of(Effect.PERMIT), List.of());
    }

    /** The policy wants a human to decide. */
    public static Verdict review(Reason reason) {
        return of(Optional.of(Effect.REVIEW), List.of(reason));
    }

    /** The policy denies. */
    public static Verdict deny(Reason reason) {
        return of(Optional.of(Effect.DENY), List.of(reason));
    }

    /** The policy is about something else. Alone, that denies. */
    public static Verdict notApplicable() {
        return of(Optional.empty(), List.of());
    }

    /** The answer could not be read: it is missing, of another type or malformed. Denies with that code. */
    public static Verdict unreadable(String code, String problem) {
        return deny(Reason.of(code, problem)).withChecks(List.of(), List.of(code));
    }

    /** The policy or the path asked for is not defined. */
    public static Verdict undefined(String what) {
        return unreadable(ReasonCodes.VERDICT_UNDEFINED, what + " is undefined");
    }

    /** The same verdict with these reasons. */
    public Verdict withReasons(List<Reason> newReasons) {
        return new Verdict(effect, newReasons, obligations, checksPassed, checksFailed, approvers, validFor);
    }

    /** The same verdict with these obligations. */
    public Verdict withObligations(List<Obligation> newObligations) {
        return new Verdict(effect, reasons, newObligations, checksPassed, checksFailed, approvers, validFor);
    }

    /** The same verdict with these checks. */
    public Verdict withChecks(List<String> passed, List<String> failed) {
        return new Verdict(effect, reasons, obligations, passed, failed, approvers, validFor);
    }

    /** The same verdict, to be approved by one of these, within that time. */
    public Verdict withApproval(List<String> newApprovers, Duration newValidFor) {
        return new Verdict(effect, reasons, obligations, checksPassed, checksFailed, newApprovers, newValidFor);
    }

    private static Verdict of(Optional<Effect> effect, List<Reason> reasons) {
        return new Verdict(effect, reasons, List.of(), List.of(), List.of(), List.of(), DEFAULT_VALIDITY);
    }
}
