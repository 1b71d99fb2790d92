package io.aios.trace.golden;

import io.aios.trace.BlockedTool;
import io.aios.trace.DecisionTrace;
import io.aios.trace.TraceStep;
import io.aios.trace.simulation.SimulationResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a fixture expects, by name: only what it names is compared.
 *
 * <p>Fields {@code intent, risk_level, agent, model_tier, requires_hitl}; {@code path}, the step types in order; {@code
 * tools}, the blocked calls in order as {@code {tool_name, arguments}}; {@code trace_hash}.
 */
final class GoldenExpectation {
    static final Set<String> NAMES =
            Set.of("intent", "risk_level", "agent", "model_tier", "requires_hitl", "path", "tools", "trace_hash");

    private GoldenExpectation() {}

    /** Everything that a fixture can expect of a result, as JSON-shaped values. */
    static Map<String, @Nullable Object> actual(SimulationResult result) {
        DecisionTrace trace = result.trace();
        var intent = trace.intent();
        var risk = trace.risk();
        var governance = trace.governance();
        var routing = trace.routing();
        var model = trace.modelSelection();
        Map<String, @Nullable Object> actual = new LinkedHashMap<>();
        actual.put("intent", intent == null ? null : intent.primaryIntent());
        actual.put("risk_level", risk == null ? null : risk.level());
        actual.put("agent", routing == null ? null : routing.selectedAgent());
        actual.put("model_tier", model == null ? null : model.tier());
        actual.put("requires_hitl", governance == null ? null : governance.requiresHitl());
        actual.put("path", trace.steps().stream().map(TraceStep::stepType).toList());
        List<Object> tools = new ArrayList<>();
        for (BlockedTool tool : trace.blockedTools()) {
            tools.add(Map.of("tool_name", tool.toolName(), "arguments", tool.arguments()));
        }
        actual.put("tools", tools);
        actual.put("trace_hash", result.traceHash().hex());
        return actual;
    }
}
