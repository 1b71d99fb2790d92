package io.aios.trace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.trace.golden.GoldenFixture;
import io.aios.trace.golden.GoldenSuite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same request, always the same hash; that it is the same on every JDK is pinned by the golden fixtures. */
class DeterminismTest {
    private static final int RUNS = 100;
    private static final int THREADS = 16;

    private final Locale locale = Locale.getDefault();
    private final TimeZone zone = TimeZone.getDefault();

    @AfterEach
    void restore() {
        Locale.setDefault(locale);
        TimeZone.setDefault(zone);
    }

    @Test
    void twentyFixturesHaveTwentyHashesInEveryThreadLocaleAndZone() throws InterruptedException, ExecutionException {
        SimulationRunner runner = SimulationRunner.strict(RuleBasedPipeline.standard(), TraceSettings.defaults());
        List<GoldenFixture> fixtures = GoldenSuite.load(Path.of("src/test/resources/golden"), runner)
                .fixtures()
                .subList(0, 20);
        Set<String> hashes = new TreeSet<>();
        int simulations = 0;
        // With -Pslow each thread makes all runs; otherwise the threads share them.
        int runsPerThread = Boolean.getBoolean("aios.slow") ? RUNS : (RUNS + THREADS - 1) / THREADS;
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (String tag : List.of("en-US", "tr-TR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai")) {
                for (String id : List.of("UTC", "Asia/Kolkata")) {
                    Locale.setDefault(Locale.forLanguageTag(tag));
                    TimeZone.setDefault(TimeZone.getTimeZone(id));
                    List<Callable<Set<String>>> tasks = new ArrayList<>();
                    for (int thread = 0; thread < THREADS; thread++) {
                        tasks.add(() -> {
                            Set<String> seen = new TreeSet<>();
                            for (int run = 0; run < runsPerThread; run++) {
                                for (GoldenFixture fixture : fixtures) {
                                    seen.add(runner.run(fixture.request())
                                            .requireClean()
                                            .traceHash()
                                            .hex());
                                }
                            }
                            return seen;
                        });
                    }
                    for (Future<Set<String>> seen : threads.invokeAll(tasks)) {
                        hashes.addAll(seen.get());
                    }
                    simulations += THREADS * runsPerThread * fixtures.size();
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(simulations).isGreaterThanOrEqualTo(20 * RUNS * 8);
        assertThat(hashes).hasSize(20);
        Set<String> pinned = new TreeSet<>();
        fixtures.forEach(fixture -> pinned.add(String.valueOf(fixture.expected().get("trace_hash"))));
        assertThat(hashes).isEqualTo(pinned);
    }
}
