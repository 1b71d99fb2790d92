package io.aios.policy.contract;

/** The engine breaks its contract; the message says what was expected and what came. */
public final class ContractViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    ContractViolation(String message) {
        super(message);
    }
}
