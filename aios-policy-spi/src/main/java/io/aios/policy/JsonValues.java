package io.aios.policy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks and deep-copies JSON-shaped values: {@code Map} with string keys, {@code List}, {@code String}, {@code Number},
 * {@code Boolean}, null.
 *
 * <p>A copy is immutable, keeps the order of its source and holds numbers as {@link Long} (integers, within
 * ±(2<sup>53</sup>−1)) or finite {@link Double}. Refused, each with its JSON path: lone surrogates (in keys too), NaN and
 * infinities, integers out of range, nesting deeper than {@value #MAX_DEPTH}, cycles, more than {@value #MAX_NODES}
 * values, every other type.
 */
public final class JsonValues {
    /** Deepest nesting of lists and objects that is accepted. */
    public static final int MAX_DEPTH = 128;

    /** Largest number of values, counted after expansion of shared references, that is accepted. */
    public static final int MAX_NODES = 1_000_000;

    /** Largest magnitude of an integer: 2<sup>53</sup>−1 (RFC 7493, section 2.2). */
    public static final long MAX_INTEGER = (1L << 53) - 1;

    private static final BigInteger MAX = BigInteger.valueOf(MAX_INTEGER);
    private static final int SHOWN_KEY = 64;

    private final Set<Object> ancestors = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Object> path = new ArrayList<>();
    private int nodes;

    private JsonValues() {}

    /**
     * Checks a value and returns a deep, immutable copy.
     *
     * @throws InvalidJsonException when something in it is not JSON-shaped or exceeds a limit
     */
    public static @Nullable Object copy(@Nullable Object value) {
        return new JsonValues().value(value);
    }

    /**
     * Checks an object and returns a deep, immutable copy.
     *
     * @throws InvalidJsonException when something in it is not JSON-shaped or exceeds a limit
     */
    public static Map<String, @Nullable Object> copyObject(Map<?, ?> object) {
        return new JsonValues().object(object);
    }

    /**
     * Writes a JSON-shaped value in the canonical form of RFC 8785, the same on every Java version.
     *
     * @throws InvalidJsonException when the value is not JSON-shaped or exceeds a limit
     */
    public static String canonical(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        CanonicalWriter.write(copy(value), out);
        return out.toString();
    }

    /**
     * SHA-256 of the canonical form in UTF-8, as 64 lower-case hex digits.
     *
     * @throws InvalidJsonException when the value is not JSON-shaped or exceeds a limit
     */
    public static String digest(@Nullable Object value) {
        return Sha256.hex(canonical(value).getBytes(StandardCharsets.UTF_8));
    }

    static void requireString(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean paired = Character.isHighSurrogate(unit)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    throw new InvalidJsonException(path, "a lone surrogate is not Unicode text");
                }
                i++;
            }
        }
    }

    private @Nullable Object value(@Nullable Object value) {
        if (++nodes > MAX_NODES) {
            throw refused("more than " + MAX_NODES + " values; send less");
        }
        if (value == null || value instanceof Boolean) {
            return value;
        } else if (value instanceof String text) {
            return string(text);
        } else if (value instanceof Map<?, ?> map) {
            return object(map);
        } else if (value instanceof List<?> list) {
            return list(list);
        } else if (value instanceof Number number) {
            return number(number);
        }
        throw refused("a " + value.getClass().getName()
                + " is not a JSON value; use Map, List, String, Number, Boolean or null");
    }

    private Map<String, @Nullable Object> object(Map<?, ?> object) {
        enter(object);
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : object.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw refused("an object key is not a string");
            }
            path.add(key);
            String checked = string(key);
            if (copy.containsKey(checked)) {
                throw refused("the key stands twice in its object");
            }
            copy.put(checked, value(entry.getValue()));
            path.remove(path.size() - 1);
        }
        ancestors.remove(object);
        return Collections.unmodifiableMap(copy);
    }

    private List<@Nullable Object> list(List<?> list) {
        enter(list);
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object element : list) {
            path.add(copy.size());
            Object checked = value(element);
            path.remove(path.size() - 1);
            copy.add(checked);
        }
        ancestors.remove(list);
        return Collections.unmodifiableList(copy);
    }

    private void enter(Object container) {
        if (!ancestors.add(container)) {
            throw refused("the value contains itself");
        }
        if (ancestors.size() > MAX_DEPTH) {
            throw refused("nested deeper than " + MAX_DEPTH);
        }
    }

    private String string(String text) {
        // The path is only spelt out when something is wrong: this runs for every string of every request.
        if (!isPlain(text)) {
            requireString(text, path());
        }
        return text;
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private Number number(Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            long integer = number.longValue();
            if (integer > MAX_INTEGER || integer < -MAX_INTEGER) {
                throw refused("an integer beyond ±(2^53-1) loses digits in JSON; send it as a string");
            }
            return integer;
        } else if (number instanceof Double || number instanceof Float || number.getClass() == BigDecimal.class) {
            double real = number.doubleValue();
            if (Double.isNaN(real) || Double.isInfinite(real)) {
                throw refused("not a finite number");
            }
            return real;
        } else if (number instanceof BigInteger big && number.getClass() == BigInteger.class) {
            if (big.abs().compareTo(MAX) > 0) {
                throw refused("an integer beyond ±(2^53-1) loses digits in JSON; send it as a string");
            }
            return number.longValue();
        }
        throw refused("a " + number.getClass().getName() + " is not a JSON number; use a standard number type");
    }

    private InvalidJsonException refused(String problem) {
        return new InvalidJsonException(path(), problem);
    }

    private String path() {
        StringBuilder where = new StringBuilder("$");
        for (Object step : path) {
            if (step instanceof String key) {
                appendKey(where, key);
            } else {
                where.append('[').append(step).append(']');
            }
        }
        return where.toString();
    }

    private static void appendKey(StringBuilder where, String key) {
        boolean plain =
                !key.isEmpty() && key.length() <= SHOWN_KEY && key.chars().allMatch(JsonValues::isPlainKeyUnit);
        if (plain) {
            where.append('.').append(key);
            return;
        }
        where.append("[");
        CanonicalWriter.quote(key.length() <= SHOWN_KEY ? key : key.substring(0, SHOWN_KEY), where);
        where.append("]");
    }

    private static boolean isPlainKeyUnit(int unit) {
        return unit == '_' || (unit < 128 && Character.isLetterOrDigit(unit));
    }
}
