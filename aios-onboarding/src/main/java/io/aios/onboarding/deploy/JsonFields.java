package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Typed access to an object of our own formats; a field of another type means a foreign or edited log. */
final class JsonFields {
    private final String where;
    private final Map<?, ?> object;

    private JsonFields(String where, Map<?, ?> object) {
        this.where = where;
        this.object = object;
    }

    static JsonFields of(String where, @Nullable Object json) {
        if (json instanceof Map<?, ?> object) {
            return new JsonFields(where, object);
        }
        throw wrong(where + " is not an object");
    }

    String string(String field) {
        if (object.get(field) instanceof String text) {
            return text;
        }
        throw wrong(where + ": \"" + field + "\" is not a string");
    }

    long integer(String field) {
        if (object.get(field) instanceof Long number) {
            return number;
        }
        throw wrong(where + ": \"" + field + "\" is not an integer");
    }

    boolean flag(String field) {
        if (object.get(field) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(where + ": \"" + field + "\" is not true or false");
    }

    JsonFields object(String field) {
        return of(where + "." + field, object.get(field));
    }

    List<Object> list(String field) {
        if (object.get(field) instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            for (Object element : list) {
                if (element == null) {
                    throw wrong(where + ": \"" + field + "\" contains null");
                }
                copy.add(element);
            }
            return copy;
        }
        throw wrong(where + ": \"" + field + "\" is not a list");
    }

    Map<String, String> strings(String field) {
        Map<String, String> copy = new TreeMap<>();
        if (object.get(field) instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (entry.getKey() instanceof String key && entry.getValue() instanceof String value) {
                    copy.put(key, value);
                } else {
                    throw wrong(where + ": \"" + field + "\" holds more than strings");
                }
            }
            return copy;
        }
        throw wrong(where + ": \"" + field + "\" is not an object");
    }

    boolean has(String field) {
        return object.get(field) != null;
    }

    Digest digest(String field) {
        try {
            return Digest.parse(string(field));
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(
                    DeploymentException.Reason.LOG, where + ": \"" + field + "\" is not a SHA-256", e);
        }
    }

    @Nullable Digest optionalDigest(String field) {
        return has(field) ? digest(field) : null;
    }

    private static DeploymentException wrong(String message) {
        return new DeploymentException(DeploymentException.Reason.LOG, message);
    }
}
