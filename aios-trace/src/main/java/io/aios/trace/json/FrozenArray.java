package io.aios.trace.json;

import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** An immutable JSON array. */
final class FrozenArray extends AbstractList<@Nullable Object> implements RandomAccess {
    private final @Nullable Object[] elements;

    /** Takes over the array. */
    FrozenArray(@Nullable Object[] elements) {
        this.elements = elements;
    }

    @Override
    public @Nullable Object get(int index) {
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException("frozen");
    }
}
