package io.aios.trace;

import org.jspecify.annotations.Nullable;

/**
 * Finds e-mail addresses, social security numbers and phone numbers in one pass each, without backtracking.
 *
 * <p>It matches what the patterns {@code [A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}} (any case), {@code \d{3}-\d{2}-\d{4}}
 * and {@code \+?\d[\d\s().-]{7,}\d} match.
 */
record ContactRedactor(String email, String phone, @Nullable String ssn) implements Redactor {
    private static final int MIN_PHONE = 9;

    @Override
    public String redact(String text) {
        String withoutEmails = emails(text);
        return phones(ssn == null ? withoutEmails : socialSecurityNumbers(withoutEmails, ssn));
    }

    private String emails(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        for (; at >= 0; at = text.indexOf('@', at + 1)) {
            int start = at;
            while (start > done && isLocal(text.charAt(start - 1))) {
                start--;
            }
            int end = start == at ? -1 : domainEnd(text, at + 1);
            if (end > 0) {
                out.append(text, done, start).append(email);
                done = end;
                at = end - 1;
            }
        }
        return out.append(text, done, text.length()).toString();
    }

    /** The end of the longest domain from here, or -1: a dot that is not the first character, then two letters or more. */
    private static int domainEnd(String text, int from) {
        int run = from;
        while (run < text.length() && isDomain(text.charAt(run))) {
            run++;
        }
        int end = -1;
        int letters = 0;
        for (int i = run - 1; i > from && end < 0; i--) {
            char c = text.charAt(i);
            if (isLetter(c)) {
                letters++;
            } else {
                end = c == '.' && letters >= 2 ? i + 1 + letters : -1;
                letters = 0;
            }
        }
        return end;
    }

    private static String socialSecurityNumbers(String text, String marker) {
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        for (int dash = text.indexOf('-'); dash >= 0; dash = text.indexOf('-', dash + 1)) {
            int start = dash - 3;
            if (start >= done && isSocialSecurityNumber(text, start)) {
                out.append(text, done, start).append(marker);
                done = start + 11;
                dash = done - 1;
            }
        }
        return out.append(text, done, text.length()).toString();
    }

    private static boolean isSocialSecurityNumber(String text, int start) {
        int end = start + 11;
        if (end > text.length()
                || (start > 0 && isDigit(text.charAt(start - 1)))
                || (end < text.length() && isDigit(text.charAt(end)))) {
            return false;
        }
        for (int i = 0; i < 11; i++) {
            char c = text.charAt(start + i);
            boolean dash = i == 3 || i == 6;
            if (dash ? c != '-' : !isDigit(c)) {
                return false;
            }
        }
        return true;
    }

    private String phones(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        int i = 0;
        while (i < text.length()) {
            if (!isDigit(text.charAt(i))) {
                i++;
                continue;
            }
            int last = i;
            int run = i + 1;
            while (run < text.length() && isPhone(text.charAt(run))) {
                if (isDigit(text.charAt(run))) {
                    last = run;
                }
                run++;
            }
            if (last + 1 - i >= MIN_PHONE) {
                int start = i > done && text.charAt(i - 1) == '+' ? i - 1 : i;
                out.append(text, done, start).append(phone);
                done = last + 1;
            }
            i = run;
        }
        return done == 0 ? text : out.append(text, done, text.length()).toString();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDomain(char c) {
        return isLetter(c) || isDigit(c) || c == '.' || c == '-';
    }

    private static boolean isLocal(char c) {
        return isDomain(c) || c == '_' || c == '%' || c == '+';
    }

    private static boolean isPhone(char c) {
        return isDigit(c) || c == '(' || c == ')' || c == '.' || c == '-' || Character.isWhitespace(c) || c == '\u00a0';
    }
}
