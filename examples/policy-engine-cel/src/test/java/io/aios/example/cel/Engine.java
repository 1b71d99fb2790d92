package io.aios.example.cel;

import io.aios.policy.Policy;
import io.aios.policy.opa.OpaEngineProvider;
import io.aios.policy.rules.RuleEngineProvider;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An engine of the matrix, with the one policy in its language: permit up to 1000 for acme, review above. */
enum Engine {
    RULES,
    OPA,
    CEL;

    private static final Map<String, String> INPUT = Map.of("context.amount", "number", "context.org", "string");

    PolicyEngineProvider provider() {
        return switch (this) {
            case RULES -> new RuleEngineProvider();
            case OPA -> new OpaEngineProvider();
            case CEL -> new CelEngineProvider();
        };
    }

    String id() {
        return provider().id();
    }

    Map<String, Object> settings(RawServer server) {
        return this == OPA ? Map.of("url", server.url(), "tenant", "acme", "max_response_bytes", 10_000) : Map.of();
    }

    Policy policy() {
        Map<String, Object> body = new HashMap<>(Map.of("engine", id(), "input", INPUT, "actions", List.of("pay")));
        body.putAll(
                switch (this) {
                    case RULES -> Map.of("rules", List.of(rule("small", "permit", "at_most"), rule("large", "review", "greater_than")));
                    case OPA -> Map.of("rego", "package tenants.acme.pay\ndecision := {\"allow\": input.context.amount <= 1000}\n");
                    case CEL -> Map.of("cel", "context.org != 'acme' ? 'deny' : context.amount <= 1000 ? 'permit' : 'review'");
                });
        return Policy.of("pay", "1", body);
    }

    private static Map<String, Object> rule(String id, String effect, String operator) {
        Map<String, Object> amount = Map.of("attribute", "context.amount", operator, 1000);
        Map<String, Object> org = Map.of("attribute", "context.org", "equals", "acme");
        return Map.of("id", id, "effect", effect, "when", Map.of("all", List.of(org, amount)));
    }
}
