package io.aios.tenancy.rls;

import java.util.regex.Pattern;

/** Names and literals as they enter SQL text; anything surprising is refused instead of escaped. */
final class Identifiers {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern SETTING = Pattern.compile("[a-z_][a-z0-9_]{0,30}\\.[a-z_][a-z0-9_]{0,30}");

    private Identifiers() {}

    static String checkName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " must match [a-z_][a-z0-9_]{0,62}: '" + name + "'");
        }
        return name;
    }

    static String checkSetting(String name) {
        if (!SETTING.matcher(name).matches()) {
            throw new IllegalArgumentException("setting must be two lower-case words joined by a dot: '" + name + "'");
        }
        return name;
    }

    static String quote(String name) {
        return '"' + checkName("identifier", name) + '"';
    }

    static String literal(String text) {
        if (text.indexOf('\\') >= 0 || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text with a backslash or NUL cannot become an SQL literal");
        }
        return "'" + text.replace("'", "''") + "'";
    }
}
