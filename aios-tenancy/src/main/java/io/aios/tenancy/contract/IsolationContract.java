package io.aios.tenancy.contract;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.TenantContext;
import io.aios.tenancy.TenantScope;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Checks that a store isolates its tenants, whatever it is built with.
 *
 * <p>Each check works under two tenants of its own and cleans up after itself; run it against a test database.
 */
public final class IsolationContract {
    /** One named check. */
    public record Check(String name, Body body) {
        /**
         * Runs the check.
         *
         * @throws IsolationViolation if the store does not isolate
         */
        public void run() {
            body.run();
        }
    }

    /** What a check does. */
    @FunctionalInterface
    public interface Body {
        void run();
    }

    /** A store let one tenant see or change what is another's. */
    public static final class IsolationViolation extends TenancyException {
        private static final long serialVersionUID = 1L;

        IsolationViolation(String message) {
            super(message);
        }
    }

    private static final List<TransactionIsolationLevel> LEVELS = List.of(
            TransactionIsolationLevel.READ_COMMITTED,
            TransactionIsolationLevel.REPEATABLE_READ,
            TransactionIsolationLevel.SERIALIZABLE);

    private final TenantStore store;
    private final OrgId a = OrgId.of("contract-a");
    private final OrgId b = OrgId.of("contract-b");

    private IsolationContract(TenantStore store) {
        this.store = store;
    }

    /** The checks of this store, to run in any order. */
    public static List<Check> of(TenantStore store) {
        IsolationContract contract = new IsolationContract(store);
        return List.of(
                contract.check("cross_tenant_read_blocked_without_where", contract::crossTenantRead),
                contract.check("cross_tenant_write_blocked", contract::crossTenantWrite),
                contract.check("cross_tenant_delete_blocked", contract::crossTenantDelete),
                contract.check("context_propagation", contract::contextPropagation),
                contract.check("no_context_no_rows", contract::noContext),
                contract.check("isolation_levels", contract::isolationLevels),
                contract.check("end_to_end_propagation", contract::endToEnd));
    }

    private Check check(String name, Body body) {
        return new Check(name, () -> {
            store.deleteAll(a);
            store.deleteAll(b);
            try {
                body.run();
            } finally {
                store.deleteAll(a);
                store.deleteAll(b);
            }
        });
    }

    private void crossTenantRead() {
        String text = write(a);
        require(store.readAll(a).contains(text), "a tenant does not see its own row");
        require(store.readAll(b).isEmpty(), "a tenant reads another's row without a WHERE");
    }

    private void crossTenantWrite() {
        try {
            store.write(b, a, "forged");
        } catch (RuntimeException e) {
            require(store.readAll(a).isEmpty(), "a refused write stayed");
            return;
        }
        throw new IsolationViolation("a tenant writes a row of another without being refused");
    }

    private void crossTenantDelete() {
        String text = write(a);
        store.deleteAll(b);
        require(store.readAll(a).equals(List.of(text)), "a tenant deletes another's row");
    }

    private void contextPropagation() {
        String text = write(a);
        Callable<List<String>> wrapped;
        Callable<List<String>> read = store::readAllInScope;
        try (TenantScope scope = TenantScope.open(a)) {
            wrapped = TenantContext.wrap(read);
            require(scope.org().equals(a), "the scope has another tenant");
        }
        require(onAnotherThread(wrapped).contains(text), "a wrapped task loses its tenant");
        try (TenantScope scope = TenantScope.open(b)) {
            require(scope.org().equals(b), "the scope has another tenant");
            require(store.readAllInScope().isEmpty(), "a scope of one tenant reads another's row");
        }
    }

    private void noContext() {
        String text = write(a);
        try {
            require(!store.readAllInScope().contains(text), "a thread without a tenant reads a tenant's row");
        } catch (IsolationViolation e) {
            throw e;
        } catch (RuntimeException refused) {
            return;
        }
        throw new IsolationViolation("a read without a tenant is not refused; an empty result hides the mistake");
    }

    /** At every level of SQL, what another tenant commits meanwhile stays invisible and cannot be overwritten. */
    private void isolationLevels() {
        for (TransactionIsolationLevel level : LEVELS) {
            store.deleteAll(a);
            store.deleteAll(b);
            String ofA = write(a);
            store.inTransaction(a, level, () -> {
                requireOnly(ofA, level);
                String ofB = onAnotherThread(() -> write(b));
                requireOnly(ofA, level);
                store.deleteAll(a);
                require(store.readAll(a).isEmpty(), "a tenant's own delete is not seen at " + level);
                require(
                        onAnotherThread(() -> store.readAll(b)).equals(List.of(ofB)),
                        "a delete reaches another tenant's row at " + level);
            });
            require(store.readAll(a).isEmpty(), "the transaction at " + level + " did not commit");
            require(store.readAll(b).size() == 1, "a transaction at " + level + " changed another tenant's rows");
        }
    }

    private void requireOnly(String text, TransactionIsolationLevel level) {
        require(store.readAll(a).equals(List.of(text)), "a tenant sees other rows than its own at " + level);
    }

    private void endToEnd() {
        String text = write(a);
        try (TenantScope scope = TenantScope.open(a)) {
            require(
                    store.readAllInScope().equals(List.of(text)) && scope.org().equals(a),
                    "the tenant of the scope does not arrive at the database");
        }
    }

    private String write(OrgId org) {
        String text = "contract-" + UUID.randomUUID();
        store.write(org, org, text);
        return text;
    }

    private static <V> V onAnotherThread(Callable<V> task) {
        FutureTask<V> future = new FutureTask<>(task);
        new Thread(future, "isolation-contract").start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TenancyException("the contract was interrupted", e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IsolationViolation(otherwise);
        }
    }
}
