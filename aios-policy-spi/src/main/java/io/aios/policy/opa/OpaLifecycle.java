package io.aios.policy.opa;

import java.util.Set;

/** Where a policy is on its way: written, answering, taken back. Nothing returns to an earlier state. */
public enum OpaLifecycle {
    /** Written and checked; not on the server, or not yet proven there. */
    DRAFT,
    /** Uploaded, read back with an equal digest, its golden cases answered as expected. */
    ACTIVE,
    /** Removed from the server. */
    RETIRED;

    /** Whether a policy in this state may go to that one. */
    public boolean mayBecome(OpaLifecycle next) {
        return switch (this) {
            case DRAFT -> Set.of(ACTIVE, RETIRED).contains(next);
            case ACTIVE -> next == RETIRED;
            case RETIRED -> false;
        };
    }
}
