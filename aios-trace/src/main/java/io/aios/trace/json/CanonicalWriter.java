package io.aios.trace.json;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer of canonical JSON bytes, for writers that know their keys.
 *
 * <p>{@link #value} writes whole JSON-shaped values; {@link #raw} appends pre-encoded bytes whose order and escaping the
 * caller answers for. Not thread-safe.
 */
public final class CanonicalWriter {
    private static final long MAX_SAFE = 9007199254740991L;
    private static final BigInteger MAX_SAFE_BIG = BigInteger.valueOf(MAX_SAFE);
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    /** 0 = as it is, 'u' = {@code \}{@code u00xx}, otherwise the letter after the backslash. */
    private static final byte[] ESCAPES = escapes();

    /** From here on the library's encoder and a look at eight bytes at once are faster than one by one. */
    private static final int LONG_TEXT = 16;

    private byte[] buffer;
    private int size;
    private final JsonPath path = new JsonPath();

    /**
     * @param capacity the expected number of bytes
     */
    public CanonicalWriter(int capacity) {
        buffer = new byte[Math.max(capacity, 64)];
    }

    /** Appends bytes as they are. */
    @CanIgnoreReturnValue
    public CanonicalWriter raw(byte[] encoded) {
        int length = encoded.length;
        ensure(length);
        System.arraycopy(encoded, 0, buffer, size, length);
        size += length;
        return this;
    }

    @CanIgnoreReturnValue
    CanonicalWriter raw(byte[] encoded, int from, int to) {
        ensure(to - from);
        System.arraycopy(encoded, from, buffer, size, to - from);
        size += to - from;
        return this;
    }

    /** Appends one ASCII character as it is. */
    @CanIgnoreReturnValue
    public CanonicalWriter raw(char ascii) {
        ensure(1);
        buffer[size++] = (byte) ascii;
        return this;
    }

    /**
     * Appends a string with quotes and minimal escapes.
     *
     * @throws io.aios.policy.InvalidJsonException on a lone surrogate
     */
    @CanIgnoreReturnValue
    public CanonicalWriter string(String text) {
        ensure(text.length() + 2);
        return quoted(text);
    }

    /**
     * Appends pre-encoded bytes, such as a comma, key and colon, and a string.
     *
     * @throws io.aios.policy.InvalidJsonException on a lone surrogate
     */
    @CanIgnoreReturnValue
    public CanonicalWriter member(byte[] encoded, String text) {
        int length = encoded.length;
        ensure(length + text.length() + 2);
        System.arraycopy(encoded, 0, buffer, size, length);
        size += length;
        return quoted(text);
    }

    /** There is room for the text and two quotes if each character takes one byte. */
    private CanonicalWriter quoted(String text) {
        int length = text.length();
        byte[] out = buffer;
        int pos = size;
        out[pos++] = '"';
        if (length >= LONG_TEXT) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            // A lone surrogate comes out of the encoder as a question mark, so bytes with one take the other way.
            if (utf8.length == length && PlainText.end(utf8, 0) == length && !PlainText.hasQuestionMark(utf8)) {
                System.arraycopy(utf8, 0, out, pos, length);
                out[pos + length] = '"';
                size = pos + length + 1;
                return this;
            }
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || ESCAPES[c] != 0) {
                size = pos;
                slow(text, i);
                return raw('"');
            }
            out[pos++] = (byte) c;
        }
        out[pos++] = '"';
        size = pos;
        return this;
    }

    /** Appends bytes as lower-case hex digits, without quotes. */
    @CanIgnoreReturnValue
    public CanonicalWriter hex(byte[] bytes) {
        ensure(2 * bytes.length);
        for (byte b : bytes) {
            buffer[size++] = HEX[(b >> 4) & 0xF];
            buffer[size++] = HEX[b & 0xF];
        }
        return this;
    }

    /** Appends an integer; the caller answers for its range. */
    @CanIgnoreReturnValue
    public CanonicalWriter number(long value) {
        ensure(NumberText.MAX_LENGTH);
        size = NumberText.write(value, buffer, size);
        return this;
    }

    /**
     * Appends ECMAScript number text.
     *
     * @throws io.aios.policy.InvalidJsonException if the value is NaN or infinite
     */
    @CanIgnoreReturnValue
    public CanonicalWriter number(double value) {
        if (!Double.isFinite(value)) {
            throw path.refuse("a number must be finite, this one is " + value);
        }
        ensure(NumberText.MAX_LENGTH);
        size = NumberText.write(value, buffer, size);
        return this;
    }

    /** Appends {@code true} or {@code false}. */
    @CanIgnoreReturnValue
    public CanonicalWriter bool(boolean value) {
        return raw(value ? CanonicalJson.TRUE : CanonicalJson.FALSE);
    }

    /**
     * Appends a JSON-shaped value in canonical form.
     *
     * @throws io.aios.policy.InvalidJsonException naming the path of what cannot be canonical
     */
    @CanIgnoreReturnValue
    public CanonicalWriter value(@Nullable Object value) {
        if (value instanceof String text) {
            return string(text);
        }
        if (value instanceof FrozenObject frozen) {
            return frozen(frozen);
        }
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        if (value instanceof List<?> list) {
            return array(list);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Boolean bool) {
            return bool(bool);
        }
        if (value == null) {
            return raw(CanonicalJson.NULL);
        }
        throw path.refuse("not a JSON-shaped value: " + value.getClass().getName()
                + "; use Map, List, String, Number or Boolean");
    }

    @CanIgnoreReturnValue
    private CanonicalWriter number(Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            long value = number.longValue();
            if (value > MAX_SAFE || value < -MAX_SAFE) {
                throw path.refuse("integer beyond 2^53-1: " + value + "; write it as a string");
            }
            return number(value);
        }
        if (number instanceof BigInteger big) {
            if (big.abs().compareTo(MAX_SAFE_BIG) > 0) {
                throw path.refuse("integer beyond 2^53-1; write it as a string");
            }
            return number(big.longValue());
        }
        if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
            return number(number.doubleValue());
        }
        throw path.refuse("not a JSON number: " + number.getClass().getName());
    }

    @CanIgnoreReturnValue
    private CanonicalWriter array(List<?> list) {
        raw('[');
        path.enter();
        int index = 0;
        for (Object element : list) {
            if (index > 0) {
                raw(',');
            }
            path.at(index++);
            value(element);
        }
        path.leave();
        return raw(']');
    }

    @CanIgnoreReturnValue
    private CanonicalWriter object(Map<?, ?> map) {
        raw('{');
        path.enter();
        Map.Entry<?, ?>[] entries = sortedByKey(map);
        for (int i = 0; i < entries.length; i++) {
            if (i > 0) {
                raw(',');
            }
            String key = (String) entries[i].getKey();
            path.at(key);
            if (i > 0 && key.equals(entries[i - 1].getKey())) {
                throw path.refuse("duplicate key");
            }
            string(key).raw(':').value(entries[i].getValue());
        }
        path.leave();
        return raw('}');
    }

    private CanonicalWriter frozen(FrozenObject object) {
        raw('{');
        path.enter();
        for (int i = 0; i < object.size(); i++) {
            if (i > 0) {
                raw(',');
            }
            String key = object.sortedKey(i);
            path.at(key);
            string(key).raw(':').value(object.sortedValue(i));
        }
        path.leave();
        return raw('}');
    }

    /** Insertion sort by UTF-16 code units for what is small or already in order, else the library's sort. */
    private Map.Entry<?, ?>[] sortedByKey(Map<?, ?> map) {
        Map.Entry<?, ?>[] entries = map.entrySet().toArray(new Map.Entry<?, ?>[0]);
        for (Map.Entry<?, ?> entry : entries) {
            if (!(entry.getKey() instanceof String)) {
                throw path.refuse("a key must be a string, this one is "
                        + (entry.getKey() == null
                                ? "null"
                                : entry.getKey().getClass().getName()));
            }
        }
        if (entries.length > 16) {
            Arrays.sort(entries, (a, b) -> ((String) a.getKey()).compareTo((String) b.getKey()));
            return entries;
        }
        for (int i = 1; i < entries.length; i++) {
            Map.Entry<?, ?> entry = entries[i];
            String key = (String) entry.getKey();
            int j = i - 1;
            while (j >= 0 && ((String) entries[j].getKey()).compareTo(key) > 0) {
                entries[j + 1] = entries[j];
                j--;
            }
            entries[j + 1] = entry;
        }
        return entries;
    }

    private void slow(String text, int from) {
        int length = text.length();
        for (int i = from; i < length; i++) {
            ensure(6 + length - i);
            char c = text.charAt(i);
            if (c < 0x80) {
                escaped(c);
            } else if (c < 0x800) {
                buffer[size++] = (byte) (0xC0 | (c >> 6));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                buffer[size++] = (byte) (0xE0 | (c >> 12));
                buffer[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            } else {
                if (!Character.isHighSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw path.refuse(
                            "lone surrogate U+" + Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT));
                }
                int point = Character.toCodePoint(c, text.charAt(++i));
                buffer[size++] = (byte) (0xF0 | (point >> 18));
                buffer[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                buffer[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                buffer[size++] = (byte) (0x80 | (point & 0x3F));
            }
        }
    }

    private void escaped(char c) {
        byte escape = ESCAPES[c];
        if (escape == 0) {
            buffer[size++] = (byte) c;
            return;
        }
        buffer[size++] = '\\';
        buffer[size++] = escape;
        if (escape == 'u') {
            buffer[size++] = '0';
            buffer[size++] = '0';
            buffer[size++] = HEX[c >> 4];
            buffer[size++] = HEX[c & 0xF];
        }
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }

    /** The number of bytes so far. */
    public int size() {
        return size;
    }

    /** Forgets what was written and keeps the buffer. */
    @CanIgnoreReturnValue
    public CanonicalWriter reset() {
        size = 0;
        return this;
    }

    /** A copy of the bytes so far. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    /** SHA-256 of the bytes so far. */
    public Digest digest() {
        MessageDigest sha = Digest.newSha256();
        sha.update(buffer, 0, size);
        return Digest.taking(sha.digest());
    }

    /** Feeds the bytes so far to a digest or MAC of the caller's. */
    public void updateTo(MessageDigest digest) {
        digest.update(buffer, 0, size);
    }

    private static byte[] escapes() {
        byte[] table = new byte[0x80];
        Arrays.fill(table, 0, 0x20, (byte) 'u');
        table['\b'] = 'b';
        table['\t'] = 't';
        table['\n'] = 'n';
        table['\f'] = 'f';
        table['\r'] = 'r';
        table['"'] = '"';
        table['\\'] = '\\';
        return table;
    }
}
