package io.aios.onboarding.pack;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Typed access to parsed JSON-shaped values; what is not there or of another type is refused by name. */
final class JsonShape {
    private JsonShape() {}

    static Map<String, @Nullable Object> object(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, value));
        return Collections.unmodifiableMap(copy);
    }

    @CanIgnoreReturnValue
    static Map<?, ?> object(String where, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new PackageException(where + " is not an object");
    }

    static List<?> list(String where, Map<?, ?> object, String key) {
        if (object.get(key) instanceof List<?> list) {
            return list;
        }
        throw new PackageException(where + ": \"" + key + "\" is not a list");
    }

    static String string(String where, Map<?, ?> object, String key) {
        if (object.get(key) instanceof String text) {
            return text;
        }
        throw new PackageException(where + ": \"" + key + "\" is not a string");
    }

    static void requireKeys(String where, Map<?, ?> object, Set<String> required, Set<String> optional) {
        for (String key : required) {
            if (!object.containsKey(key)) {
                throw new PackageException(where + ": \"" + key + "\" is missing");
            }
        }
        for (Object key : object.keySet()) {
            if (!required.contains(key) && !optional.contains(key)) {
                throw new PackageException(where + ": unknown field " + PortablePath.quoted(String.valueOf(key)));
            }
        }
    }
}
