package io.aios.policy;

/** Thrown by {@link Decision#orElseThrow()} for a decision that is not a permit. */
public final class NotPermittedException extends PolicyException {
    private static final long serialVersionUID = 1L;

    private final transient Decision decision;

    NotPermittedException(Decision decision) {
        super(decision.effect() + " by decision " + decision.outcome().evaluationId() + ": "
                + decision.outcome().reasonCodes());
        this.decision = decision;
    }

    /** The review or denial. */
    public Decision decision() {
        return decision;
    }
}
