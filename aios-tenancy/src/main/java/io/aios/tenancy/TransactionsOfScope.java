package io.aios.tenancy;

import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** A handle's transaction is its scope's: JDBI may join it and set savepoints, but neither begin nor end it. */
final class TransactionsOfScope implements TransactionHandler {
    private final Supplier<@Nullable TenantSession> current;
    private final LocalTransactionHandler savepoints = new LocalTransactionHandler();

    TransactionsOfScope(Supplier<@Nullable TenantSession> current) {
        this.current = current;
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws java.sql.SQLException {
        return new Bound(this, savepoints.specialize(handle));
    }

    @Override
    public void begin(Handle handle) {
        throw refused();
    }

    @Override
    public void commit(Handle handle) {
        throw refused();
    }

    @Override
    public void rollback(Handle handle) {
        throw refused();
    }

    private static RefusedStatementException refused() {
        return new RefusedStatementException("a scope's transaction begins with its first statement, commits when its"
                + " callback returns and rolls back when it throws; it cannot be ended by hand");
    }

    @Override
    public boolean isInTransaction(Handle handle) {
        TenantSession session = current.get();
        return session != null && !session.isEnded() && session.mode() == TenantSession.Mode.TRANSACTION;
    }

    @Override
    public void savepoint(Handle handle, String name) {
        throw refused();
    }

    @Override
    public void rollbackToSavepoint(Handle handle, String name) {
        throw refused();
    }

    @Override
    public void releaseSavepoint(Handle handle, String name) {
        throw refused();
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) throws X {
        if (!isInTransaction(handle)) {
            throw new RefusedStatementException("a transaction is opened with inTenant, not inside a read scope");
        }
        return callback.withHandle(handle);
    }

    @Override
    public <R, X extends Exception> R inTransaction(
            Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
        throw new RefusedStatementException(
                "the isolation level is chosen when the scope opens: inTenant(org, level, work)");
    }

    /** The handler of one handle, which owns that handle's savepoints. */
    private record Bound(TransactionsOfScope scope, TransactionHandler savepoints) implements TransactionHandler {
        @Override
        public void begin(Handle handle) {
            scope.begin(handle);
        }

        @Override
        public void commit(Handle handle) {
            scope.commit(handle);
        }

        @Override
        public void rollback(Handle handle) {
            scope.rollback(handle);
        }

        @Override
        public boolean isInTransaction(Handle handle) {
            return scope.isInTransaction(handle);
        }

        @Override
        public void savepoint(Handle handle, String name) {
            savepoints.savepoint(handle, name);
        }

        @Override
        public void rollbackToSavepoint(Handle handle, String name) {
            savepoints.rollbackToSavepoint(handle, name);
        }

        @Override
        public void releaseSavepoint(Handle handle, String name) {
            savepoints.releaseSavepoint(handle, name);
        }

        @Override
        public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) throws X {
            return scope.inTransaction(handle, callback);
        }

        @Override
        public <R, X extends Exception> R inTransaction(
                Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
            return scope.inTransaction(handle, level, callback);
        }
    }
}
