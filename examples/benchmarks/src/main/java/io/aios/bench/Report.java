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
    /** Which way a goal points. */
    enum Sense {
        AT_MOST,
        AT_LEAST,
        /** Shown beside the others, without a goal. */
        SHOWN
    }

    /**
     * A measured figure.
     *
     * @param what ours against which baseline
     * @param ours what was measured of ours, or empty where the value says it
     * @param baseline what was measured of the baseline, or empty
     * @param value what came out
     * @param unit what it counts in
     * @param sense whether the goal is the most it may be, or the least it must be
     * @param goal the goal
     */
    record Figure(String what, String ours, String baseline, double value, String unit, Sense sense, double goal) {
        String goalText() {
            return switch (sense) {
                case AT_MOST -> "at most " + number(goal) + " " + unit;
                case AT_LEAST -> "at least " + number(goal) + " " + unit;
                case SHOWN -> "";
            };
        }

        String reached() {
            return switch (sense) {
                case AT_MOST -> value <= goal ? "yes" : "no";
                case AT_LEAST -> value >= goal ? "yes" : "no";
                case SHOWN -> "";
            };
        }
    }

    private final List<Figure> figures = new ArrayList<>();

    /** A figure that should be at most the goal. */
    Report atMost(double goal, String unit, String what, double value) {
        figures.add(new Figure(what, "", "", value, unit, Sense.AT_MOST, goal));
        return this;
    }

    /** A figure that should be at least the goal. */
    Report atLeast(double goal, String unit, String what, double value) {
        figures.add(new Figure(what, "", "", value, unit, Sense.AT_LEAST, goal));
        return this;
    }

    /** A figure beside the others, without a goal. */
    Report shown(String unit, String what, double value) {
        figures.add(new Figure(what, "", "", value, unit, Sense.SHOWN, 0));
        return this;
    }

    /** The two sides of the ratio that was added last. */
    Report sides(double ours, double baseline, String unit) {
        Figure last = figures.remove(figures.size() - 1);
        figures.add(new Figure(
                last.what,
                number(ours) + " " + unit,
                number(baseline) + " " + unit,
                last.value,
                last.unit,
                last.sense,
                last.goal));
        return this;
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** One line a figure, then the machine. */
    void print(PrintStream out) {
        out.println("| what | ours | baseline | measured | goal | reached |");
        out.println("|---|---|---|---|---|---|");
        for (Figure figure : figures) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %s %s | %s | %s |%n",
                    figure.what,
                    figure.ours,
                    figure.baseline,
                    number(figure.value),
                    figure.unit,
                    figure.goalText(),
                    figure.reached());
        }
        out.println();
        environment().forEach((name, value) -> out.println("- " + name + ": " + value));
    }

    /** Canonical JSON of the same. */
    byte[] json() {
        List<Object> rows = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("what", figure.what);
            row.put("ours", figure.ours);
            row.put("baseline", figure.baseline);
            row.put("value", Math.round(figure.value * 1000) / 1000.0);
            row.put("unit", figure.unit);
            row.put("goal", figure.goalText());
            row.put("reached", figure.reached());
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
