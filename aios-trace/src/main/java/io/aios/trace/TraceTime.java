package io.aios.trace;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Timestamps of traces: text in UTC at microsecond precision, kept as text and never reformatted for hashing. */
public final class TraceTime {
    private static final int SECONDS = 19;

    private TraceTime() {}

    /** The time of the clock as text. */
    public static String now(Clock clock) {
        return text(clock.instant());
    }

    /** A time as text, truncated to microseconds, such as {@code 2026-01-28T06:59:33.244589+00:00}. */
    public static String text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        int year = time.getYear();
        if (year < 0 || year > 9999) {
            throw new InvalidTraceException("$", "a timestamp needs a year from 0000 to 9999, not " + year);
        }
        char[] out = new char[32];
        digits(out, 0, 4, year);
        out[4] = '-';
        digits(out, 5, 2, time.getMonthValue());
        out[7] = '-';
        digits(out, 8, 2, time.getDayOfMonth());
        out[10] = 'T';
        digits(out, 11, 2, time.getHour());
        out[13] = ':';
        digits(out, 14, 2, time.getMinute());
        out[16] = ':';
        digits(out, 17, 2, time.getSecond());
        out[19] = '.';
        digits(out, 20, 6, time.getNano() / 1000);
        "+00:00".getChars(0, 6, out, 26);
        return new String(out);
    }

    private static void digits(char[] out, int at, int count, int value) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** Whether a text is a date and time with offset and at most six decimals. */
    static boolean isValid(String text) {
        if (text.length() < SECONDS + 1 || text.length() > 32 || text.charAt(10) != 'T' || text.charAt(16) != ':') {
            return false;
        }
        int end = SECONDS;
        if (text.charAt(end) == '.') {
            end++;
            while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
                end++;
            }
            if (end == SECONDS + 1 || end > SECONDS + 7) {
                return false;
            }
        }
        int offset = text.length() - end;
        if (offset == 6 ? text.endsWith("+00:00") : offset == 1 && text.charAt(end) == 'Z') {
            return isDateTime(text);
        }
        return offset == 6 && parses(text);
    }

    /** The common case without the cost of a formatter. */
    private static boolean isDateTime(String text) {
        int month = number(text, 5);
        int day = number(text, 8);
        if (number(text, 0) < 0 || number(text, 2) < 0 || text.charAt(4) != '-' || text.charAt(7) != '-') {
            return false;
        }
        if (month < 1 || month > 12 || day < 1 || day > 31 || text.charAt(13) != ':') {
            return false;
        }
        int hour = number(text, 11);
        int minute = number(text, 14);
        int second = number(text, 17);
        return hour >= 0
                && hour < 24
                && minute >= 0
                && minute < 60
                && second >= 0
                && second < 60
                && (day < 29 || (day < 31 && month != 2) || parses(text));
    }

    private static int number(String text, int at) {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
    }

    private static boolean parses(String text) {
        try {
            return OffsetDateTime.parse(text).getNano() % 1000 == 0;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
