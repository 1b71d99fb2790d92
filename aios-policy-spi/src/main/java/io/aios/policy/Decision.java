package io.aios.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What the decision point answers: a permit, a review (a human must decide) or a denial. Only a {@link Permit} allows
 * anything; what it obliges to stands in its {@link Outcome}.
 */
public sealed interface Decision {
    /** What all decisions tell alike: reasons, obligations, evidence. */
    Outcome outcome();

    /** Which of the three it is. */
    Effect effect();

    /** Allowed, provided that the obligations are met. */
    record Permit(Outcome outcome) implements Decision {
        @Override
        public Effect effect() {
            return Effect.PERMIT;
        }
    }

    /**
     * Held: ask a human, then ask the decision point again with the approval.
     *
     * @param outcome reasons and evidence
     * @param ask what the human is asked, and what an approval must be bound to
     */
    record Review(Outcome outcome, ReviewRequest ask) implements Decision {
        @Override
        public Effect effect() {
            return Effect.REVIEW;
        }
    }

    /** Not allowed. */
    record Deny(Outcome outcome) implements Decision {
        @Override
        public Effect effect() {
            return Effect.DENY;
        }
    }

    /** Calls the function that fits and returns what it returns. */
    default <T> T fold(
            Function<? super Permit, ? extends T> onPermit,
            Function<? super Review, ? extends T> onReview,
            Function<? super Deny, ? extends T> onDeny) {
        if (this instanceof Permit permit) {
            return onPermit.apply(permit);
        } else if (this instanceof Review review) {
            return onReview.apply(review);
        }
        return onDeny.apply((Deny) this);
    }

    /**
     * The permit.
     *
     * @throws NotPermittedException when a human must decide or it is denied
     */
    default Permit orElseThrow() {
        if (this instanceof Permit permit) {
            return permit;
        }
        throw new NotPermittedException(this);
    }

    /** Whether it is a {@link Permit}. */
    default boolean isPermit() {
        return this instanceof Permit;
    }

    /** What the person who asked may be told: the policies' own words for them, or a neutral sentence. */
    default String userText() {
        String text = outcome().userText();
        if (!text.isEmpty()) {
            return text;
        }
        return switch (effect()) {
            case PERMIT -> "This request is allowed.";
            case REVIEW -> "A human must decide on this request.";
            case DENY -> "This request is not allowed.";
        };
    }

    /** The decision as a trace records it: human review, checks and policies. */
    default Governance governance() {
        return Governance.of(this);
    }

    /**
     * What one approval has to match. A change of the request or of any loaded policy makes a new one.
     *
     * @param requestDigest {@link PolicyRequest#digest()}
     * @param policyDigest digest of the set of loaded policies
     * @param subject the subject's id, who must not be the approver
     * @param needs one per policy that asks for review
     */
    record ReviewRequest(String requestDigest, String policyDigest, String subject, List<ReviewNeed> needs) {
        /** Copies. */
        public ReviewRequest {
            Objects.requireNonNull(requestDigest, "requestDigest");
            Objects.requireNonNull(policyDigest, "policyDigest");
            Objects.requireNonNull(subject, "subject");
            needs = List.copyOf(needs);
        }
    }

    /**
     * What one policy asks of the approver.
     *
     * @param policyId the policy
     * @param approvers ids or roles that may approve; anybody but the subject when empty
     * @param validFor how long an approval counts from the moment it was given
     */
    record ReviewNeed(String policyId, List<String> approvers, Duration validFor) {
        /** Copies. */
        public ReviewNeed {
            Objects.requireNonNull(policyId, "policyId");
            Objects.requireNonNull(validFor, "validFor");
            approvers = List.copyOf(approvers);
        }

        /** Whether an approval given then, by somebody of that id and these roles, satisfies it now. */
        public boolean accepts(String approver, List<String> roles) {
            return approvers.isEmpty()
                    || approvers.contains(approver)
                    || roles.stream().anyMatch(approvers::contains);
        }

        /** Whether an approval given then still counts. */
        public boolean isCurrent(Instant grantedAt, Instant now) {
            return !now.isBefore(grantedAt) && now.isBefore(grantedAt.plus(validFor));
        }
    }
}
