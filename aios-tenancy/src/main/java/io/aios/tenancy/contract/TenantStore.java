package io.aios.tenancy.contract;

import io.aios.tenancy.OrgId;
import java.util.List;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** What a host lets the contract do with its own repository: rows that have an owner and a text. */
public interface TenantStore {
    /** Stores a text, working for {@code acting}, in a row that claims to be {@code owner}'s. */
    void write(OrgId acting, OrgId owner, String text);

    /** Every text that a query without any WHERE sees, working for {@code acting}. */
    List<String> readAll(OrgId acting);

    /** Every text that the ambient {@link io.aios.tenancy.TenantScope} of this thread sees. */
    List<String> readAllInScope();

    /**
     * Runs the work in one transaction of {@code acting} at this level; what the work does through this store on the
     * same thread takes part in it.
     */
    void inTransaction(OrgId acting, TransactionIsolationLevel level, Runnable work);

    /** Deletes every row that {@code acting} can see. */
    void deleteAll(OrgId acting);
}
