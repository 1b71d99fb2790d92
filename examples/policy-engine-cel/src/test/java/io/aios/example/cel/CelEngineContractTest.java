package io.aios.example.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.contract.EngineContract;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CelEngineContractTest {
    // tag::contract[]
    @TestFactory
    Stream<DynamicTest> celKeepsTheContract() {
        return EngineContract.checks(new Fixture()).stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }
    // end::contract[]

    // tag::fixture[]
    static final class Fixture implements EngineFixture {
        @Override
        public PolicyEngineProvider provider() {
            return new CelEngineProvider();
        }

        @Override
        public Policy permits(String id) {
            return policy(id, "'permit'", Map.of());
        }

        @Override
        public Policy denies(String id) {
            return policy(id, "'deny'", Map.of());
        }

        @Override
        public Policy permitsUpToThousand(String id) {
            return policy(id, "context.amount <= 1000 ? 'permit' : 'review'", Map.of("context.amount", "number"));
        }

        @Override
        public Policy broken(String id) {
            return policy(id, "context.amount <=", Map.of());
        }

        static Policy policy(String id, String cel, Map<String, String> input) {
            return Policy.of(id, "1", Map.of("engine", "cel", "cel", cel, "input", input));
        }
    }
    // end::fixture[]

    @Test
    void theServiceLoaderFindsTheEngineByItsId() {
        // tag::use[]
        Policy policy = Policy.of(
                "small_payments",
                "1",
                Map.of(
                        "engine", "cel",
                        "cel", "action.properties.amount <= 1000 ? 'permit' : 'review'",
                        "input", Map.of("action.properties.amount", "number")));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy)) {
            PolicyRequest request = PolicyRequest.toolCall(Subject.of("agent", "hr"), "pay", Map.of("amount", 250));
            assertThat(point.decide(request).isPermit()).isTrue();
        }
        // end::use[]
    }
}
