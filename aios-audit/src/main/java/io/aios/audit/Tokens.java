package io.aios.audit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/** The character classes of {@code aios-audit/1}: ASCII only, and nothing that JSON would escape. */
final class Tokens {
    private static final int NAME_MAX = 128;
    private static final int WORD_MAX = 64;

    private Tokens() {}

    /** {@code [A-Za-z0-9._:-]{1,128}}. */
    @CanIgnoreReturnValue
    static String name(String field, String value) {
        check(field, value, NAME_MAX, true, "[A-Za-z0-9._:-]{1,128}");
        return value;
    }

    /** {@code [a-z0-9._-]{1,64}}. */
    @CanIgnoreReturnValue
    static String word(String field, String value) {
        check(field, value, WORD_MAX, false, "[a-z0-9._-]{1,64}");
        return value;
    }

    private static void check(String field, String value, int max, boolean name, String pattern) {
        if (value.isEmpty() || value.length() > max) {
            throw new InvalidEventException(field + " has " + value.length() + " characters; it must match " + pattern);
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean common = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
            if (!common && !(name && ((c >= 'A' && c <= 'Z') || c == ':'))) {
                throw new InvalidEventException(
                        field + " has U+" + Integer.toHexString(0x10000 | c).substring(1)
                                + " at index " + i + "; it must match " + pattern
                                + " (personal text belongs into the payload)");
            }
        }
    }
}
