package io.aios.audit.proof;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** {@code YYYY-MM-DDTHH:MM:SS.ffffffZ}, always so. */
final class LeafTime {
    static final int LENGTH = 27;
    private static final String SHAPE = "0000-00-00T00:00:00.000000Z";

    private LeafTime() {}

    static void append(StringBuilder out, Instant at) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(at.getEpochSecond(), at.getNano(), ZoneOffset.UTC);
        digits(out, time.getYear(), 4).append('-');
        digits(out, time.getMonthValue(), 2).append('-');
        digits(out, time.getDayOfMonth(), 2).append('T');
        digits(out, time.getHour(), 2).append(':');
        digits(out, time.getMinute(), 2).append(':');
        digits(out, time.getSecond(), 2).append('.');
        digits(out, time.getNano() / 1000, 6).append('Z');
    }

    private static StringBuilder digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(value);
        return out.append("000000", 0, width - text.length()).append(text);
    }

    /** The time, or an exception that says what is not one. */
    static Instant parse(String text) {
        boolean shaped = text.length() == LENGTH;
        for (int i = 0; shaped && i < LENGTH; i++) {
            char c = text.charAt(i);
            shaped = SHAPE.charAt(i) == '0' ? c >= '0' && c <= '9' : c == SHAPE.charAt(i);
        }
        if (!shaped) {
            throw new DateTimeException("not of the shape YYYY-MM-DDTHH:MM:SS.ffffffZ");
        }
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 7),
                        number(text, 8, 10),
                        number(text, 11, 13),
                        number(text, 14, 16),
                        number(text, 17, 19),
                        number(text, 20, 26) * 1000)
                .toInstant(ZoneOffset.UTC);
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }
}
