package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether a target runs exactly what it should. */
public sealed interface DeploymentCheck {
    /** It does; the digest was computed from the state read back. */
    record Matches(Digest stateDigest) implements DeploymentCheck {}

    /**
     * It does not.
     *
     * @param differences sorted by resource; never empty
     */
    record Differs(List<Difference> differences) implements DeploymentCheck {
        /** Copies the list. */
        public Differs {
            differences = List.copyOf(differences);
        }
    }

    /** Handles both cases. */
    default <T> T fold(Function<Digest, T> matches, Function<List<Difference>, T> differs) {
        return this instanceof Matches same
                ? matches.apply(same.stateDigest())
                : differs.apply(((Differs) this).differences());
    }

    /**
     * The state digest.
     *
     * @throws DeploymentException with reason DRIFT naming the differences
     */
    default Digest orElseThrow() {
        return fold(Function.identity(), differences -> {
            String text =
                    differences.stream().limit(20).map(Difference::toString).collect(Collectors.joining("; "));
            throw new DeploymentException(
                    DeploymentException.Reason.DRIFT, differences.size() + " difference(s): " + text);
        });
    }
}
