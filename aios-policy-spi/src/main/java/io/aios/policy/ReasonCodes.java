package io.aios.policy;

/** Codes of the reasons that the decision point itself gives. Each failure has its own; all of them deny or hold. */
public final class ReasonCodes {
    /** No policy is loaded. */
    public static final String NO_POLICY = "no_policy";

    /** Policies are loaded, none of them permits. */
    public static final String NOTHING_PERMITS = "nothing_permits";

    /** An attribute that a policy requires is missing. */
    public static final String ATTRIBUTE_MISSING = "attribute_missing";

    /** An attribute that a policy requires is null. */
    public static final String ATTRIBUTE_NULL = "attribute_null";

    /** An attribute that a policy requires has another type. */
    public static final String ATTRIBUTE_TYPE = "attribute_type";

    /** The tool's name is not on the allow-list, or no name is. */
    public static final String TOOL_NOT_ALLOWED = "tool_not_allowed";

    /** The tool's name mixes scripts, is not in Unicode form NFC or holds invisible characters. */
    public static final String TOOL_NAME_UNSAFE = "tool_name_unsafe";

    /** No answer before the deadline. */
    public static final String TIMEOUT = "timeout";

    /** Too many evaluations of this engine are still running. */
    public static final String SATURATED = "saturated";

    /** The engine failed too often in a row and is left alone for a while. */
    public static final String CIRCUIT_OPEN = "circuit_open";

    /** The evaluation took more steps than a bounded engine may. */
    public static final String STEP_LIMIT = "step_limit";

    /** The engine is missing, broken or refused the policy. */
    public static final String ENGINE_UNAVAILABLE = "engine_unavailable";

    /** The engine threw an exception. */
    public static final String ENGINE_EXCEPTION = "engine_exception";

    /** The engine threw an error, such as a stack overflow. */
    public static final String ENGINE_ERROR = "engine_error";

    /** The engine's server answered with another status than 200. */
    public static final String ENGINE_STATUS = "engine_status";

    /** The engine answered null. */
    public static final String VERDICT_NULL = "verdict_null";

    /** The engine had no answer: the policy or its path is undefined. */
    public static final String VERDICT_UNDEFINED = "verdict_undefined";

    /** The engine's answer has another type than a verdict. */
    public static final String VERDICT_TYPE = "verdict_type";

    /** The engine's answer cannot be read. */
    public static final String VERDICT_MALFORMED = "verdict_malformed";

    /** The policy is not in force yet, or was replaced while it was asked. */
    public static final String POLICY_DRAFT = "policy_draft";

    /** The engine's server no longer holds what was activated. */
    public static final String POLICY_DRIFTED = "policy_drifted";

    /** The policy was retired. */
    public static final String POLICY_RETIRED = "policy_retired";

    /** The permit carries an obligation the caller does not understand. */
    public static final String OBLIGATION_UNKNOWN = "obligation_unknown";

    /** The calling thread was interrupted while waiting. */
    public static final String INTERRUPTED = "interrupted";

    /** A listener threw, so the decision may be unrecorded. */
    public static final String LISTENER_FAILED = "listener_failed";

    /** The decision point itself failed. */
    public static final String INTERNAL_ERROR = "internal_error";

    /** The decision point was closed. */
    public static final String CLOSED = "closed";

    /** A human must decide. */
    public static final String REVIEW_REQUIRED = "review_required";

    /** Rules ask for a human, and no one may approve for all of them. */
    public static final String REVIEW_IMPOSSIBLE = "review_impossible";

    /** The approval is unknown, withdrawn, or its authority could not be asked. */
    public static final String APPROVAL_UNKNOWN = "approval_unknown";

    /** The approval has expired, or is dated in the future. */
    public static final String APPROVAL_EXPIRED = "approval_expired";

    /** The approver is the subject. */
    public static final String APPROVAL_SELF = "approval_self";

    /** The approval is for another request or another set of policies. */
    public static final String APPROVAL_MISMATCH = "approval_mismatch";

    /** The approver is none of those the policy names. */
    public static final String APPROVAL_APPROVER = "approval_approver";

    /** The approval was used before. */
    public static final String APPROVAL_USED = "approval_used";

    private ReasonCodes() {}
}
