package io.aios.quickstart;

import io.aios.trace.json.Digest;
import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what happens in lines of at most 80 columns and keeps count of the checks that held. */
final class Story {
    private static final int WIDTH = 80;

    private final PrintStream out;
    private final boolean colour;
    private final List<String> told = new ArrayList<>();
    private int checks;
    private int broken;

    Story(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    /** Colour belongs on a terminal, and not even there when {@code NO_COLOR} is set (no-color.org). */
    static boolean wantsColour() {
        String noColour = System.getenv("NO_COLOR");
        return (noColour == null || noColour.isEmpty()) && isTerminal(System.console());
    }

    /** From JDK 22 on there may be a console without a terminal; JDK 17 has no method to ask it. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException olderJdk) {
            return true;
        } catch (ReflectiveOperationException refused) {
            return false;
        }
    }

    /** The start of a digest, enough to compare by eye. */
    static String brief(Digest digest) {
        return digest.hex().substring(0, 32) + "...";
    }

    void chapter(String title, String line) {
        print(paint("1", "%-8s".formatted(title)) + fit(line, WIDTH - 8), "**" + title + "** " + line);
    }

    void line(String line) {
        print("        " + fit(line, WIDTH - 8), line);
    }

    /** Prints the fact with its verdict; a check that throws is a check that did not hold, and says why. */
    void check(String fact, Supplier<Boolean> holds) {
        checks++;
        boolean held;
        String shown = fact;
        try {
            held = holds.get();
        } catch (RuntimeException e) {
            held = false;
            shown = fact + ": " + e.getMessage();
        }
        if (!held) {
            broken++;
        }
        String verdict = held ? paint("32", "  ok    ") : paint("31", "  FAIL  ");
        print(verdict + fit(shown, WIDTH - 8), (held ? "- ok: " : "- **FAIL**: ") + shown);
    }

    /** The last line, and the exit code that goes with it. */
    int end() {
        String last = broken == 0 ? "ALL " + checks + " CHECKS HELD" : broken + " OF " + checks + " CHECKS FAILED";
        print(paint(broken == 0 ? "1;32" : "1;31", last), "**" + last + "**");
        return broken == 0 ? 0 : 1;
    }

    /** The story as Markdown, one line a paragraph. */
    String report() {
        return String.join("\n\n", told) + "\n";
    }

    private void print(String line, String markdown) {
        out.println(line);
        told.add(markdown);
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static String fit(String text, int columns) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= columns ? line : line.substring(0, columns - 3) + "...";
    }
}
