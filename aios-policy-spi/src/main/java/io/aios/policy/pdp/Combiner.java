package io.aios.policy.pdp;

import io.aios.policy.Decision;
import io.aios.policy.Decision.ReviewNeed;
import io.aios.policy.Decision.ReviewRequest;
import io.aios.policy.Effect;
import io.aios.policy.Evidence;
import io.aios.policy.Obligation;
import io.aios.policy.Outcome;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Deny-overrides: DENY before REVIEW before PERMIT, and nothing that permits is a denial. */
final class Combiner {
    /** What one policy said, after the decision point's own checks. */
    record Answer(ActiveSet.Entry entry, Verdict verdict, Duration elapsed) {}

    private final PolicyRequest request;
    private final ActiveSet set;
    private final String evaluationId;
    private final Set<String> obligationTypes;

    Combiner(PolicyRequest request, ActiveSet set, String evaluationId, Set<String> obligationTypes) {
        this.request = request;
        this.set = set;
        this.evaluationId = evaluationId;
        this.obligationTypes = obligationTypes;
    }

    /** The decision before any approval. */
    Decision combine(List<Answer> answers, Duration elapsed, boolean slow) {
        Optional<Effect> strongest = answers.stream()
                .flatMap(answer -> answer.verdict().effect().stream())
                .max(Effect::compareTo);
        if (strongest.isEmpty()) {
            String code = set.entries().isEmpty() ? ReasonCodes.NO_POLICY : ReasonCodes.NOTHING_PERMITS;
            String text = set.entries().isEmpty() ? "no policy is loaded" : "no loaded policy permits this";
            return deny(answers, Reason.of(code, text), elapsed, slow);
        }
        Effect effect = strongest.get();
        List<Obligation> obligations = effect == Effect.DENY ? List.of() : obligations(answers);
        for (Obligation obligation : obligations) {
            if (!obligationTypes.contains(obligation.type())) {
                Reason reason = Reason.of(
                        ReasonCodes.OBLIGATION_UNKNOWN,
                        "the caller does not understand obligation type " + obligation.type());
                return deny(answers, reason, elapsed, slow);
            }
        }
        Outcome outcome = outcome(answers, reasons(answers, effect), obligations, List.of(), elapsed, slow);
        return switch (effect) {
            case PERMIT -> new Decision.Permit(outcome);
            case REVIEW -> new Decision.Review(outcome, ask(answers));
            case DENY -> new Decision.Deny(outcome);
        };
    }

    Decision.Deny deny(List<Answer> answers, Reason reason, Duration elapsed, boolean slow) {
        return new Decision.Deny(outcome(answers, List.of(reason), List.of(), List.of(reason.code()), elapsed, slow));
    }

    private Outcome outcome(
            List<Answer> answers,
            List<Reason> reasons,
            List<Obligation> obligations,
            List<String> alsoFailed,
            Duration elapsed,
            boolean slow) {
        Set<String> passed = new LinkedHashSet<>();
        Set<String> failed = new LinkedHashSet<>();
        List<Evidence> evidence = new ArrayList<>(answers.size());
        for (Answer answer : answers) {
            passed.addAll(answer.verdict().checksPassed());
            failed.addAll(answer.verdict().checksFailed());
            evidence.add(new Evidence(
                    answer.entry().ref(),
                    answer.entry().engine().id(),
                    answer.entry().engine().version(),
                    answer.verdict().effect().map(Effect::name).orElse(Evidence.NOT_APPLICABLE),
                    answer.entry().policy().controls(),
                    answer.elapsed()));
        }
        failed.addAll(alsoFailed);
        passed.removeAll(failed);
        return new Outcome(
                evaluationId,
                reasons,
                obligations,
                List.copyOf(passed),
                List.copyOf(failed),
                evidence,
                set.digest(),
                Optional.empty(),
                elapsed,
                slow);
    }

    private static List<Reason> reasons(List<Answer> answers, Effect effect) {
        List<Reason> reasons = new ArrayList<>();
        for (Answer answer : answers) {
            if (answer.verdict().effect().equals(Optional.of(effect))) {
                reasons.addAll(answer.verdict().reasons());
            }
        }
        if (reasons.isEmpty() && effect == Effect.REVIEW) {
            reasons.add(Reason.of(ReasonCodes.REVIEW_REQUIRED, "a policy asks for human review"));
        }
        return reasons;
    }

    private static List<Obligation> obligations(List<Answer> answers) {
        return answers.stream()
                .filter(answer -> answer.verdict().effect().isPresent())
                .flatMap(answer -> answer.verdict().obligations().stream())
                .toList();
    }

    private ReviewRequest ask(List<Answer> answers) {
        List<ReviewNeed> needs = new ArrayList<>();
        for (Answer answer : answers) {
            Verdict verdict = answer.verdict();
            if (verdict.effect().equals(Optional.of(Effect.REVIEW))) {
                needs.add(new ReviewNeed(answer.entry().policy().id(), verdict.approvers(), verdict.validFor()));
            }
        }
        return new ReviewRequest(
                request.digest(), set.digest(), request.subject().id(), needs);
    }
}
