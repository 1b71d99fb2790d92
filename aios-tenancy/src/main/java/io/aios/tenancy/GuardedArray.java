package io.aios.tenancy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import org.jspecify.annotations.Nullable;

/** An SQL array without the way from its result set back to the driver's connection. */
final class GuardedArray extends GuardedCalls {
    private final Array raw;

    private GuardedArray(TenantSession session, Array raw) {
        super(session);
        this.raw = raw;
    }

    static Array of(TenantSession session, Array raw) {
        return proxy(Array.class, new GuardedArray(session, raw));
    }

    /** The driver's own array, for binding. */
    static @Nullable Object unguarded(@Nullable Object value) {
        if (value instanceof Array
                && Proxy.isProxyClass(value.getClass())
                && Proxy.getInvocationHandler(value) instanceof GuardedArray guarded) {
            return guarded.raw;
        }
        return value;
    }

    @Override
    @Nullable Object call(Object self, Method method, String name, @Nullable Object[] args) throws Throwable {
        if (name.equals("getResultSet")) {
            throw refused(method, "read the array with getArray()");
        }
        if (name.equals("free") && session.isEnded()) {
            return null;
        }
        session.check();
        return pass(raw, method, args);
    }
}
