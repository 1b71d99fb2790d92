package io.aios.trace.json;

import io.aios.policy.InvalidJsonException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a reader or writer stands: the keys and indexes from the root, kept cheaply and spelled out on refusal. */
final class JsonPath {
    private static final @Nullable String[] NONE = {};

    /** Containers may nest this deep. */
    static final int MAX_DEPTH = 128;

    /** The key at each level, or null in an array or between keys. */
    private @Nullable String[] keys = NONE;

    private int[] indexes = {};
    private int depth;

    /** Goes into a container. */
    void enter() {
        if (depth == MAX_DEPTH) {
            throw refuse("nested deeper than " + MAX_DEPTH + " levels (or cyclic)");
        }
        if (depth == keys.length) {
            keys = Arrays.copyOf(keys, depth * 2 + 8);
            indexes = Arrays.copyOf(indexes, depth * 2 + 8);
        }
        keys[depth] = null;
        indexes[depth++] = -1;
    }

    void at(String key) {
        keys[depth - 1] = key;
    }

    void at(int index) {
        indexes[depth - 1] = index;
    }

    /** Between two keys, or before the first. */
    void atContainer() {
        keys[depth - 1] = null;
    }

    /** The index in the array, -1 before the first element. */
    int index() {
        return indexes[depth - 1];
    }

    int depth() {
        return depth;
    }

    void leave() {
        depth--;
    }

    /** Refuses lone surrogates. */
    void requireWellFormed(String text) {
        boolean high = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= Character.MIN_SURROGATE || high) {
                if (Character.isLowSurrogate(c) != high) {
                    throw refuse("lone surrogate");
                }
                high = Character.isHighSurrogate(c);
            }
        }
        if (high) {
            throw refuse("lone surrogate");
        }
    }

    /** Refuses an object that has a key twice. */
    void requireUnique(FrozenObject object) {
        String twice = object.duplicate();
        if (twice != null) {
            at(twice);
            throw refuse("duplicate key");
        }
    }

    InvalidJsonException refuse(String reason) {
        return new InvalidJsonException(toString(), reason);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            String key = keys[i];
            if (key != null) {
                append(text, key);
            } else if (indexes[i] >= 0) {
                text.append('[').append(indexes[i]).append(']');
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String key) {
        if (!key.isEmpty() && key.chars().allMatch(JsonPath::plain)) {
            text.append('.').append(key);
            return;
        }
        text.append("['");
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c >= 0x20 && c < 0x7F && c != '\'' && c != '\\') {
                text.append(c);
            } else {
                String hex = Integer.toHexString(c);
                text.append("\\u").append("0000", 0, 4 - hex.length()).append(hex);
            }
        }
        text.append("']");
    }

    private static boolean plain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
