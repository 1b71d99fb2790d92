package io.aios.tenancy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC object as the door hands it out: what is not expressly passed is refused.
 *
 * <p>Proxies instead of written-out delegates, so that a method a later JDBC version adds is refused until somebody
 * decides about it.
 */
abstract class GuardedCalls implements InvocationHandler {
    private static final @Nullable Object[] NONE = new Object[0];

    final TenantSession session;

    GuardedCalls(TenantSession session) {
        this.session = session;
    }

    static <T> T proxy(Class<T> type, GuardedCalls calls) {
        return type.cast(Proxy.newProxyInstance(GuardedCalls.class.getClassLoader(), new Class<?>[] {type}, calls));
    }

    @Override
    public final @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] args)
            throws Throwable {
        @Nullable Object[] given = args == null ? NONE : args;
        String name = method.getName();
        if (method.getDeclaringClass() == Object.class) {
            return switch (name) {
                case "equals" -> same(self, given[0]);
                case "hashCode" -> System.identityHashCode(self);
                default -> getClass().getSimpleName() + " of tenant '" + session.org() + "'";
            };
        }
        return call(self, method, name, given);
    }

    /** A guarded object equals itself and nothing else, whatever the object behind it would say. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(Object self, @Nullable Object other) {
        return self == other;
    }

    abstract @Nullable Object call(Object self, Method method, String name, @Nullable Object[] args) throws Throwable;

    @CanIgnoreReturnValue
    static @Nullable Object pass(Object target, Method method, @Nullable Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    static RefusedStatementException refused(Method method, String advice) {
        return new RefusedStatementException(method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + " is refused inside a tenant's scope; " + advice);
    }
}
