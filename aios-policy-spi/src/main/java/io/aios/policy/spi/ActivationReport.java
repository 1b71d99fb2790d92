package io.aios.policy.spi;

import java.util.List;
import java.util.Objects;

/**
 * What an activation found that is no error.
 *
 * @param findings in the order of the policies
 */
public record ActivationReport(List<Finding> findings) {
    /** Copies. */
    public ActivationReport {
        findings = List.copyOf(findings);
    }

    /** Nothing to tell. */
    public static ActivationReport clean() {
        return new ActivationReport(List.of());
    }

    /**
     * Something the author of a policy should look at.
     *
     * @param policyId the policy
     * @param code stable and short, for example {@code unreachable_rule}
     * @param message what and where
     */
    public record Finding(String policyId, String code, String message) {
        /** Checks. */
        public Finding {
            Objects.requireNonNull(policyId, "policyId");
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(message, "message");
        }
    }
}
