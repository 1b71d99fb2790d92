package io.aios.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Copies of JSON-shaped values that can be changed, and the walk over their leaves. */
final class Mutable {
    /** What a walk calls for each leaf. */
    interface Visitor {
        /** Gives the leaf's JSON pointer, its value, and a way to put another in its place. */
        void leaf(String pointer, @Nullable Object value, Consumer<@Nullable Object> replace);
    }

    private Mutable() {}

    static Object copy(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put((String) key, element == null ? null : copy(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(element == null ? null : copy(element)));
            return copy;
        }
        return value;
    }

    /** The member of a tree at a key. */
    @SuppressWarnings("unchecked") // trees are made by copy() and hold such maps only
    static Map<String, @Nullable Object> object(Object tree) {
        return (Map<String, @Nullable Object>) tree;
    }

    @SuppressWarnings("unchecked") // trees are made by copy() and hold such lists only
    static List<@Nullable Object> list(Object tree) {
        return (List<@Nullable Object>) tree;
    }

    static void walk(Object tree, String pointer, Visitor visitor) {
        if (tree instanceof Map<?, ?>) {
            Map<String, @Nullable Object> map = object(tree);
            for (String key : List.copyOf(map.keySet())) {
                visit(map.get(key), pointer + "/" + key, visitor, value -> map.put(key, value));
            }
        } else if (tree instanceof List<?>) {
            List<@Nullable Object> list = list(tree);
            for (int i = 0; i < list.size(); i++) {
                int at = i;
                visit(list.get(i), pointer + "/" + i, visitor, value -> list.set(at, value));
            }
        }
    }

    private static void visit(
            @Nullable Object value, String pointer, Visitor visitor, Consumer<@Nullable Object> replace) {
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            walk(value, pointer, visitor);
        } else {
            visitor.leaf(pointer, value, replace);
        }
    }
}
