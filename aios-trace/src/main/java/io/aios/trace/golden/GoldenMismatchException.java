package io.aios.trace.golden;

import io.aios.trace.TraceException;

/** A pipeline decided otherwise than a fixture expects; the message is the difference. */
public final class GoldenMismatchException extends TraceException {
    private static final long serialVersionUID = 1L;

    /** Carries the difference. */
    public GoldenMismatchException(String message) {
        super(message);
    }
}
