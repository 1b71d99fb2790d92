package io.aios.tenancy;

import org.jspecify.annotations.Nullable;

/** The database does not isolate tenants for this login, so the door stays shut. */
public final class IsolationException extends TenancyException {
    private static final long serialVersionUID = 1L;

    IsolationException(String message) {
        super(message);
    }

    IsolationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
