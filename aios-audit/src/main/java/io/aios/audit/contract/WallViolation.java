package io.aios.audit.contract;

import io.aios.audit.AuditException;
import org.jspecify.annotations.Nullable;

/** The wall breaks its contract; the message says what was expected and what came. */
public final class WallViolation extends AuditException {
    private static final long serialVersionUID = 1L;

    WallViolation(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
