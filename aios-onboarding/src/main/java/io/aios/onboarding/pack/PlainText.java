package io.aios.onboarding.pack;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/** Text that a human reads before deciding: what is shown must be what is there. */
public final class PlainText {
    private PlainText() {}

    /**
     * Returns the text if it is one line without characters that hide or reorder others.
     *
     * <p>Control, format (bidirectional, zero-width), private-use, unassigned and line or paragraph separator characters
     * and lone surrogates are refused.
     *
     * @throws PackageException naming what was given and the first refused code point
     */
    @CanIgnoreReturnValue
    public static String require(String what, String text, int maxLength) {
        if (text.isBlank()) {
            throw new PackageException(what + " is empty");
        }
        return optional(what, text, maxLength);
    }

    /** As {@link #require}, and allows empty text. */
    @CanIgnoreReturnValue
    public static String optional(String what, String text, int maxLength) {
        if (text.length() > maxLength) {
            throw new PackageException(what + " has " + text.length() + " characters; at most " + maxLength);
        }
        text.codePoints().filter(PlainText::hides).findFirst().ifPresent(point -> {
            throw new PackageException(what + " contains the unprintable character U+" + HexText.upper(point)
                    + "; write visible text on one line");
        });
        return text;
    }

    private static boolean hides(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
