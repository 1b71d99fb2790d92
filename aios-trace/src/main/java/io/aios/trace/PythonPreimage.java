package io.aios.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pre-image of the original Python system.
 *
 * <p>It meant to leave out timestamps by dropping every key with "at" in its name and so lost {@code alternatives} and
 * {@code estimated_cost_usd} too; they are left out here by name.
 */
final class PythonPreimage {
    private PythonPreimage() {}

    static String of(DecisionTrace trace, boolean withPolicy) {
        Map<String, @Nullable Object> map = new HashMap<>();
        map.put("trace_version", trace.traceVersion());
        map.put("request_text", trace.requestText());
        map.put("tenant_id", trace.tenantId());
        map.put("user_id", trace.userId());
        map.put("intent", intent(trace.intent()));
        map.put("risk", risk(trace.risk()));
        map.put("governance", governance(trace.governance()));
        map.put("routing", routing(trace.routing()));
        map.put("model_selection", model(trace.modelSelection()));
        map.put("response_text", trace.responseText());
        map.put("response_type", trace.responseType());
        map.put("success", trace.success());
        List<Object> blocked = new ArrayList<>();
        for (BlockedTool tool : trace.blockedTools()) {
            blocked.add(Map.of("tool_name", tool.toolName(), "arguments", tool.arguments()));
        }
        map.put("blocked_tools", blocked);
        if (withPolicy) {
            Long version = trace.policyVersion();
            String hash = trace.policyHash();
            map.put("policy_version", version == null ? Long.valueOf(1) : version);
            map.put("policy_hash", hash == null ? "" : hash);
        }
        return PythonJson.dumps(map);
    }

    private static @Nullable Object intent(@Nullable IntentResult intent) {
        return intent == null
                ? null
                : Map.of("primary_intent", intent.primaryIntent(), "confidence", confidence(intent.confidence()));
    }

    private static Object confidence(Confidence confidence) {
        return Map.of(
                "score", confidence.score(),
                "level", confidence.level(),
                "reason", confidence.reason(),
                "evidence", confidence.evidence());
    }

    private static @Nullable Object risk(@Nullable RiskResult risk) {
        return risk == null ? null : Map.of("level", risk.level(), "score", risk.score(), "factors", risk.factors());
    }

    private static @Nullable Object governance(@Nullable GovernanceResult governance) {
        return governance == null
                ? null
                : Map.of(
                        "requires_hitl", governance.requiresHitl(),
                        "hitl_reason", governance.hitlReason(),
                        "checks_passed", governance.checksPassed(),
                        "checks_failed", governance.checksFailed(),
                        "policy_ids", governance.policyIds());
    }

    private static @Nullable Object routing(@Nullable RoutingResult routing) {
        return routing == null
                ? null
                : Map.of(
                        "selected_agent", routing.selectedAgent(),
                        "confidence", confidence(routing.confidence()),
                        "routing_reason", routing.routingReason());
    }

    private static @Nullable Object model(@Nullable ModelSelection model) {
        return model == null ? null : Map.of("model_id", model.modelId(), "tier", model.tier());
    }
}
