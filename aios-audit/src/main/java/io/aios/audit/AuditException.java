package io.aios.audit;

import org.jspecify.annotations.Nullable;

/** Root of what the audit module throws; the message names the fact, where it happened, and what to do. */
public class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message alone. */
    public AuditException(String message) {
        super(message);
    }

    /** With the failure that caused it. */
    public AuditException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
