package io.aios.trace;

import io.aios.policy.InvalidJsonException;
import io.aios.policy.JsonValues;
import io.aios.trace.json.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What compact constructors check: presence, timestamps, JSON-shaped values. */
final class Checks {
    private Checks() {}

    static <T> T present(@Nullable T value, String path) {
        if (value == null) {
            throw new InvalidTraceException(path, "is required");
        }
        return value;
    }

    static String text(@Nullable String value, String path) {
        String text = present(value, path);
        if (text.isBlank()) {
            throw new InvalidTraceException(path, "must not be blank");
        }
        return wellFormed(text, path);
    }

    static String anyText(@Nullable String value, String path) {
        return wellFormed(value == null ? "" : value, path);
    }

    static <T> List<T> list(@Nullable List<T> value, String path) {
        if (value == null) {
            return List.of();
        }
        for (T element : value) {
            if (element == null) {
                throw new InvalidTraceException(path, "must not hold null");
            }
        }
        return List.copyOf(value);
    }

    static List<String> texts(@Nullable List<String> value, String path) {
        List<String> copy = list(value, path);
        for (String text : copy) {
            String unused = wellFormed(text, path);
        }
        return copy;
    }

    /** A checked, deeply immutable copy. */
    static Map<String, @Nullable Object> object(@Nullable Map<String, ? extends @Nullable Object> value, String path) {
        if (value == null || value.isEmpty()) {
            return Map.of();
        }
        try {
            Map<String, @Nullable Object> copy = JsonValues.copyObject(value);
            requireReadable(copy, path);
            return copy;
        } catch (InvalidJsonException e) {
            throw new InvalidTraceException(path + e.path().substring(1), "not JSON-shaped: " + e.getMessage());
        }
    }

    /** Whole doubles from 2^53 on would be written as integers that no strict reader takes back. */
    private static void requireReadable(@Nullable Object value, String path) {
        if (value instanceof Double number) {
            double magnitude = Math.abs(number);
            if (magnitude >= 0x1p53 && magnitude < 1e21) {
                throw new InvalidTraceException(path, "integer beyond 2^53-1; write it as a string");
            }
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> requireReadable(element, path));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> requireReadable(element, path));
        }
    }

    /** ISO 8601 date and time with an offset, at most microseconds. */
    static String timestamp(@Nullable String value, String path) {
        String text = present(value, path);
        if (!TraceTime.isValid(text)) {
            throw new InvalidTraceException(
                    path,
                    "must be an ISO 8601 time with offset and at most 6 decimals, such as "
                            + "2026-01-28T06:59:33.244589+00:00");
        }
        return text;
    }

    static @Nullable String optionalTimestamp(@Nullable String value, String path) {
        return value == null ? null : timestamp(value, path);
    }

    static @Nullable String optionalText(@Nullable String value, String path) {
        return value == null ? null : text(value, path);
    }

    /** The keys of an object must be these, all with texts. */
    static void exactTexts(@Nullable Map<String, ? extends @Nullable Object> object, String path, String... keys) {
        if (object == null || !object.keySet().equals(Set.of(keys))) {
            throw new InvalidTraceException(path, "must have the keys " + String.join(", ", keys) + " and no others");
        }
        for (String key : keys) {
            if (!(object.get(key) instanceof String)) {
                throw new InvalidTraceException(path + "." + key, "must be a string");
            }
        }
    }

    /** A text that {@link #exactTexts} has checked to be there. */
    static String member(Map<String, @Nullable Object> object, String key) {
        return (String) present(object.get(key), key);
    }

    static String salt(String hex, String path) {
        try {
            return Digest.parse(hex).hex();
        } catch (IllegalArgumentException e) {
            throw new InvalidTraceException(path, "must be 64 lower-case hex digits");
        }
    }

    /** The same map, seen with the key type that every parsed object has. */
    static Map<String, @Nullable Object> stringKeyed(Map<?, ?> object) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(object.size() * 2);
        object.forEach((key, value) -> copy.put((String) key, value));
        return copy;
    }

    private static String wellFormed(String value, String path) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw new InvalidTraceException(path, "lone surrogate");
                }
                i += 1;
            }
        }
        return value;
    }
}
