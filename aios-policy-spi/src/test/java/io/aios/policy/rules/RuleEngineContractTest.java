package io.aios.policy.rules;

import io.aios.policy.Policy;
import io.aios.policy.contract.EngineContract;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RuleEngineContractTest {
    @TestFactory
    Stream<DynamicTest> theBuiltInRulesKeepTheContract() {
        return EngineContract.checks(new Fixture()).stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    /** The contract's policies as rules. */
    public static final class Fixture implements EngineFixture {
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
            return Policy.of(
                    id,
                    "1",
                    Map.of(
                            "input",
                            Map.of("context.amount", "number"),
                            "rules",
                            List.of(rule("small", "permit", "at_most"), rule("large", "review", "greater_than"))));
        }

        private static Map<String, Object> rule(String id, String effect, String operator) {
            return Map.of("id", id, "effect", effect, "when", Map.of("attribute", "context.amount", operator, 1000));
        }

        @Override
        public Policy broken(String id) {
            return Policy.of(id, "1", Map.of("rules", List.of(Map.of("id", "x", "effect", "allow"))));
        }
    }
}
