package io.aios.trace;

/** Root of what this module throws. */
public abstract class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For the module's own exceptions. */
    protected TraceException(String message) {
        super(message);
    }
}
