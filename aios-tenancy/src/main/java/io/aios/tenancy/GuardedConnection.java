package io.aios.tenancy;

import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** The scope's connection: prepares statements through the door and does next to nothing else. */
final class GuardedConnection extends GuardedCalls {
    GuardedConnection(TenantSession session) {
        super(session);
    }

    @Override
    @Nullable Object call(Object self, Method method, String name, @Nullable Object[] args) throws Throwable {
        switch (name) {
            case "close" -> {
                return null;
            }
            case "isClosed" -> {
                return session.isEnded();
            }
            case "getAutoCommit" -> {
                return false;
            }
            case "isReadOnly" -> {
                return session.mode() == TenantSession.Mode.READ;
            }
            default -> session.check();
        }
        return switch (name) {
            case "prepareStatement" -> prepare(args);
            case "createArrayOf" -> GuardedArray.of(session, (Array) orNull(pass(session.raw(), method, args)));
            case "getWarnings", "clearWarnings" -> pass(session.raw(), method, args);
            case "setSavepoint" -> {
                session.openForSavepoint();
                yield pass(session.raw(), method, args);
            }
            case "rollback" -> {
                if (args.length == 0 || !(args[0] instanceof Savepoint)) {
                    throw refused(method, "throw from the callback to roll back");
                }
                yield pass(session.raw(), method, args);
            }
            case "releaseSavepoint" -> pass(session.raw(), method, args);
            case "commit" -> throw refused(method, "the scope commits when its callback returns");
            case "createStatement", "prepareCall" ->
                throw refused(method, "prepare one statement per call (createQuery, createUpdate, prepareBatch)");
            default -> throw refused(method, "only prepared statements, arrays and savepoints are passed");
        };
    }

    private static Object orNull(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("the driver returned null where JDBC promises a value");
        }
        return value;
    }

    private PreparedStatement prepare(@Nullable Object[] args) throws SQLFeatureNotSupportedException {
        DoorStatement statement = DoorStatement.of(String.valueOf(args[0]));
        GuardedStatement.Keys keys = GuardedStatement.Keys.NONE;
        if (args.length == 2) {
            keys = GuardedStatement.Keys.of(args[1]);
        } else if (args.length >= 3) {
            boolean plain = Integer.valueOf(ResultSet.TYPE_FORWARD_ONLY).equals(args[1])
                    && Integer.valueOf(ResultSet.CONCUR_READ_ONLY).equals(args[2])
                    && (args.length == 3
                            || Integer.valueOf(ResultSet.CLOSE_CURSORS_AT_COMMIT)
                                    .equals(args[3]));
            if (!plain) {
                throw new RefusedStatementException("result sets are forward-only, read-only and end with their"
                        + " transaction inside a tenant's scope");
            }
        }
        GuardedStatement calls = new GuardedStatement(session, statement, keys);
        PreparedStatement proxy = proxy(PreparedStatement.class, calls);
        calls.self(proxy);
        return proxy;
    }
}
