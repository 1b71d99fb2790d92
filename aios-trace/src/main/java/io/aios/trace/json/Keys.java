package io.aios.trace.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys that an object may have, in canonical order; at most 64, printable ASCII. */
public final class Keys {
    private final String[] names;
    /** Each name with its closing quote. */
    private final byte[][] encoded;

    private final long required;

    private Keys(String[] names, byte[][] encoded, long required) {
        this.names = names;
        this.encoded = encoded;
        this.required = required;
    }

    /**
     * Keys by name; a question mark after a name says that the key may be missing.
     *
     * @throws IllegalArgumentException if there are more than 64
     */
    public static Keys of(String... specifications) {
        if (specifications.length > Long.SIZE) {
            throw new IllegalArgumentException("at most 64 keys, not " + specifications.length);
        }
        String[] names = new String[specifications.length];
        byte[][] encoded = new byte[names.length][];
        long required = 0;
        for (int i = 0; i < names.length; i++) {
            boolean optional = specifications[i].endsWith("?");
            names[i] = optional ? specifications[i].substring(0, specifications[i].length() - 1) : specifications[i];
            encoded[i] = (names[i] + '"').getBytes(StandardCharsets.US_ASCII);
            required |= optional ? 0 : 1L << i;
        }
        return new Keys(names, encoded, required);
    }

    String name(int index) {
        return names[index];
    }

    /** The key whose name and closing quote stand at a position, or -1; the expected one is looked at first. */
    int find(byte[] in, int from, int expected) {
        for (int i = expected; i < encoded.length; i++) {
            if (stands(encoded[i], in, from)) {
                return i;
            }
        }
        for (int i = 0; i < expected; i++) {
            if (stands(encoded[i], in, from)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean stands(byte[] key, byte[] in, int from) {
        int end = from + key.length;
        return end <= in.length && in[from] == key[0] && Arrays.equals(in, from, end, key, 0, key.length);
    }

    int find(String name) {
        return Arrays.asList(names).indexOf(name);
    }

    /** The first required key that is not among those seen, or -1. */
    int firstMissing(long seen) {
        long missing = required & ~seen;
        return missing == 0 ? -1 : Long.numberOfTrailingZeros(missing);
    }
}
