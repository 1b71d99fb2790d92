package io.aios.onboarding.approval;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether a subject may be deployed now. */
public sealed interface Readiness {
    /** It may, with this grant. */
    record Ready(DeployGrant grant) implements Readiness {}

    /**
     * It may not.
     *
     * @param pending what is missing, by item; empty only when the approvals were already used
     * @param reason one sentence
     */
    record Held(List<PendingApproval> pending, String reason) implements Readiness {
        /** Copies the list. */
        public Held {
            pending = List.copyOf(pending);
        }
    }

    /** Handles both cases. */
    default <T> T fold(Function<DeployGrant, T> ready, Function<Held, T> held) {
        return this instanceof Ready granted ? ready.apply(granted.grant()) : held.apply((Held) this);
    }

    /** Whether it may be deployed. */
    default boolean canDeploy() {
        return this instanceof Ready;
    }

    /** What is missing; empty when nothing is. */
    default List<PendingApproval> pending() {
        return fold(grant -> List.of(), Held::pending);
    }

    /**
     * The grant.
     *
     * @throws ApprovalException naming what is missing, when it is held
     */
    default DeployGrant orElseThrow() {
        return fold(Function.identity(), held -> {
            String pending =
                    held.pending().stream().map(PendingApproval::toString).collect(Collectors.joining("; "));
            throw new ApprovalException(pending.isEmpty() ? held.reason() : held.reason() + ": " + pending);
        });
    }
}
