package io.aios.trace.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds what needs a second look in a JSON string: control characters, quotes, backslashes, bytes beyond ASCII. */
final class PlainText {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_ONE = 0x0101010101010101L;
    private static final long EACH_HIGH_BIT = 0x8080808080808080L;
    private static final long EACH_SPACE = 0x2020202020202020L;
    private static final long EACH_QUOTE = 0x2222222222222222L;
    private static final long EACH_BACKSLASH = 0x5c5c5c5c5c5c5c5cL;
    private static final long EACH_QUESTION_MARK = 0x3f3f3f3f3f3f3f3fL;

    private PlainText() {}

    /** The first position from {@code from} on that is not plain, or the array's length. */
    static int end(byte[] bytes, int from) {
        int i = from;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            long odd = odd((long) EIGHT.get(bytes, i));
            if (odd != 0) {
                return i + Long.numberOfTrailingZeros(odd) / Byte.SIZE;
            }
        }
        while (i < bytes.length && odd((bytes[i] & 0xFF) | (EACH_SPACE << Byte.SIZE)) == 0) {
            i++;
        }
        return i;
    }

    static boolean hasQuestionMark(byte[] bytes) {
        int i = 0;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            long marks = (long) EIGHT.get(bytes, i) ^ EACH_QUESTION_MARK;
            if (((marks - EACH_ONE) & ~marks & EACH_HIGH_BIT) != 0) {
                return true;
            }
        }
        while (i < bytes.length && bytes[i] != '?') {
            i++;
        }
        return i < bytes.length;
    }

    /**
     * The high bit of each byte that is not plain, eight at a time.
     *
     * <p>A borrow can flag bytes behind the first that is flagged rightly, never one before it.
     */
    private static long odd(long bytes) {
        long quotes = bytes ^ EACH_QUOTE;
        long backslashes = bytes ^ EACH_BACKSLASH;
        return (bytes
                        | (bytes - EACH_SPACE)
                        | ((quotes - EACH_ONE) & ~quotes)
                        | ((backslashes - EACH_ONE) & ~backslashes))
                & EACH_HIGH_BIT;
    }
}
