package io.aios.trace.json;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An immutable JSON object that iterates in the order of its source and knows its canonical order. */
final class FrozenObject extends AbstractMap<String, @Nullable Object> {
    static final FrozenObject EMPTY = new FrozenObject(new String[0], new Object[0]);

    private final String[] keys;
    private final @Nullable Object[] values;
    /** Positions in the order of UTF-16 units; null if the keys are given in that order. */
    private final int @Nullable [] order;

    /** Takes over both arrays; duplicate keys are found by {@link #duplicate()}. */
    FrozenObject(String[] keys, @Nullable Object[] values) {
        this.keys = keys;
        this.values = values;
        this.order = ascending(keys) ? null : sorted(keys);
    }

    private static boolean ascending(String[] keys) {
        for (int i = 1; i < keys.length; i++) {
            if (keys[i - 1].compareTo(keys[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static int[] sorted(String[] keys) {
        int[] order = new int[keys.length];
        if (keys.length > 32) {
            Integer[] boxed = new Integer[keys.length];
            Arrays.setAll(boxed, i -> i);
            Arrays.sort(boxed, (a, b) -> keys[a].compareTo(keys[b]));
            Arrays.setAll(order, i -> boxed[i]);
            return order;
        }
        for (int i = 0; i < keys.length; i++) {
            String key = keys[i];
            int j = i - 1;
            while (j >= 0 && keys[order[j]].compareTo(key) > 0) {
                order[j + 1] = order[j];
                j--;
            }
            order[j + 1] = i;
        }
        return order;
    }

    /** A key that is there twice, or null. */
    @Nullable String duplicate() {
        for (int i = 1; order != null && i < order.length; i++) {
            if (keys[order[i]].equals(keys[order[i - 1]])) {
                return keys[order[i]];
            }
        }
        return null;
    }

    /** Whether the source had its keys in canonical order. */
    boolean inOrder() {
        return order == null;
    }

    private int position(int place) {
        return order == null ? place : order[place];
    }

    /** The key at a place of the canonical order. */
    String sortedKey(int place) {
        return keys[position(place)];
    }

    /** The value at a place of the canonical order. */
    @Nullable Object sortedValue(int place) {
        return values[position(place)];
    }

    @Override
    public int size() {
        return keys.length;
    }

    private int find(@Nullable Object key) {
        if (!(key instanceof String wanted)) {
            return -1;
        }
        int low = 0;
        int high = keys.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int comparison = sortedKey(middle).compareTo(wanted);
            if (comparison == 0) {
                return position(middle);
            }
            if (comparison < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return find(key) >= 0;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        int at = find(key);
        return at < 0 ? null : values[at];
    }

    @Override
    public Set<Map.Entry<String, @Nullable Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return keys.length;
            }

            @Override
            public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < keys.length;
                    }

                    @Override
                    public Map.Entry<String, @Nullable Object> next() {
                        if (next == keys.length) {
                            throw new NoSuchElementException();
                        }
                        int at = next++;
                        return new SimpleImmutableEntry<>(keys[at], values[at]);
                    }
                };
            }

            @Override
            public void clear() {
                throw new UnsupportedOperationException("frozen");
            }
        };
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException("frozen");
    }
}
