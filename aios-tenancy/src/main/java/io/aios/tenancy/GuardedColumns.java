package io.aios.tenancy;

import java.lang.reflect.Method;
import java.sql.ResultSetMetaData;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A result's columns. For what is refused here the driver would query the catalog, outside the tenant's transaction. */
final class GuardedColumns extends GuardedCalls {
    private static final Set<String> PASSED = Set.of(
            "getColumnCount",
            "getColumnLabel",
            "getColumnName",
            "getColumnType",
            "getColumnClassName",
            "getPrecision",
            "getScale",
            "isSigned");

    private final ResultSetMetaData raw;

    private GuardedColumns(TenantSession session, ResultSetMetaData raw) {
        super(session);
        this.raw = raw;
    }

    static ResultSetMetaData of(TenantSession session, ResultSetMetaData raw) {
        return proxy(ResultSetMetaData.class, new GuardedColumns(session, raw));
    }

    @Override
    @Nullable Object call(Object self, Method method, String name, @Nullable Object[] args) throws Throwable {
        session.check();
        if (!PASSED.contains(name)) {
            throw refused(method, "a result tells its columns' labels and types");
        }
        return pass(raw, method, args);
    }
}
