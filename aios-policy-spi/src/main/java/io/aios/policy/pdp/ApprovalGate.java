package io.aios.policy.pdp;

import io.aios.policy.Decision;
import io.aios.policy.Decision.Review;
import io.aios.policy.Outcome;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only way from review to permit. */
final class ApprovalGate {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyDecisionPoint.class);

    private final Optional<ApprovalAuthority> authority;
    private final Clock clock;

    ApprovalGate(Optional<ApprovalAuthority> authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /** A permit when the approval counts; otherwise the same review, with the reason why it does not. */
    Decision pass(Review review, String approvalId) {
        try {
            Optional<Approval> approval =
                    authority.isEmpty() ? Optional.empty() : authority.get().find(approvalId);
            String refused = approval.isEmpty() || !approval.get().id().equals(approvalId)
                    ? ReasonCodes.APPROVAL_UNKNOWN
                    : refusal(review, approval.get());
            if (!refused.isEmpty()) {
                return held(review, refused);
            }
            return authority.get().consume(approvalId)
                    ? new Decision.Permit(
                            with(review.outcome(), review.outcome().reasons(), Optional.of(approvalId)))
                    : held(review, ReasonCodes.APPROVAL_USED);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(
                    "decision {}: the approval authority failed with {}",
                    review.outcome().evaluationId(),
                    e.getClass().getName());
            return held(review, ReasonCodes.APPROVAL_UNKNOWN);
        }
    }

    private String refusal(Review review, Approval approval) {
        Instant now = clock.instant();
        if (!same(approval.requestDigest(), review.ask().requestDigest())
                || !same(approval.policyDigest(), review.ask().policyDigest())) {
            return ReasonCodes.APPROVAL_MISMATCH;
        } else if (approval.approver().equals(review.ask().subject())) {
            return ReasonCodes.APPROVAL_SELF;
        } else if (now.isBefore(approval.grantedAt()) || !now.isBefore(approval.expiresAt())) {
            return ReasonCodes.APPROVAL_EXPIRED;
        }
        for (Decision.ReviewNeed need : review.ask().needs()) {
            if (!need.isCurrent(approval.grantedAt(), now)) {
                return ReasonCodes.APPROVAL_EXPIRED;
            } else if (!need.accepts(approval.approver(), approval.roles())) {
                return ReasonCodes.APPROVAL_APPROVER;
            }
        }
        return "";
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static Review held(Review review, String code) {
        List<Reason> reasons = new ArrayList<>(review.outcome().reasons());
        reasons.add(Reason.of(code, "the approval changes nothing"));
        return new Review(with(review.outcome(), reasons, Optional.empty()), review.ask());
    }

    private static Outcome with(Outcome outcome, List<Reason> reasons, Optional<String> approvalId) {
        return new Outcome(
                outcome.evaluationId(),
                reasons,
                outcome.obligations(),
                outcome.checksPassed(),
                outcome.checksFailed(),
                outcome.evidence(),
                outcome.policyDigest(),
                approvalId,
                outcome.elapsed(),
                outcome.slow());
    }
}
