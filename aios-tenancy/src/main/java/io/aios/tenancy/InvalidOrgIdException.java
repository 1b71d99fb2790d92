package io.aios.tenancy;

/** A text that is not a tenant id; the offending text is described, never repeated in full. */
public final class InvalidOrgIdException extends TenancyException {
    private static final long serialVersionUID = 1L;

    InvalidOrgIdException(String message) {
        super(message);
    }
}
