package io.aios.trace.json;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Canonical JSON as RFC 8785 (JCS) defines it: one value, one sequence of bytes.
 *
 * <p>Refused with the JSON path: lone surrogates in values and keys, duplicate keys, integers beyond ±(2^53−1), numbers
 * that are not finite, more than 128 levels of nesting, cycles, and whatever is not JSON-shaped. Text is never
 * normalised. All refusals are {@link io.aios.policy.InvalidJsonException}.
 */
public final class CanonicalJson {
    static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private CanonicalJson() {}

    /**
     * The canonical UTF-8 bytes of a JSON-shaped value.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what cannot be canonical
     */
    public static byte[] bytes(@Nullable Object jsonShaped) {
        return new CanonicalWriter(512).value(jsonShaped).toBytes();
    }

    /**
     * The canonical text of a JSON-shaped value.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what cannot be canonical
     */
    public static String text(@Nullable Object jsonShaped) {
        return new String(bytes(jsonShaped), StandardCharsets.UTF_8);
    }

    /**
     * SHA-256 of the canonical bytes of a JSON-shaped value.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what cannot be canonical
     */
    public static Digest digest(@Nullable Object jsonShaped) {
        return new CanonicalWriter(512).value(jsonShaped).digest();
    }

    /**
     * A checked, deeply immutable copy of a JSON-shaped object; what is frozen already is returned as it is.
     *
     * <p>Integers become {@code Long}, all other numbers {@code Double}. Besides what cannot be canonical, whole decimals
     * from 2^53 to 10^21 are refused, because their text would be an integer that no strict reader takes back.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what is refused
     */
    public static Map<String, @Nullable Object> freeze(Map<?, ?> object) {
        return new Freezer().object(object);
    }

    /**
     * As {@link #freeze(Map)} for any JSON-shaped value.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what is refused
     */
    public static @Nullable Object freezeValue(@Nullable Object jsonShaped) {
        return new Freezer().value(jsonShaped);
    }

    /**
     * Reads one JSON text strictly.
     *
     * <p>Objects become unmodifiable maps in the order of the text, integers {@code Long}, all other numbers {@code
     * Double}; so {@code 1} and {@code 1.0} stay apart. A decimal whose canonical text would be an integer beyond 2^53−1
     * is refused like that integer.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what is wrong
     */
    public static @Nullable Object parse(byte[] utf8) {
        StrictReader reader = new StrictReader(utf8);
        Object value = reader.value();
        reader.end();
        return value;
    }

    /**
     * Reads one JSON text strictly and writes it in canonical form.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what is wrong
     */
    public static byte[] canonicalize(byte[] json) {
        return new CanonicalWriter(json.length + 16).value(parse(json)).toBytes();
    }
}
