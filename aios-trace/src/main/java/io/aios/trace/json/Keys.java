package io.aios.trace.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys that an object may have, in canonical order; at most 64, printable ASCII.
 *
 * <p>Public for those who use {@link StrictReader}.
 */
public final class Keys {
    private final String[] names;
    /** Each name with its closing quote. */
    private final byte[][] encoded;

    private final long required;
    private final long written;
    private final long cut;

    private Keys(String[] names, byte[][] encoded, long required, long written, long cut) {
        this.names = names;
        this.encoded = encoded;
        this.required = required;
        this.written = written;
        this.cut = cut;
    }

    /**
     * Keys by name, each required unless a mark follows: {@code ?} for a key that may be missing, {@code +} for one that
     * may be missing but is always written.
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
        long written = 0;
        for (int i = 0; i < names.length; i++) {
            String specification = specifications[i];
            boolean optional = specification.endsWith("?");
            boolean added = specification.endsWith("+");
            names[i] = optional || added ? specification.substring(0, specification.length() - 1) : specification;
            encoded[i] = (names[i] + '"').getBytes(StandardCharsets.US_ASCII);
            required |= optional || added ? 0 : 1L << i;
            written |= optional ? 0 : 1L << i;
        }
        return new Keys(names, encoded, required, written, 0);
    }

    /** The same keys, some of whose members, leaves all, {@link StrictReader#copyTo} cuts out. */
    public Keys cutting(String... leaves) {
        long bits = 0;
        for (String leaf : leaves) {
            bits |= 1L << find(leaf);
        }
        return new Keys(names, encoded, required, written, bits);
    }

    boolean isCut(int index) {
        return (cut & (1L << index)) != 0;
    }

    /** Whether the keys that are always written are all among those seen. */
    boolean allWritten(long seen) {
        return (written & ~seen) == 0;
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
