package io.aios.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures several operations in turn, round after round, so that a drift of the machine's speed touches all alike.
 * Figures are CPU time of the calling thread per operation; the median over the rounds is the one to quote.
 */
public final class Paired {
    /** An operation that returns something, so that the compiler cannot drop the work. */
    @FunctionalInterface
    public interface Operation {
        Object run() throws Exception;
    }

    /** CPU time per operation in microseconds, one figure per round. */
    public record Timing(String name, List<Double> micros) {
        public Timing {
            micros = micros.stream().sorted().toList();
        }

        public double median() {
            return micros.get(micros.size() / 2);
        }

        public double min() {
            return micros.get(0);
        }

        /** Ratio of the medians: this one over the baseline. */
        public double over(Timing baseline) {
            return median() / baseline.median();
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-44s %10.3f us median %10.3f us min", name, median(), min());
        }
    }

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    /** Where results go; visible, so that neither compiler may call it unread. */
    static volatile Object sink = "";

    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final int rounds;
    private final int repeats;

    private Paired(int rounds, int repeats) {
        this.rounds = rounds;
        this.repeats = repeats;
    }

    /** {@code rounds} measured rounds (after half as many warm-up rounds) of {@code repeats} operations each. */
    public static Paired of(int rounds, int repeats) {
        return new Paired(rounds, repeats);
    }

    public Paired add(String name, Operation operation) {
        operations.put(name, operation);
        return this;
    }

    public List<Timing> run() throws Exception {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (int round = -(rounds + 1) / 2; round < rounds; round++) {
            for (Map.Entry<String, Operation> entry : operations.entrySet()) {
                double micros = micros(entry.getValue());
                if (round >= 0) {
                    figures.computeIfAbsent(entry.getKey(), name -> new ArrayList<>())
                            .add(micros);
                }
            }
        }
        return figures.entrySet().stream()
                .map(entry -> new Timing(entry.getKey(), entry.getValue()))
                .toList();
    }

    private double micros(Operation operation) throws Exception {
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < repeats; i++) {
            sink = operation.run();
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / 1000.0 / repeats;
    }
}
