package io.aios.example.viewer;

import org.jspecify.annotations.Nullable;

/** Collects HTML or SVG; text goes in through {@link #text} and {@link #attribute} only, which escape it. */
final class Markup {
    private final StringBuilder out = new StringBuilder();

    /** Markup of our own, as it stands. */
    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Somebody's text: nothing in it can become markup, and control characters become visible. */
    Markup text(@Nullable Object text) {
        escape(String.valueOf(text));
        return this;
    }

    /** An attribute with its quotes. */
    Markup attribute(String name, Object value) {
        out.append(' ').append(name).append("=\"");
        escape(String.valueOf(value));
        out.append('"');
        return this;
    }

    /** An element that holds only text. */
    Markup element(String name, @Nullable Object text) {
        return raw("<" + name + ">").text(text).raw("</" + name + ">");
    }

    private void escape(String text) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    if (c == '\n' || c == '\t' || !isHidden(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format("[U+%04X]", c));
                    }
                }
            }
        });
    }

    /** What a reader would not see, or would see in another order: controls, direction marks, lone surrogates. */
    private static boolean isHidden(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.UNASSIGNED;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
