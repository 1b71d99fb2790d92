package io.aios.certify;

import io.aios.policy.Policy;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.rules.RuleEngineProvider;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.List;
import java.util.Map;

/** The policies that the engine contract asks for, as built-in rules. */
final class RulesFixture implements EngineFixture {
    @Override
    public PolicyEngineProvider provider() {
        return new RuleEngineProvider();
    }

    @Override
    public Policy permits(String id) {
        return Policy.of(id, "1", Map.of("rules", List.of(Map.of("id", "yes", "effect", "permit"))));
    }

    @Override
    public Policy denies(String id) {
        return Policy.of(id, "1", Map.of("rules", List.of(Map.of("id", "no", "effect", "deny"))));
    }

    @Override
    public Policy permitsUpToThousand(String id) {
        Map<String, Object> small = Map.of("attribute", "context.amount", "at_most", 1000);
        Map<String, Object> large = Map.of("attribute", "context.amount", "greater_than", 1000);
        return Policy.of(
                id,
                "1",
                Map.of(
                        "input",
                        Map.of("context.amount", "number"),
                        "rules",
                        List.of(
                                Map.of("id", "small", "effect", "permit", "when", small),
                                Map.of("id", "large", "effect", "review", "when", large))));
    }

    @Override
    public Policy broken(String id) {
        return Policy.of(id, "1", Map.of("rules", List.of(Map.of("id", "x", "effect", "allow"))));
    }
}
