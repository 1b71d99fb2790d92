package io.aios.trace.json;

import io.aios.policy.InvalidJsonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks and deep-copies JSON-shaped values; what is frozen already is kept. */
final class Freezer {
    private static final long MAX_SAFE = JsonTokens.MAX_SAFE;
    private static final BigInteger MAX_SAFE_BIG = BigInteger.valueOf(MAX_SAFE);

    private final JsonPath path = new JsonPath();

    @Nullable Object value(@Nullable Object value) {
        if (value instanceof String text) {
            path.requireWellFormed(text);
            return text;
        }
        if (value == null
                || value instanceof Boolean
                || value instanceof FrozenObject
                || value instanceof FrozenArray) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        if (value instanceof List<?> list) {
            return array(list);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        throw path.refuse("not a JSON-shaped value: " + value.getClass().getName()
                + "; use Map, List, String, Number or Boolean");
    }

    FrozenObject object(Map<?, ?> map) {
        if (map instanceof FrozenObject frozen) {
            return frozen;
        }
        if (map.isEmpty()) {
            return FrozenObject.EMPTY;
        }
        path.enter();
        String[] keys = new String[map.size()];
        @Nullable Object[] values = new @Nullable Object[keys.length];
        int at = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw path.refuse("a key must be a string");
            }
            path.at(key);
            path.requireWellFormed(key);
            keys[at] = key;
            values[at++] = value(entry.getValue());
        }
        FrozenObject frozen = new FrozenObject(keys, values);
        path.requireUnique(frozen);
        path.leave();
        return frozen;
    }

    private FrozenArray array(List<?> list) {
        path.enter();
        @Nullable Object[] elements = new @Nullable Object[list.size()];
        int at = 0;
        for (Object element : list) {
            path.at(at);
            elements[at++] = value(element);
        }
        path.leave();
        return new FrozenArray(elements);
    }

    private Number number(Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            long value = number.longValue();
            if (value > MAX_SAFE || value < -MAX_SAFE) {
                throw tooLarge();
            }
            return value;
        }
        if (number instanceof BigInteger big) {
            if (big.abs().compareTo(MAX_SAFE_BIG) > 0) {
                throw tooLarge();
            }
            return big.longValue();
        }
        if (!(number instanceof Double || number instanceof Float || number instanceof BigDecimal)) {
            throw path.refuse("not a JSON number: " + number.getClass().getName());
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            throw path.refuse("a number must be finite, this one is " + value);
        }
        double magnitude = Math.abs(value);
        if (magnitude >= JsonTokens.INTEGER_TEXT_FROM && magnitude < JsonTokens.INTEGER_TEXT_TO) {
            throw tooLarge();
        }
        return value;
    }

    private InvalidJsonException tooLarge() {
        return path.refuse("integer beyond 2^53-1; write it as a string");
    }
}
