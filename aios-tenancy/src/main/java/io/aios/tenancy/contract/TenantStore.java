package io.aios.tenancy.contract;

import io.aios.tenancy.OrgId;
import java.util.List;

/** What a host lets the contract do with its own repository: rows that have an owner and a text. */
public interface TenantStore {
    /** Stores a text, working for {@code acting}, in a row that claims to be {@code owner}'s. */
    void write(OrgId acting, OrgId owner, String text);

    /** Every text that a query without any WHERE sees, working for {@code acting}. */
    List<String> readAll(OrgId acting);

    /** Every text that the ambient {@link io.aios.tenancy.TenantScope} of this thread sees. */
    List<String> readAllInScope();

    /** Deletes every row that {@code acting} can see. */
    void deleteAll(OrgId acting);
}
