package io.aios.policy.pdp;

import io.aios.policy.Decision;
import io.aios.policy.PolicyRef;
import io.aios.policy.PolicyRequest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Something the audit log wants to know. Policies are named with version, digest and the controls they implement. */
public sealed interface PolicyEvent {
    /** When it happened. */
    Instant at();

    /**
     * Policies became active and replaced those before. Those of an engine that could not take them deny.
     *
     * @param at when
     * @param policyDigest digest of the set
     * @param policies the set, in order
     */
    record Activated(Instant at, String policyDigest, List<ActivePolicy> policies) implements PolicyEvent {
        /** Copies. */
        public Activated {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(policyDigest, "policyDigest");
            policies = List.copyOf(policies);
        }
    }

    /**
     * An engine refused a policy, or an activation failed. The policies before it stay active; when there were none, an
     * {@link Activated} follows for what the other engines took.
     *
     * @param at when
     * @param policies what was to be activated
     * @param problem why not
     */
    record ActivationRefused(Instant at, List<ActivePolicy> policies, String problem) implements PolicyEvent {
        /** Copies. */
        public ActivationRefused {
            Objects.requireNonNull(at, "at");
            policies = List.copyOf(policies);
            Objects.requireNonNull(problem, "problem");
        }
    }

    /**
     * A request was permitted or held for review.
     *
     * @param at when
     * @param request what was asked; holds personal data
     * @param decision the answer, whose evidence names the policies
     */
    record Evaluated(Instant at, PolicyRequest request, Decision decision) implements PolicyEvent {}

    /**
     * A request was denied.
     *
     * @param at when
     * @param request what was asked; holds personal data
     * @param decision the answer, whose evidence names the policies
     */
    record Denied(Instant at, PolicyRequest request, Decision.Deny decision) implements PolicyEvent {}

    /**
     * A policy of a set.
     *
     * @param policy id, version and digest
     * @param engineId the engine it is for
     * @param controls ids of the controls it implements
     */
    record ActivePolicy(PolicyRef policy, String engineId, List<String> controls) {
        /** Copies. */
        public ActivePolicy {
            Objects.requireNonNull(policy, "policy");
            Objects.requireNonNull(engineId, "engineId");
            controls = List.copyOf(controls);
        }
    }
}
