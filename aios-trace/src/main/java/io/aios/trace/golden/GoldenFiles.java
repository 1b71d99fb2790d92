package io.aios.trace.golden;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.SimulationRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rewrites expectations on purpose: the update mode of the harness. */
public final class GoldenFiles {
    private GoldenFiles() {}

    /**
     * Rewrites what the fixtures of a file or folder expect to what comes out now; names that a fixture does not expect
     * stay out.
     *
     * <p>Each change is shown before its file is written, a changed hash together with all that was decided.
     *
     * @param environment {@code System.getenv()}
     * @param show where the differences go, such as {@code System.out::println}
     * @return how many fixtures changed
     * @throws GoldenFormatException if {@code CI} is set: an update is a person's decision
     */
    public static int update(
            Path fileOrFolder, SimulationRunner runner, Map<String, String> environment, Consumer<String> show) {
        String ci = environment.get("CI");
        if (ci != null && !ci.isEmpty()) {
            throw new GoldenFormatException("CI is set: golden expectations are updated by a person, not by a build");
        }
        int changed = 0;
        for (Path file : GoldenSuite.files(fileOrFolder)) {
            changed += updateFile(file, runner, show);
        }
        return changed;
    }

    private static int updateFile(Path file, SimulationRunner runner, Consumer<String> show) {
        try {
            byte[] json = Files.readAllBytes(file);
            GoldenReport report = GoldenSuite.of(GoldenSuite.read(json, file.toString()), runner)
                    .run();
            if (report.failures().isEmpty()) {
                return 0;
            }
            report.failures().forEach(outcome -> show.accept(outcome.difference()));
            Files.write(file, rewritten(json, report));
            return report.failures().size();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot update " + file, e);
        }
    }

    private static byte[] rewritten(byte[] json, GoldenReport report) {
        Map<String, @Nullable Object> file = object((Map<?, ?>) Objects.requireNonNull(CanonicalJson.parse(json)));
        List<@Nullable Object> fixtures = new ArrayList<>();
        int index = 0;
        for (Object element : (List<?>) Objects.requireNonNull(file.get("fixtures"))) {
            GoldenOutcome outcome = report.outcomes().get(index++);
            Map<String, @Nullable Object> fixture = object((Map<?, ?>) Objects.requireNonNull(element));
            Map<String, @Nullable Object> expected = new LinkedHashMap<>();
            for (String name : outcome.fixture().expected().keySet()) {
                expected.put(name, outcome.actual().get(name));
            }
            fixture.put("expected", expected);
            fixtures.add(fixture);
        }
        file.put("fixtures", fixtures);
        return PrettyJson.write(file);
    }

    /** A copy that can be changed and keeps the order of the file. */
    static Map<String, @Nullable Object> object(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, value));
        return copy;
    }
}
