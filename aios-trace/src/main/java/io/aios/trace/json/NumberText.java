package io.aios.trace.json;

import com.fasterxml.jackson.core.io.NumberOutput;

/**
 * ECMAScript number text (RFC 8785 section 3.2.2.3).
 *
 * <p>Shortest digits come from Jackson's Schubfach, not from {@code Double.toString}, which differs between JDK 17 and
 * 19; only the layout is ours.
 */
final class NumberText {
    /** The most bytes one number takes: sign, 17 digits, point, six leading zeros or an exponent. */
    static final int MAX_LENGTH = 28;

    private static final double MAX_EXACT = 9007199254740992.0;
    private static final double MAX_MICRO = 1e8;
    /** Below this, Java's two-digit minimum can hide a shorter one-digit decimal (5e-324 is printed as 4.9E-324). */
    private static final double FEW_BITS = 1e-321;

    private NumberText() {}

    /** Writes a finite double at {@code pos} and returns the position after it. */
    static int write(double value, byte[] out, int pos) {
        if (value == 0) {
            out[pos] = '0';
            return pos + 1;
        }
        double magnitude = Math.abs(value);
        if (value < 0) {
            out[pos++] = '-';
        }
        if (magnitude < MAX_EXACT && magnitude == (long) magnitude) {
            return writeDigits((long) magnitude, out, pos);
        }
        if (magnitude < MAX_MICRO) {
            // At most 14 digits: a decimal that short which reads back as the value is the shortest one, and unique.
            double micros = Math.rint(magnitude * 1e6);
            if (micros >= 1 && micros / 1e6 == magnitude) {
                return layOut((long) micros, -6, out, pos);
            }
        }
        return fromJavaText(magnitude, out, pos);
    }

    static int write(long value, byte[] out, int pos) {
        if (value < 0) {
            out[pos++] = '-';
            value = -value;
        }
        return writeDigits(value, out, pos);
    }

    private static int fromJavaText(double magnitude, byte[] out, int pos) {
        String text = NumberOutput.toString(magnitude, true);
        long digits = 0;
        int exponent = 0;
        boolean fraction = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                fraction = true;
            } else if (c == 'E') {
                exponent += Integer.parseInt(text, i + 1, text.length(), 10);
                break;
            } else {
                digits = digits * 10 + (c - '0');
                exponent -= fraction ? 1 : 0;
            }
        }
        if (magnitude < FEW_BITS && digits >= 10 && digits < 100) {
            long oneDigit = (digits + 5) / 10;
            if (Double.parseDouble(oneDigit + "E" + (exponent + 1)) == magnitude) {
                digits = oneDigit;
                exponent++;
            }
        }
        return layOut(digits, exponent, out, pos);
    }

    /** Lays out {@code digits * 10^exponent} as ECMAScript does. */
    private static int layOut(long digits, int exponent, byte[] out, int pos) {
        while (digits % 10 == 0) {
            digits /= 10;
            exponent++;
        }
        int count = digitCount(digits);
        int point = count + exponent;
        if (exponent >= 0 && point <= 21) {
            pos = writeDigits(digits, out, pos);
            for (int i = 0; i < exponent; i++) {
                out[pos++] = '0';
            }
            return pos;
        }
        if (point > 0 && point <= 21) {
            int end = writeDigits(digits, out, pos);
            System.arraycopy(out, pos + point, out, pos + point + 1, end - pos - point);
            out[pos + point] = '.';
            return end + 1;
        }
        if (point > -6 && point <= 0) {
            out[pos++] = '0';
            out[pos++] = '.';
            for (int i = point; i < 0; i++) {
                out[pos++] = '0';
            }
            return writeDigits(digits, out, pos);
        }
        int end = writeDigits(digits, out, pos);
        if (count > 1) {
            System.arraycopy(out, pos + 1, out, pos + 2, count - 1);
            out[pos + 1] = '.';
            end++;
        }
        int power = point - 1;
        out[end++] = 'e';
        out[end++] = power < 0 ? (byte) '-' : (byte) '+';
        return writeDigits(Math.abs(power), out, end);
    }

    private static int writeDigits(long digits, byte[] out, int pos) {
        int end = pos + digitCount(digits);
        for (int i = end - 1; i >= pos; i--) {
            out[i] = (byte) ('0' + digits % 10);
            digits /= 10;
        }
        return end;
    }

    private static int digitCount(long digits) {
        int count = 1;
        for (long bound = 10; count < 19 && digits >= bound; bound *= 10) {
            count++;
        }
        return count;
    }
}
