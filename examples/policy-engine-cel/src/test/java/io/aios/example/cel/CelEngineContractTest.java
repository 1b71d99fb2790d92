package io.aios.example.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import io.aios.policy.contract.EngineContract;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "context.org == 'acme' ? 'permit' : 'deny'",
                "context.amount == 'acme' ? 'permit' : 'deny'",
                "context.amount + 'x' == '' ? 'permit' : 'deny'",
                "has(context.org) ? 'permit' : 'deny'",
                "size(context) > 0 ? 'permit' : 'deny'",
                "subject.id == 'root' ? 'permit' : 'deny'",
                "context.amount",
                "context.amount > 0 || true ? 1 : 'permit'"
            })
    void anExpressionThatReadsMoreThanItsContractOrAnotherTypeDoesNotCompile(String cel) {
        Policy policy = Fixture.policy("p", cel, Map.of("context.amount", "number"));
        assertThatThrownBy(() -> PolicyDecisionPoint.of(policy))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("does not compile");
    }

    @Test
    void everyTypeOfAContractReachesTheExpression() {
        Policy policy = Fixture.policy(
                "p",
                "subject.id == 'u' && context.n <= 5 && context.i + 1 == 6 && context.b && 'x' in context.l"
                        + " && context.o.k == 'v' ? 'permit' : 'deny'",
                Map.of(
                        "subject.id", "string",
                        "context.n", "number",
                        "context.i", "integer",
                        "context.b", "boolean",
                        "context.l", "array",
                        "context.o", "object"));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy)) {
            Map<String, Object> context =
                    new HashMap<>(Map.of("n", 5, "i", 5.0, "b", true, "l", List.of("x"), "o", Map.of("k", "v")));
            PolicyRequest request = PolicyRequest.toolCall(Subject.of("agent", "u"), "pay", Map.of());
            assertThat(point.decide(request.withContext(context)).isPermit()).isTrue();
            context.put("i", 1e300);
            assertThat(point.decide(request.withContext(context)).outcome().reasonCodes())
                    .containsExactly(ReasonCodes.ENGINE_EXCEPTION);
        }
    }

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
