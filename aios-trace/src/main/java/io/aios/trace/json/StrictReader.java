package io.aios.trace.json;

import io.aios.policy.InvalidJsonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text strictly, in one pass over its bytes, for readers that know their keys.
 *
 * <p>Public for the readers of traces and of package manifests; hosts want {@link CanonicalJson#parse}.
 *
 * <p>An object is read with {@link #open} and {@link #next}, an array with {@link #openArray} and {@link #element}, a leaf
 * with the method of its type; {@link #value} reads whatever comes. Every refusal is an {@link InvalidJsonException} that
 * names the path. Not thread-safe.
 */
public final class StrictReader extends JsonTokens {
    /** For each open object with known keys: the place of the key to expect, and which were there. */
    private int[] expected = new int[8];

    private long[] seen = new long[8];
    /** Members and elements of the containers that are still open. */
    private @Nullable Object[] stack = new @Nullable Object[16];

    private int size;
    private @Nullable String firstNull;
    /** Where the last key begins, and whether its member is to be cut out. */
    private int member;

    private boolean cutting;
    /** Begin and end of each member that is cut out. */
    private int[] cuts = new int[64];

    private int cutCount;

    /**
     * A reader at the start of a text.
     *
     * @param utf8 not copied: it must not change while it is read
     */
    public StrictReader(byte[] utf8) {
        super(utf8);
        skipSpace();
        if (pos == in.length) {
            throw path.refuse("no JSON value");
        }
    }

    /** Goes into an object and on to its first key; see {@link #next}. */
    public @Nullable String open(Keys keys) {
        begin('{', "must be an object");
        int depth = path.depth();
        if (depth >= expected.length) {
            expected = Arrays.copyOf(expected, depth * 2);
            seen = Arrays.copyOf(seen, depth * 2);
        }
        expected[depth] = 0;
        seen[depth] = 0;
        return next(keys);
    }

    /**
     * Goes on to the next key of the object.
     *
     * @return the key, or null at the end of the object
     * @throws InvalidJsonException if the key is unknown or there twice, or a required key is missing at the end
     */
    public @Nullable String next(Keys keys) {
        int depth = path.depth();
        if (cutting) {
            cut();
        }
        if (!member(seen[depth] == 0)) {
            canonical &= keys.allWritten(seen[depth]);
            int missing = keys.firstMissing(seen[depth]);
            if (missing >= 0) {
                path.at(keys.name(missing));
                throw path.refuse("is required");
            }
            path.leave();
            return null;
        }
        member = pos;
        int index = keys.find(in, pos + 1, expected[depth]);
        if (index >= 0) {
            pos += keys.name(index).length() + 2;
        } else {
            String odd = key();
            index = keys.find(odd);
            if (index < 0) {
                path.atContainer();
                throw path.refuse("has the unknown key '" + odd + "'");
            }
        }
        String key = keys.name(index);
        path.at(key);
        if ((seen[depth] & (1L << index)) != 0) {
            throw path.refuse("duplicate key");
        }
        seen[depth] |= 1L << index;
        canonical &= index >= expected[depth];
        expected[depth] = index + 1;
        cutting = keys.isCut(index);
        skip(':');
        return key;
    }

    /** Cuts the member that ends here out, with the comma after it, or before it if it is the last one. */
    private void cut() {
        cutting = false;
        boolean last = peek() != ',';
        int from = last ? member - 1 : member;
        if (cutCount > 0 && from < cuts[cutCount - 1]) {
            canonical = false;
            return;
        }
        if (cutCount == cuts.length) {
            cuts = Arrays.copyOf(cuts, cutCount * 2);
        }
        cuts[cutCount++] = from;
        cuts[cutCount++] = last ? pos : pos + 1;
    }

    /** Tells that a writer would spell the value that was read last in another way, or leave it out. */
    public void notCanonical() {
        canonical = false;
    }

    /** Whether what was read so far is known to be canonical; false is always safe. */
    public boolean isCanonical() {
        return canonical;
    }

    /**
     * Appends the text that was read, without the members that {@link Keys#cutting} names.
     *
     * @return false, and nothing is appended, unless the text is known to be canonical
     */
    public boolean copyTo(CanonicalWriter out) {
        if (!canonical) {
            return false;
        }
        int from = 0;
        for (int i = 0; i < cutCount; i += 2) {
            out.raw(in, from, cuts[i]);
            from = cuts[i + 1];
        }
        out.raw(in, from, in.length);
        return true;
    }

    private void begin(char bracket, String otherwise) {
        if (peek() != bracket) {
            throw wrong(otherwise);
        }
        pos++;
        path.enter();
    }

    private InvalidJsonException wrong(String reason) {
        return path.refuse(peek() == 'n' ? "must not be null" : reason);
    }

    /** Whether another member comes; then the reader stands at the quote of its key. */
    private boolean member(boolean first) {
        skipSpace();
        if (peek() == '}') {
            pos++;
            return false;
        }
        if (!first) {
            skip(',');
        }
        if (peek() != '"') {
            throw malformed();
        }
        return true;
    }

    /** Goes into an array. */
    public void openArray() {
        begin('[', "must be an array");
    }

    /** Goes on to the next element; false at the end of the array. */
    public boolean element() {
        skipSpace();
        if (peek() == ']') {
            pos++;
            path.leave();
            return false;
        }
        int index = path.index() + 1;
        if (index > 0) {
            skip(',');
        }
        path.at(index);
        return true;
    }

    /** The string that comes. */
    public String text() {
        if (peek() != '"') {
            throw wrong("must be a string");
        }
        return string();
    }

    /** An array of strings. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>(4);
        openArray();
        while (element()) {
            texts.add(text());
        }
        return texts;
    }

    /** {@code true} or {@code false}. */
    public boolean flag() {
        if (peek() != 't' && peek() != 'f') {
            throw wrong("must be true or false");
        }
        return Boolean.TRUE.equals(value());
    }

    /** A number, integer or not; taken for canonical up to 6 decimals, to which the records round. */
    public double number() {
        if (!startsNumber(peek())) {
            throw wrong("must be a number");
        }
        double number = scanNumber() ? whole : real;
        canonical &= plain;
        return number;
    }

    /** An integer. */
    public long integer() {
        if (!startsNumber(peek()) || !scanNumber()) {
            throw wrong("must be an integer");
        }
        canonical &= plain;
        return whole;
    }

    /** An object with any keys. */
    public Map<String, @Nullable Object> object() {
        if (peek() != '{') {
            throw wrong("must be an object");
        }
        return anyObject();
    }

    /** Passes over {@code null} if that comes; see {@link #firstNull()}. */
    public boolean passNull() {
        if (peek() != 'n') {
            return false;
        }
        literal(CanonicalJson.NULL);
        canonical = false;
        if (firstNull == null) {
            firstNull = path();
        }
        return true;
    }

    /** Where {@link #passNull()} passed over one first, or null. */
    public @Nullable String firstNull() {
        return firstNull;
    }

    /** Where the reader stands: at the value that it reads or has just read. */
    public String path() {
        return path.toString();
    }

    /** Any value: objects and arrays immutable, integers {@code Long}, other numbers {@code Double}. */
    public @Nullable Object value() {
        int c = peek();
        return switch (c) {
            case '"' -> string();
            case '{' -> anyObject();
            case '[' -> anyArray();
            case 't' -> literal(CanonicalJson.TRUE, true);
            case 'f' -> literal(CanonicalJson.FALSE, false);
            case 'n' -> literal(CanonicalJson.NULL, null);
            default -> {
                if (!startsNumber(c)) {
                    throw malformed();
                }
                yield anyNumber();
            }
        };
    }

    private @Nullable Boolean literal(byte[] word, @Nullable Boolean meaning) {
        literal(word);
        return meaning;
    }

    private FrozenObject anyObject() {
        begin('{', "");
        int from = size;
        while (member(size == from)) {
            push(key());
            skip(':');
            push(value());
        }
        int count = (size - from) / 2;
        String[] keys = new String[count];
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (String) Objects.requireNonNull(stack[from + 2 * i]);
            values[i] = stack[from + 2 * i + 1];
        }
        size = from;
        FrozenObject object = count == 0 ? FrozenObject.EMPTY : new FrozenObject(keys, values);
        path.requireUnique(object);
        canonical &= object.inOrder();
        path.leave();
        return object;
    }

    private FrozenArray anyArray() {
        openArray();
        int from = size;
        while (element()) {
            push(value());
        }
        FrozenArray array = new FrozenArray(Arrays.copyOfRange(stack, from, size));
        size = from;
        return array;
    }

    private void push(@Nullable Object value) {
        if (size == stack.length) {
            stack = Arrays.copyOf(stack, size * 2);
        }
        stack[size++] = value;
    }

    /** Refuses anything but space after the value. */
    public void end() {
        skipSpace();
        if (pos < in.length) {
            throw path.refuse("more than one JSON value");
        }
    }
}
