package io.aios.tenancy;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Splits one statement into words and symbols as PostgreSQL reads it with {@code standard_conforming_strings = on}.
 * Strings and comments are passed over; a text on which two readers could disagree is refused.
 */
final class SqlLexer {
    /** What a token is. */
    enum Kind {
        WORD,
        QUOTED_NAME,
        LITERAL,
        SYMBOL,
        END
    }

    /** A number as all servers read it; older ones read {@code 1into} as a number and a word. */
    private static final Pattern NUMBER =
            Pattern.compile("[0-9][0-9_]*(\\.[0-9_]*)?([eE]([0-9][0-9_]*|(?=[+-])))?|0[xXoObB][0-9a-fA-F_]+");

    private final String sql;
    private int at;
    private Kind kind = Kind.END;
    private int start;
    private boolean string;

    SqlLexer(String sql) {
        this.sql = sql;
        if (sql.indexOf('\0') >= 0) {
            throw refused("has a NUL", sql.indexOf('\0'));
        }
        int half = halfCharacter(sql);
        if (half >= 0) {
            throw refused("has half a character, which the driver sends as '?'", half);
        }
    }

    /** Index of a surrogate without its other half, or -1. */
    private static int halfCharacter(String sql) {
        for (int i = 0; i < sql.length(); i++) {
            if (Character.isSurrogate(sql.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(sql.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    Kind kind() {
        return kind;
    }

    int start() {
        return start;
    }

    int end() {
        return at;
    }

    /** The token's text; a quoted name without its quotes. */
    String text() {
        if (kind == Kind.QUOTED_NAME) {
            return sql.substring(start + 1, at - 1).replace("\"\"", "\"");
        }
        return sql.substring(start, at);
    }

    boolean isSymbol(char c) {
        return kind == Kind.SYMBOL && sql.charAt(start) == c;
    }

    Kind next() {
        boolean afterString = string;
        string = false;
        skipBlanksAndComments();
        start = at;
        if (at == sql.length()) {
            kind = Kind.END;
            return kind;
        }
        char c = sql.charAt(at);
        if (c == '\'') {
            if (afterString) {
                // On a later line it goes on with the rules of the first part, which may be those of E''.
                throw refused("has a string right after a string", at);
            }
            string(false);
            kind = Kind.LITERAL;
        } else if (c == '"') {
            quotedName();
            kind = Kind.QUOTED_NAME;
        } else if (isNameStart(c)) {
            word();
        } else if (c == '$') {
            dollar();
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (c < ' ') {
            throw refused("has a control character that only some servers take for a blank", at);
        } else {
            at++;
            kind = Kind.SYMBOL;
        }
        return kind;
    }

    private void word() {
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        kind = Kind.WORD;
        char after = at < sql.length() ? sql.charAt(at) : ' ';
        String text = sql.substring(start, at);
        if (after == '\'' && text.length() == 1) {
            stringWithPrefix(text.charAt(0));
        } else if (after == '&' && text.equalsIgnoreCase("u") && at + 1 < sql.length()) {
            char quote = sql.charAt(at + 1);
            if (quote == '"' || quote == '\'') {
                throw refused("spells a name or string with Unicode escapes (U&)", start);
            }
        }
    }

    private void stringWithPrefix(char prefix) {
        switch (prefix) {
            case 'e', 'E' -> string(true);
            case 'n', 'N', 'b', 'B', 'x', 'X' -> string(false);
            default -> throw refused("has a string right after a name", at);
        }
        kind = Kind.LITERAL;
    }

    private void string(boolean escapes) {
        string = true;
        int open = at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && escapes) {
                at++;
            } else if (c == '\'') {
                if (at < sql.length() && sql.charAt(at) == '\'') {
                    at++;
                } else {
                    return;
                }
            }
        }
        throw refused("has an unclosed string", open);
    }

    private void quotedName() {
        int open = at++;
        while (at < sql.length()) {
            if (sql.charAt(at++) == '"') {
                if (at < sql.length() && sql.charAt(at) == '"') {
                    at++;
                } else {
                    return;
                }
            }
        }
        throw refused("has an unclosed quoted name", open);
    }

    /** {@code $1} is a parameter of the protocol, which only the driver may write; {@code $tag$...$tag$} is a string. */
    private void dollar() {
        int tagEnd = at + 1;
        while (tagEnd < sql.length() && isNamePart(sql.charAt(tagEnd)) && sql.charAt(tagEnd) != '$') {
            tagEnd++;
        }
        boolean digit = at + 1 < sql.length() && sql.charAt(at + 1) >= '0' && sql.charAt(at + 1) <= '9';
        if (digit || tagEnd == sql.length() || sql.charAt(tagEnd) != '$') {
            throw refused("has a '$' that opens no string; bind parameters by name or with '?'", at);
        }
        String tag = sql.substring(at, tagEnd + 1);
        int close = sql.indexOf(tag, tagEnd + 1);
        if (close < 0) {
            throw refused("has an unclosed dollar-quoted string", at);
        }
        at = close + tag.length();
        kind = Kind.LITERAL;
    }

    private void number() {
        while (at < sql.length() && (isNamePart(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        if (!NUMBER.matcher(sql).region(start, at).useTransparentBounds(true).matches()) {
            throw refused("has a number that runs into what follows", start);
        }
        kind = Kind.LITERAL;
    }

    private void skipBlanksAndComments() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                at++;
            } else if (sql.startsWith("--", at)) {
                while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
                    at++;
                }
            } else if (sql.startsWith("/*", at)) {
                blockComment();
            } else {
                return;
            }
        }
    }

    private void blockComment() {
        int open = at;
        int depth = 0;
        while (at < sql.length()) {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return;
                }
            } else {
                at++;
            }
        }
        throw refused("has an unclosed comment", open);
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || (c >= '0' && c <= '9') || c == '$';
    }

    static RefusedStatementException refused(String fact, int index) {
        return refused(fact, index, null);
    }

    static RefusedStatementException refused(String fact, int index, @Nullable String advice) {
        return new RefusedStatementException(
                "statement " + fact + " (index " + index + ")" + (advice == null ? "" : "; " + advice));
    }
}
