package io.aios.trace.json;

import io.aios.policy.InvalidJsonException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a reader or writer stands: the keys and indexes from the root, kept cheaply and spelled out on refusal. */
final class JsonPath {
    /** Containers may nest this deep. */
    static final int MAX_DEPTH = 128;

    private @Nullable Object[] steps = new @Nullable Object[8];
    private int depth;

    /** Goes into a container. */
    void enter() {
        if (depth == MAX_DEPTH) {
            throw refuse("nested deeper than " + MAX_DEPTH + " levels (or cyclic)");
        }
        if (depth == steps.length) {
            steps = Arrays.copyOf(steps, depth * 2);
        }
        steps[depth++] = null;
    }

    void at(String key) {
        steps[depth - 1] = key;
    }

    void at(int index) {
        steps[depth - 1] = index;
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

    InvalidJsonException refuse(String reason) {
        return new InvalidJsonException(toString(), reason);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            if (steps[i] instanceof Integer index) {
                text.append('[').append((int) index).append(']');
            } else if (steps[i] instanceof String key) {
                append(text, key);
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
