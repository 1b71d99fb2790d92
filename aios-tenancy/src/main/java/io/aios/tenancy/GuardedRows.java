package io.aios.tenancy;

import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLXML;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A result set that ends with its scope and leads back to the guarded statement only. */
final class GuardedRows extends GuardedCalls {
    private static final Set<String> PASSED = Set.of(
            "next",
            "wasNull",
            "findColumn",
            "isBeforeFirst",
            "isAfterLast",
            "isFirst",
            "isLast",
            "clearWarnings",
            "setFetchSize");
    private static final Set<String> REFUSED_GETTERS =
            Set.of("getBlob", "getClob", "getNClob", "getRef", "getRowId", "getCursorName", "getSQLXML");

    private final ResultSet raw;
    private final PreparedStatement statement;

    private GuardedRows(TenantSession session, ResultSet raw, PreparedStatement statement) {
        super(session);
        this.raw = raw;
        this.statement = statement;
    }

    static ResultSet of(TenantSession session, ResultSet raw, PreparedStatement statement) {
        return proxy(ResultSet.class, new GuardedRows(session, raw, statement));
    }

    @Override
    @Nullable Object call(Object self, Method method, String name, @Nullable Object[] args) throws Throwable {
        if (session.isEnded()) {
            if (name.equals("close")) {
                return null;
            }
            if (name.equals("isClosed")) {
                return true;
            }
        }
        session.check();
        if (name.equals("getStatement")) {
            return statement;
        }
        if (name.startsWith("get") && !REFUSED_GETTERS.contains(name)) {
            Object value = pass(raw, method, args);
            if (value instanceof Array array) {
                return GuardedArray.of(session, array);
            }
            if (value instanceof ResultSetMetaData columns) {
                return GuardedColumns.of(session, columns);
            }
            if (value instanceof ResultSet
                    || value instanceof Blob
                    || value instanceof Clob
                    || value instanceof SQLXML) {
                throw refused(method, "cursors and large objects are not passed");
            }
            return value;
        }
        if (PASSED.contains(name) || name.equals("close") || name.equals("isClosed")) {
            return pass(raw, method, args);
        }
        throw refused(method, "result sets are read forward, and large objects have no tenant");
    }
}
