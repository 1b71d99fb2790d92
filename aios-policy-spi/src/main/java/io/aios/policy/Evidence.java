package io.aios.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * One policy's part in a decision.
 *
 * @param policy which policy, of which digest
 * @param engineId the engine that was asked
 * @param engineVersion its version as it reports it; {@code unknown} when it could not be opened
 * @param effect what the policy said, after the decision point's checks; {@code NOT_APPLICABLE} when it said nothing
 * @param controls ids of the controls the policy implements
 * @param elapsed time the evaluation of this policy took
 */
public record Evidence(
        PolicyRef policy,
        String engineId,
        String engineVersion,
        String effect,
        List<String> controls,
        Duration elapsed) {
    /** What {@link #effect()} says of a policy that had nothing to say. */
    public static final String NOT_APPLICABLE = "NOT_APPLICABLE";

    /** Copies. */
    public Evidence {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(engineId, "engineId");
        Objects.requireNonNull(engineVersion, "engineVersion");
        Objects.requireNonNull(effect, "effect");
        controls = List.copyOf(controls);
        Objects.requireNonNull(elapsed, "elapsed");
    }
}
