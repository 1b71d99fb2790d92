package io.aios.policy.contract;

import java.util.Objects;

/**
 * One named check.
 *
 * @param name a sentence that says what holds
 * @param body throws {@link ContractViolation} when it does not
 */
public record ContractCheck(String name, Runnable body) {
    /** Checks. */
    public ContractCheck {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(body, "body");
    }

    /** Runs the check; returns when it holds, throws {@link ContractViolation} when it does not. */
    public void run() {
        body.run();
    }
}
