package io.aios.tenancy;

/** The door does not pass this statement or call; nothing reached the database. */
public final class RefusedStatementException extends TenancyException {
    private static final long serialVersionUID = 1L;

    RefusedStatementException(String message) {
        super(message);
    }
}
