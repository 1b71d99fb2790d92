package io.aios.tenancy;

import org.jspecify.annotations.Nullable;

/** Root of what this module throws: the fact, the id it concerns, and what to do. */
public class TenancyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TenancyException(String message) {
        super(message);
    }

    public TenancyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
