package io.aios.onboarding.pack;

import java.io.Serial;

/** A YAML construct that strict reading or writing refuses, with its position. */
public final class YamlException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;
    private final int column;

    YamlException(String file, int line, int column, String problem) {
        super(file + (line > 0 ? ":" + line + ":" + column : "") + ": " + problem);
        this.file = file;
        this.line = line;
        this.column = column;
    }

    /** The name of the text, as the caller gave it. */
    public String file() {
        return file;
    }

    /** The line, from 1; 0 when the problem is the text as a whole. */
    public int line() {
        return line;
    }

    /** The column in code points, from 1; 0 when the problem is the text as a whole. */
    public int column() {
        return column;
    }
}
