package io.aios.policy.rules;

import io.aios.policy.AttributePath;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;

/** One evaluation: the question and the steps it may still take. */
final class Evaluation {
    /** The evaluation has no result; it denies with this reason. */
    static final class Undecidable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Reason reason;

        Undecidable(String code, AttributePath attribute) {
            this(Reason.of(code, "a rule compares attribute " + attribute.text()));
        }

        Undecidable(Reason reason) {
            super(reason.code(), null, false, false);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    private final PolicyRequest question;
    private long stepsLeft;

    Evaluation(PolicyRequest question, long steps) {
        this.question = question;
        this.stepsLeft = steps;
    }

    PolicyRequest question() {
        return question;
    }

    void step() {
        if (stepsLeft-- <= 0) {
            throw new Undecidable(Reason.of(ReasonCodes.STEP_LIMIT, "the rules took more steps than max_steps allows"));
        }
    }

    Object value(AttributePath attribute) {
        Object value = attribute.in(question);
        if (value == null) {
            throw new Undecidable(
                    attribute.existsIn(question) ? ReasonCodes.ATTRIBUTE_NULL : ReasonCodes.ATTRIBUTE_MISSING,
                    attribute);
        }
        return value;
    }
}
