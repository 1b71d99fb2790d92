package io.aios.trace;

import io.aios.trace.json.Digest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One JSON object read by name: wrong types and unknown keys are refused with their path. */
final class Fields {
    private final Map<?, ?> map;
    private final @Nullable Fields parent;
    private final String name;
    private int used;

    private Fields(Map<?, ?> map, @Nullable Fields parent, String name) {
        this.map = map;
        this.parent = parent;
        this.name = name;
    }

    static Fields root(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(map, null, "$");
        }
        throw new InvalidTraceException("$", "must be an object");
    }

    private InvalidTraceException wrong(String key, String reason) {
        return new InvalidTraceException(path() + "." + key, reason);
    }

    private String path() {
        return parent == null ? name : parent.path() + name;
    }

    /** The value, or null if it is absent or null; either way it counts as known. */
    private @Nullable Object take(String key) {
        Object value = map.get(key);
        if (value != null || map.containsKey(key)) {
            used++;
        }
        return value;
    }

    private <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw wrong(key, map.containsKey(key) ? "must not be null" : "is required");
        }
        return value;
    }

    String text(String key) {
        return required(key, optionalText(key));
    }

    String text(String key, String otherwise) {
        return map.containsKey(key) ? text(key) : otherwise;
    }

    @Nullable String optionalText(String key) {
        Object value = take(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(key, "must be a string");
    }

    boolean flag(String key) {
        if (required(key, take(key)) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "must be true or false");
    }

    double number(String key) {
        return required(key, optionalNumber(key));
    }

    @Nullable Double optionalNumber(String key) {
        Object value = take(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(key, "must be a number");
    }

    @Nullable Long optionalInteger(String key) {
        Object value = take(key);
        if (value == null || value instanceof Long) {
            return (Long) value;
        }
        throw wrong(key, "must be an integer");
    }

    BigDecimal decimal(String key) {
        Object value = required(key, take(key));
        if (value instanceof Long integer) {
            return BigDecimal.valueOf(integer);
        }
        if (value instanceof Double number) {
            return new BigDecimal(number);
        }
        throw wrong(key, "must be a number");
    }

    @Nullable Digest optionalDigest(String key) {
        String hex = optionalText(key);
        try {
            return hex == null ? null : Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw wrong(key, "must be 64 lower-case hex digits");
        }
    }

    Digest digest(String key) {
        return required(key, optionalDigest(key));
    }

    /** An object of the host's own; absent means empty. */
    Map<String, @Nullable Object> data(String key) {
        Object value = take(key);
        if (value == null && !map.containsKey(key)) {
            return Map.of();
        }
        if (required(key, value) instanceof Map<?, ?> data) {
            return Checks.stringKeyed(data);
        }
        throw wrong(key, "must be an object");
    }

    /** A list of strings; absent means empty. */
    List<String> texts(String key) {
        List<?> values = values(key);
        List<String> texts = new ArrayList<>(values.size());
        for (Object value : values) {
            if (!(value instanceof String text)) {
                throw wrong(key + "[" + texts.size() + "]", "must be a string");
            }
            texts.add(text);
        }
        return texts;
    }

    /** A list of objects; absent means empty. */
    <T> List<T> objects(String key, Function<Fields, T> reader) {
        List<?> values = values(key);
        List<T> read = new ArrayList<>(values.size());
        for (Object value : values) {
            read.add(child(value, key + "[" + read.size() + "]", reader));
        }
        return read;
    }

    private List<?> values(String key) {
        Object value = take(key);
        if (value == null && !map.containsKey(key)) {
            return List.of();
        }
        if (required(key, value) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "must be an array");
    }

    <T> T object(String key, Function<Fields, T> reader) {
        return required(key, optionalObject(key, reader));
    }

    <T> @Nullable T optionalObject(String key, Function<Fields, T> reader) {
        Object value = take(key);
        return value == null ? null : child(value, key, reader);
    }

    private <T> T child(@Nullable Object value, String key, Function<Fields, T> reader) {
        if (!(value instanceof Map<?, ?> object)) {
            throw wrong(key, "must be an object");
        }
        Fields fields = new Fields(object, this, "." + key);
        try {
            T read = reader.apply(fields);
            fields.end();
            return read;
        } catch (InvalidTraceException e) {
            throw e.path().startsWith(fields.path()) ? e : e.under(fields.path());
        }
    }

    /** Refuses keys that nobody asked for. */
    void end() {
        if (used == map.size()) {
            return;
        }
        throw new InvalidTraceException(path(), "has an unknown key among " + map.keySet());
    }
}
