package io.aios.policy;

import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests the tests ask. */
public final class Requests {
    private Requests() {}

    public static PolicyRequest risk(@Nullable Object level, double score) {
        return PolicyRequest.of(
                        Subject.of("user", "emp-12345"),
                        Action.of("request.handle"),
                        Resource.of("request", "9554d777-9408-4e74-99b9-e8d09de558fb"))
                .withContext(java.util.Collections.singletonMap("risk", risk(level, (Object) score)));
    }

    private static Map<String, @Nullable Object> risk(@Nullable Object level, Object score) {
        Map<String, @Nullable Object> risk = new java.util.HashMap<>();
        risk.put("level", level);
        risk.put("score", score);
        return risk;
    }

    public static PolicyRequest tool(String name) {
        return PolicyRequest.toolCall(Subject.of("agent", "hr_specialist"), name, Map.of());
    }
}
