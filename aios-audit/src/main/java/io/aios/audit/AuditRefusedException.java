package io.aios.audit;

import org.jspecify.annotations.Nullable;

/** The wall refused an entry, a role or a server for what it is; trying again will not help. */
public final class AuditRefusedException extends AuditException {
    private static final long serialVersionUID = 1L;

    /** Names what was refused and why. */
    public AuditRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Names what was refused and why. */
    public AuditRefusedException(String message) {
        super(message);
    }
}
