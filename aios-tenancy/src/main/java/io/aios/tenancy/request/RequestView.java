package io.aios.tenancy.request;

import java.util.List;

/** What a resolver needs to see of a request, in whatever framework it arrived. */
public interface RequestView {
    /** All values of a header, in order, as received; the name's case does not matter. Empty if it is absent. */
    List<String> headers(String name);

    /** All values of a query parameter, decoded; empty if it is absent. */
    List<String> query(String name);

    /**
     * The tenants that the caller's verified credential names.
     *
     * <p>Only from a credential whose signature, audience and expiry were checked; empty if there is none.
     */
    List<String> verifiedOrgs();

    /** The request's path, not yet decoded or normalised. */
    String path();
}
