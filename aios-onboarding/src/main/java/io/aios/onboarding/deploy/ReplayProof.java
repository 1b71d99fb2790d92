package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.util.function.Function;

/** Whether a replay gave the same steps, the same details and the same state. */
public sealed interface ReplayProof {
    /**
     * It did.
     *
     * @param stateDigest the digest read back from both targets
     * @param steps how many steps were executed again
     */
    record Identical(Digest stateDigest, int steps) implements ReplayProof {}

    /** It did not; the first difference, in one sentence. */
    record Different(String firstDifference) implements ReplayProof {}

    /** Handles both cases. */
    default <T> T fold(Function<Identical, T> identical, Function<String, T> different) {
        return this instanceof Identical same
                ? identical.apply(same)
                : different.apply(((Different) this).firstDifference());
    }

    /**
     * The proof of identity.
     *
     * @throws DeploymentException with reason DRIFT naming the first difference
     */
    default Identical orElseThrow() {
        return fold(Function.identity(), difference -> {
            throw new DeploymentException(DeploymentException.Reason.DRIFT, "the replay differs: " + difference);
        });
    }
}
