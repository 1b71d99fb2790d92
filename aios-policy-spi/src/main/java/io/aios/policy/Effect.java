package io.aios.policy;

/** The three effects of a decision, from weak to strong: the strongest of all policies wins. */
public enum Effect {
    /** Allowed. */
    PERMIT,
    /** Held until a human decides. */
    REVIEW,
    /** Not allowed. */
    DENY
}
