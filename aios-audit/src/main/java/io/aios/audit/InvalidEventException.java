package io.aios.audit;

/** An event or leaf that the format {@code aios-audit/1} cannot carry; nothing was written. */
public final class InvalidEventException extends AuditException {
    private static final long serialVersionUID = 1L;

    /** Names the field and what is wrong with it. */
    public InvalidEventException(String message) {
        super(message);
    }
}
