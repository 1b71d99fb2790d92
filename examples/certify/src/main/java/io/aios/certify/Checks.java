package io.aios.certify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Collects the checks of a group, and says in words what did not hold. */
final class Checks {
    private final List<Check> checks = new ArrayList<>();
    private final String defaultTest;

    Checks(String defaultTest) {
        this.defaultTest = defaultTest;
    }

    void add(String name, String test, Check.Body body) {
        checks.add(new Check(name, test, body));
    }

    void add(String name, Check.Body body) {
        add(name, defaultTest, body);
    }

    List<Check> list() {
        return List.copyOf(checks);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    static void same(@Nullable Object expected, @Nullable Object actual, String what) {
        require(Objects.equals(expected, actual), what + ": expected " + expected + ", found " + actual);
    }

    /** A JSON value as the object it must be. */
    static Map<String, Object> object(@Nullable Object json) {
        require(json instanceof Map<?, ?>, "not a JSON object: " + json);
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(json))
                .forEach((key, value) -> copy.put(String.valueOf(key), Objects.requireNonNull(value)));
        return copy;
    }

    /** That the work is refused with this exception, and no other. */
    static <X extends Exception> X refused(Class<X> with, Callable<?> work) throws Exception {
        Object result;
        try {
            result = work.call();
        } catch (Exception e) {
            if (with.isInstance(e)) {
                return with.cast(e);
            }
            throw e;
        }
        throw new AssertionError("it was not refused, but gave " + result);
    }
}
