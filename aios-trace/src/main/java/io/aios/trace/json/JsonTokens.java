package io.aios.trace.json;

import io.aios.policy.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The leaves of a JSON text (RFC 8259) in UTF-8, read strictly from its bytes. */
abstract sealed class JsonTokens permits StrictReader {
    static final long MAX_SAFE = 9007199254740991L;
    static final double INTEGER_TEXT_FROM = 9007199254740992.0;
    static final double INTEGER_TEXT_TO = 1e21;
    private static final int MAX_NUMBER = 1000;
    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    final byte[] in;
    int pos;
    final JsonPath path = new JsonPath();
    /** Whether the last string had escapes of surrogates, which must be paired. */
    private boolean surrogates;
    /** The last number, if it was an integer. */
    long whole;
    /** The last number, if it was not. */
    double real;
    /** Whether the last number is in canonical form and has at most 6 decimals. */
    boolean plain;
    /** Whether nothing was met so far that a canonical text would spell in another way; false is always safe. */
    boolean canonical = true;

    JsonTokens(byte[] utf8) {
        in = utf8;
    }

    /** The byte that comes, or 0 at the end, which no JSON text holds. */
    final int peek() {
        return pos < in.length ? in[pos] : 0;
    }

    final void skipSpace() {
        int c = peek();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            canonical = false;
            pos++;
            c = peek();
        }
    }

    final void skip(char expected) {
        skipSpace();
        if (peek() != expected) {
            throw malformed();
        }
        pos++;
        skipSpace();
    }

    final InvalidJsonException malformed() {
        return path.refuse("not well-formed JSON at byte " + pos);
    }

    final void literal(byte[] word) {
        for (byte b : word) {
            if (peek() != b) {
                throw malformed();
            }
            pos++;
        }
    }

    /** A string value; the reader stands at its quote. */
    final String string() {
        String text = decoded();
        if (surrogates) {
            path.requireWellFormed(text);
        }
        return text;
    }

    /** A key; what is wrong inside it is told with the key in the path. */
    final String key() {
        path.atContainer();
        String key = decoded();
        path.at(key);
        if (surrogates) {
            path.requireWellFormed(key);
        }
        return key;
    }

    private String decoded() {
        int from = pos + 1;
        pos = PlainText.end(in, from);
        String plain = new String(in, from, pos - from, StandardCharsets.ISO_8859_1);
        surrogates = false;
        if (peek() == '"') {
            pos++;
            return plain;
        }
        StringBuilder text = new StringBuilder(2 * plain.length() + 16).append(plain);
        while (peek() != '"') {
            int c = peek();
            if (c == '\\') {
                char escaped = escape();
                surrogates |= Character.isSurrogate(escaped);
                text.append(escaped);
            } else if (c < 0) {
                text.appendCodePoint(codePoint());
            } else if (c < ' ') {
                throw malformed();
            } else {
                text.append((char) c);
                pos++;
            }
        }
        pos++;
        return text.toString();
    }

    private char escape() {
        pos++;
        int c = peek();
        pos++;
        canonical &= c != '/';
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                char spelled = (char) ((hex() << 12) | (hex() << 8) | (hex() << 4) | hex());
                int last = in[pos - 1];
                canonical &= spelled < ' ' && "\b\t\n\f\r".indexOf(spelled) < 0 && (last <= '9' || last >= 'a');
                yield spelled;
            }
            default -> {
                pos--;
                throw malformed();
            }
        };
    }

    private int hex() {
        int digit = Character.digit((char) peek(), 16);
        if (digit < 0 || peek() < 0) {
            throw malformed();
        }
        pos++;
        return digit;
    }

    /** A sequence of two to four bytes: no overlong form, no surrogate, nothing beyond U+10FFFF. */
    private int codePoint() {
        int lead = in[pos] & 0xFF;
        int more = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        int point = lead & (0x3F >> more);
        boolean valid = more > 0 && pos + more < in.length;
        for (int i = 1; valid && i <= more; i++) {
            valid = (in[pos + i] & 0xC0) == 0x80;
            point = (point << 6) | (in[pos + i] & 0x3F);
        }
        if (more == 2) {
            valid &= point >= 0x800 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
        } else if (more == 3) {
            valid &= point >= Character.MIN_SUPPLEMENTARY_CODE_POINT && point <= Character.MAX_CODE_POINT;
        }
        if (!valid) {
            throw path.refuse("not UTF-8 at byte " + pos);
        }
        pos += more + 1;
        return point;
    }

    static boolean startsNumber(int c) {
        return c == '-' || (c >= '0' && c <= '9');
    }

    /** Reads a number into {@link #whole} (true) or {@link #real} (false). */
    final boolean scanNumber() {
        int start = pos;
        boolean negative = peek() == '-';
        pos += negative ? 1 : 0;
        int first = pos;
        long digits = digits(0);
        int count = pos - first;
        if (count > 1 && in[first] == '0') {
            throw malformed();
        }
        int decimals = 0;
        boolean integer = true;
        if (peek() == '.') {
            integer = false;
            int point = pos++;
            digits = digits(digits);
            decimals = pos - point - 1;
        }
        boolean exponent = peek() == 'e' || peek() == 'E';
        if (exponent) {
            integer = false;
            pos++;
            pos += peek() == '+' || peek() == '-' ? 1 : 0;
            long unused = digits(0);
        }
        if (pos - start > MAX_NUMBER) {
            throw path.refuse("number of more than " + MAX_NUMBER + " characters");
        }
        if (integer) {
            if (count > 16 || digits > MAX_SAFE) {
                throw tooLarge();
            }
            whole = negative ? -digits : digits;
            plain = digits != 0 || !negative;
            return true;
        }
        // A quotient of two integers below 2^53 is rounded once, so up to 15 digits need no slower way.
        if (!exponent && count + decimals < POWERS_OF_TEN.length) {
            double magnitude = digits / POWERS_OF_TEN[decimals];
            real = negative ? -magnitude : magnitude;
            plain = decimals <= 6 && in[pos - 1] != '0';
        } else {
            plain = false;
            real = Double.parseDouble(new String(in, start, pos - start, StandardCharsets.ISO_8859_1));
        }
        double magnitude = Math.abs(real);
        if (Double.isInfinite(real)) {
            throw path.refuse("number beyond the range of a double");
        }
        if (magnitude >= INTEGER_TEXT_FROM && magnitude < INTEGER_TEXT_TO) {
            // Its canonical text would be an integer that this reader has to refuse.
            throw tooLarge();
        }
        return false;
    }

    /** A number as it is: integers {@code Long}, others {@code Double}. */
    final Number anyNumber() {
        int start = pos;
        if (scanNumber()) {
            canonical &= plain;
            return whole;
        }
        if (canonical && !plain) {
            byte[] text = new byte[NumberText.MAX_LENGTH];
            int length = NumberText.write(real, text, 0);
            canonical = Arrays.equals(text, 0, length, in, start, pos);
        }
        return real;
    }

    /** Reads one digit or more; what overflows is never used. */
    private long digits(long before) {
        long digits = before;
        int first = pos;
        for (int c = peek(); c >= '0' && c <= '9'; c = peek()) {
            digits = digits * 10 + (c - '0');
            pos++;
        }
        if (pos == first) {
            throw malformed();
        }
        return digits;
    }

    final InvalidJsonException tooLarge() {
        return path.refuse("integer beyond 2^53-1; write it as a string");
    }
}
