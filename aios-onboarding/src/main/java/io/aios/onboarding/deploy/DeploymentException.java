package io.aios.onboarding.deploy;

import io.aios.onboarding.pack.OnboardingException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A deployment that may not start, cannot go on, or did not give the planned state; the target's log says how far. */
public final class DeploymentException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why it stopped. */
    public enum Reason {
        /** The plan was made from another state, serial or lineage of the target; plan again. */
        STALE_PLAN,
        /** Another executor holds the lease, or took it over. */
        LEASE,
        /** A resource is neither as the plan found it nor as it leaves it. */
        DRIFT,
        /** The target's log or anchor is torn, truncated, reordered, edited or foreign. */
        LOG,
        /** A run is open that this call cannot continue. */
        OPEN_RUN,
        /** The input does not fit: another organisation, an empty history, a target that is not fresh. */
        REFUSED,
        /** The target cannot be read or written. */
        TARGET
    }

    /** Creates it with its reason and message. */
    public DeploymentException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** Creates it with its reason, message and cause. */
    public DeploymentException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why it stopped. */
    public Reason reason() {
        return reason;
    }
}
