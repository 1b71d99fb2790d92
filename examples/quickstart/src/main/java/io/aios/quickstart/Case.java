package io.aios.quickstart;

import io.aios.tenancy.OrgId;
import io.aios.trace.DecisionTrace;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.DecisionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request to decide, with what is expected of the decision, if anything.
 *
 * @param id names it in files
 * @param requestText what is asked
 * @param tenant for which tenant
 * @param userId by whom
 * @param expected {@code intent, risk_level, agent, model_tier, requires_hitl}; empty when nothing is expected
 */
record Case(String id, String requestText, OrgId tenant, String userId, Map<String, @Nullable Object> expected) {

    /** The fixtures of the options, or the one request. */
    static List<Case> of(Options options) {
        if (options.fixtures().isEmpty()) {
            return List.of(new Case("request", options.request(), options.tenant(), "emp-12345", Map.of()));
        }
        List<Case> cases = new ArrayList<>();
        for (Path file : files(options.fixtures().get())) {
            cases.addAll(read(file));
        }
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no fixtures in " + options.fixtures().get());
        }
        return cases;
    }

    DecisionRequest request() {
        return new DecisionRequest(requestText, tenant.value(), userId);
    }

    boolean hasExpectation() {
        return !expected.isEmpty();
    }

    /** What is not as expected, as {@code id: field is x, expected y}. */
    List<String> differences(DecisionTrace trace) {
        Map<String, @Nullable Object> actual = new TreeMap<>();
        actual.put("intent", trace.intent() == null ? null : trace.intent().primaryIntent());
        actual.put("risk_level", trace.risk() == null ? null : trace.risk().level());
        actual.put("agent", trace.routing() == null ? null : trace.routing().selectedAgent());
        actual.put("model_tier", trace.modelSelection() == null ? null : trace.modelSelection().tier());
        actual.put("requires_hitl", trace.governance() == null ? null : trace.governance().requiresHitl());
        return expected.entrySet().stream()
                .filter(field -> !Objects.equals(actual.get(field.getKey()), field.getValue()))
                .map(field -> id + ": " + field.getKey() + " is " + actual.get(field.getKey()) + ", expected "
                        + field.getValue())
                .toList();
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("fixtures cannot be listed: " + path, e);
        }
    }

    private static List<Case> read(Path file) {
        try {
            Object json = CanonicalJson.parse(Files.readAllBytes(file));
            if (!(json instanceof Map<?, ?> suite) || !(suite.get("fixtures") instanceof List<?> fixtures)) {
                throw new IllegalArgumentException("no list \"fixtures\"");
            }
            List<Case> cases = new ArrayList<>();
            for (Object fixture : fixtures) {
                if (!(fixture instanceof Map<?, ?> fields)) {
                    throw new IllegalArgumentException("a fixture is not an object");
                }
                cases.add(new Case(
                        text(fields, "id"),
                        text(fields, "request_text"),
                        OrgId.of(text(fields, "tenant_id")),
                        text(fields, "user_id"),
                        expected(fields.get("expected"))));
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException("the fixture cannot be read: " + file, e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> expected(@Nullable Object given) {
        if (given == null) {
            return Map.of();
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("\"expected\" is not an object");
        }
        Map<String, @Nullable Object> expected = new TreeMap<>();
        map.forEach((key, value) -> expected.put((String) key, value));
        return expected;
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IllegalArgumentException("a fixture without \"" + name + "\"");
    }
}
