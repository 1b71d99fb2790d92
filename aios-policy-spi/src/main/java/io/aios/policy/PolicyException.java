package io.aios.policy;

/** Root of everything this module throws: names the fact, the offending id and what to do about it. */
public abstract sealed class PolicyException extends RuntimeException
        permits InvalidJsonException, InvalidPolicyException, EngineUnavailableException, NotPermittedException {
    private static final long serialVersionUID = 1L;

    PolicyException(String message) {
        super(message);
    }

    PolicyException(String message, Throwable cause) {
        super(message, cause);
    }
}
