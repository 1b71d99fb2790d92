package io.aios.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs every benchmark and prints one table, ours against a baseline of the same run.
 *
 * <p>Arguments: {@code --quick} for short rounds, and a file for the figures as JSON (default
 * {@code target/benchmarks.json}). The exit code is 0 also when a goal is missed: figures are for reading.
 */
public final class Benchmarks {
    /** One class of figures. */
    private interface Benchmark {
        void run(Report report, Dose dose) throws Exception;
    }

    private static final List<Benchmark> ALL = List.of(
            PolicyOverhead::run,
            TraceHashing::run,
            TenancyRoundTrips::run,
            AuditAppend::run,
            PackageVerification::run,
            CustomerTargets::run);

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        List<String> given = List.of(args);
        Dose dose = given.contains("--quick") ? Dose.QUICK : Dose.FULL;
        Path file = given.stream()
                .filter(arg -> !arg.startsWith("--"))
                .findFirst()
                .map(Path::of)
                .orElse(Path.of("target", "benchmarks.json"));
        Report report = new Report();
        for (Benchmark benchmark : ALL) {
            benchmark.run(report, dose);
        }
        report.print(System.out);
        write(file, report);
    }

    private static void write(Path file, Report report) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.write(file, report.json());
        System.out.println("- figures: " + file);
    }
}
