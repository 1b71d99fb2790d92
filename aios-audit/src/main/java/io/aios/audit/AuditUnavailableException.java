package io.aios.audit;

import org.jspecify.annotations.Nullable;

/**
 * The wall did not acknowledge an entry: down, too slow, or its queue is full. The entry may or may not be written;
 * appending the same event (same id) again is safe and returns the one receipt.
 */
public final class AuditUnavailableException extends AuditException {
    private static final long serialVersionUID = 1L;

    /** Names what was not acknowledged and why. */
    public AuditUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
