package io.aios.policy;

/** A policy is refused: its identity, its body or its input contract is wrong. Nothing was activated. */
public final class InvalidPolicyException extends PolicyException {
    private static final long serialVersionUID = 1L;

    private final String policyId;

    /** Names the policy, and what to change in it. */
    public InvalidPolicyException(String policyId, String problem) {
        super("policy " + policyId + ": " + problem);
        this.policyId = policyId;
    }

    /** As {@link #InvalidPolicyException(String, String)}, with the failure that revealed it. */
    public InvalidPolicyException(String policyId, String problem, Throwable cause) {
        super("policy " + policyId + ": " + problem, cause);
        this.policyId = policyId;
    }

    /** Id of the refused policy. */
    public String policyId() {
        return policyId;
    }
}
