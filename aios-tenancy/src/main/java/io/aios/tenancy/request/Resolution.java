package io.aios.tenancy.request;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import java.util.function.Function;

/** Whose request it is, or why that is not known. */
public sealed interface Resolution {
    /** The request is this tenant's. */
    record Resolved(OrgId org) implements Resolution {}

    /** The path needs no tenant. */
    record Excluded() implements Resolution {}

    /**
     * The request must be answered with this status and body, and nothing else done.
     *
     * @param status 400, 401 or 403
     * @param body a JSON object, without anything the request contained
     */
    record Rejected(int status, String body) implements Resolution {}

    /** Applies the function for the outcome. */
    default <R> R fold(Function<Resolved, R> resolved, Function<Excluded, R> excluded, Function<Rejected, R> rejected) {
        if (this instanceof Resolved r) {
            return resolved.apply(r);
        }
        return this instanceof Excluded e ? excluded.apply(e) : rejected.apply((Rejected) this);
    }

    /**
     * The tenant.
     *
     * @throws TenancyException if the request is excluded or rejected
     */
    default OrgId orElseThrow() {
        return fold(
                Resolved::org,
                e -> {
                    throw new TenancyException("the request's path is excluded from tenants");
                },
                r -> {
                    throw new TenancyException("the request is rejected with status " + r.status());
                });
    }
}
