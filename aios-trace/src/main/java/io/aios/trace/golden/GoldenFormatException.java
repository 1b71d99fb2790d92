package io.aios.trace.golden;

import io.aios.trace.TraceException;

/** A fixture file that cannot be used. */
public final class GoldenFormatException extends TraceException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong and where. */
    public GoldenFormatException(String message) {
        super(message);
    }
}
