package io.aios.tenancy;

/** Database work was tried where no tenant is in scope; nothing reached the database. */
public final class NoTenantException extends TenancyException {
    private static final long serialVersionUID = 1L;

    NoTenantException(String message) {
        super(message);
    }
}
