package io.aios.trace.golden;

import io.aios.policy.JsonValues;
import io.aios.trace.simulation.DecisionRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and what must come of it.
 *
 * @param id unique in its suite
 * @param request the request
 * @param expected what is expected, by name: any of {@code intent, risk_level, agent, model_tier, requires_hitl, path,
 *     tools, trace_hash}
 */
public record GoldenFixture(String id, DecisionRequest request, Map<String, @Nullable Object> expected) {
    /** Checks and deep-copies. */
    public GoldenFixture {
        if (id.isBlank()) {
            throw new GoldenFormatException("a fixture needs an id");
        }
        expected = JsonValues.copyObject(expected);
        for (String name : expected.keySet()) {
            if (!GoldenExpectation.NAMES.contains(name)) {
                throw new GoldenFormatException("fixture " + id + " expects '" + name + "', which nothing can compare");
            }
        }
        if (expected.isEmpty()) {
            throw new GoldenFormatException("fixture " + id + " expects nothing, so it could not fail");
        }
    }
}
