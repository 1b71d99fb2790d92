package io.aios.trace.golden;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.SimulationRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fixtures and the runner they are run with.
 *
 * <p>The file format is the original system's: {@code {version, description, fixtures[{id, request_text, tenant_id,
 * user_id, expected{…}}]}}; a folder is all its {@code .json} files in the order of their names.
 */
public final class GoldenSuite {
    private static final Set<String> FILE_KEYS = Set.of("version", "description", "fixtures");
    private static final Set<String> FIXTURE_KEYS =
            Set.of("id", "description", "request_text", "tenant_id", "user_id", "expected");

    private final List<GoldenFixture> fixtures;
    private final SimulationRunner runner;

    private GoldenSuite(List<GoldenFixture> fixtures, SimulationRunner runner) {
        this.fixtures = List.copyOf(fixtures);
        this.runner = runner;
    }

    /**
     * The fixtures of a file, or of all files of a folder.
     *
     * @throws GoldenFormatException if a file is not in the format, holds no fixture, or an id is there twice
     * @throws UncheckedIOException if a file cannot be read
     */
    public static GoldenSuite load(Path fileOrFolder, SimulationRunner runner) {
        List<GoldenFixture> fixtures = new ArrayList<>();
        for (Path file : files(fileOrFolder)) {
            try {
                fixtures.addAll(read(Files.readAllBytes(file), file.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        return of(fixtures, runner);
    }

    /**
     * A suite of these fixtures.
     *
     * @throws GoldenFormatException if there is none, or an id is there twice
     */
    public static GoldenSuite of(List<GoldenFixture> fixtures, SimulationRunner runner) {
        Set<String> ids = new HashSet<>();
        for (GoldenFixture fixture : fixtures) {
            if (!ids.add(fixture.id())) {
                throw new GoldenFormatException("fixture id " + fixture.id() + " is there twice");
            }
        }
        if (fixtures.isEmpty()) {
            throw new GoldenFormatException("there is no fixture, so nothing could fail");
        }
        return new GoldenSuite(fixtures, runner);
    }

    /** The files that a path stands for. */
    static List<Path> files(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(fileOrFolder);
        }
        try (Stream<Path> entries = Files.list(fileOrFolder)) {
            return entries.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + fileOrFolder, e);
        }
    }

    /**
     * Reads one fixture file.
     *
     * @param source names the file in refusals
     * @throws GoldenFormatException if it is not in the format
     */
    public static List<GoldenFixture> read(byte[] json, String source) {
        Object tree;
        try {
            tree = CanonicalJson.parse(json);
        } catch (InvalidJsonException e) {
            throw new GoldenFormatException(source + ": " + e.getMessage());
        }
        if (!(tree instanceof Map<?, ?> file)
                || !FILE_KEYS.containsAll(file.keySet())
                || !"1.0.0".equals(file.get("version"))
                || !(file.get("fixtures") instanceof List<?> list)) {
            throw new GoldenFormatException(
                    source + ": must be an object of version \"1.0.0\", description and fixtures[]");
        }
        List<GoldenFixture> fixtures = new ArrayList<>();
        for (Object element : list) {
            fixtures.add(fixture(element, source + ": $.fixtures[" + fixtures.size() + "]"));
        }
        return fixtures;
    }

    private static GoldenFixture fixture(@Nullable Object element, String where) {
        if (!(element instanceof Map<?, ?> map) || !FIXTURE_KEYS.containsAll(map.keySet())) {
            throw new GoldenFormatException(where + " must be an object of " + FIXTURE_KEYS + " and nothing else");
        }
        if (!(map.get("expected") instanceof Map<?, ?> expected)) {
            throw new GoldenFormatException(where + ".expected must be an object");
        }
        try {
            return new GoldenFixture(
                    text(map, "id", where),
                    new DecisionRequest(
                            text(map, "request_text", where),
                            text(map, "tenant_id", where),
                            text(map, "user_id", where)),
                    GoldenFiles.object(expected));
        } catch (IllegalArgumentException e) {
            throw new GoldenFormatException(where + ": " + e.getMessage());
        }
    }

    private static String text(Map<?, ?> map, String key, String where) {
        if (map.get(key) instanceof String text) {
            return text;
        }
        throw new GoldenFormatException(where + "." + key + " must be a string");
    }

    /** The fixtures in order. */
    public List<GoldenFixture> fixtures() {
        return fixtures;
    }

    /** One case per fixture, in order. */
    public List<GoldenCase> cases() {
        return fixtures.stream().map(fixture -> new GoldenCase(fixture, runner)).toList();
    }

    /** Runs all cases. */
    public GoldenReport run() {
        return new GoldenReport(cases().stream().map(GoldenCase::run).toList());
    }
}
