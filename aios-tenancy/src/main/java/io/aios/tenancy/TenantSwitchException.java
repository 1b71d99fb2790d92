package io.aios.tenancy;

/** Work for one tenant was started inside the scope of another. */
public final class TenantSwitchException extends TenancyException {
    private static final long serialVersionUID = 1L;

    TenantSwitchException(OrgId inside, OrgId wanted) {
        super("scope of tenant '" + inside + "' is open; work for '" + wanted
                + "' needs its own scope: end the first, or call requiresNew");
    }
}
