package io.aios.bench;

import io.aios.trace.json.CanonicalJson;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects figures with their goals; prints one table and writes JSON. */
public final class Report {
    /**
     * A measured figure.
     *
     * @param what ours against which baseline
     * @param value what came out
     * @param unit what it counts in
     * @param most whether the goal is the most it may be, or the least it must be
     * @param goal the goal
     */
    record Figure(String what, double value, String unit, boolean most, double goal) {
        boolean isReached() {
            return most ? value <= goal : value >= goal;
        }
    }

    private final List<Figure> figures = new ArrayList<>();

    /** A figure that should be at most the goal. */
    Report atMost(double goal, String unit, String what, double value) {
        figures.add(new Figure(what, value, unit, true, goal));
        return this;
    }

    /** A figure that should be at least the goal. */
    Report atLeast(double goal, String unit, String what, double value) {
        figures.add(new Figure(what, value, unit, false, goal));
        return this;
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** The machine, then one line a figure. */
    void print(PrintStream out) {
        out.println("| what | measured | goal | reached |");
        out.println("|---|---|---|---|");
        for (Figure figure : figures) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s %s | %s %s %s | %s |%n",
                    figure.what(),
                    number(figure.value()),
                    figure.unit(),
                    figure.most() ? "at most" : "at least",
                    number(figure.goal()),
                    figure.unit(),
                    figure.isReached() ? "yes" : "no");
        }
        out.println();
        environment().forEach((name, value) -> out.println("- " + name + ": " + value));
    }

    /** Canonical JSON of the same. */
    byte[] json() {
        List<Object> rows = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("what", figure.what());
            row.put("value", Math.round(figure.value() * 1000) / 1000.0);
            row.put("unit", figure.unit());
            row.put("sense", figure.most() ? "at_most" : "at_least");
            row.put("goal", figure.goal());
            row.put("reached", figure.isReached());
            rows.add(row);
        }
        return CanonicalJson.bytes(
                Map.of("schema", "aios-benchmarks/1", "environment", environment(), "figures", rows));
    }

    private static Map<String, Object> environment() {
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("processors", (long) Runtime.getRuntime().availableProcessors());
        return environment;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }
}
