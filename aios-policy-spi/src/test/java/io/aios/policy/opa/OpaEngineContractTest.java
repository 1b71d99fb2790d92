package io.aios.policy.opa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aios.policy.Policy;
import io.aios.policy.contract.EngineContract;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The adapter keeps the contract; the server behind it is a stand-in that decides as the fixture's Rego says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpaEngineContractTest {
    private final OpaDouble opa = new OpaDouble();

    @BeforeAll
    void decideAsTheRegoSays() {
        opa.answer(OpaEngineContractTest::decide);
        opa.manage(question -> question.method().equals("PUT")
                        && question.body().contains("broken :=")
                ? new OpaDouble.Answer(400, "application/json", "{\"code\":\"invalid_parameter\",\"message\":\"no\"}")
                : null);
    }

    @AfterAll
    void close() {
        opa.close();
    }

    @TestFactory
    Stream<DynamicTest> opaKeepsTheContract() {
        return EngineContract.checks(new Fixture(opa)).stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    static OpaDouble.Answer decide(OpaDouble.Asked question) {
        try {
            String[] steps = question.path().split("[/?]", -1);
            String kind = steps[steps.length - 2];
            JsonNode amount = new ObjectMapper().readTree(question.body()).at("/input/context/amount");
            return OpaDouble.Answer.json(
                    switch (kind) {
                        case "yes" -> "{\"result\":{\"allow\":true}}";
                        case "no" -> "{\"result\":{\"allow\":false}}";
                        // As Rego does: a comparison with something undefined or null is no objection.
                        default ->
                            !amount.isNumber() || amount.asDouble() <= 1000
                                    ? "{\"result\":{\"allow\":true}}"
                                    : "{\"result\":{\"allow\":false,\"requires_hitl\":true,\"reasons\":[\"amount\"]}}";
                    });
        } catch (JsonProcessingException e) {
            return new OpaDouble.Answer(400, "application/json", "{}");
        }
    }

    /** The contract's policies in Rego. */
    record Fixture(OpaDouble server) implements EngineFixture {
        @Override
        public PolicyEngineProvider provider() {
            return new OpaEngineProvider();
        }

        @Override
        public Map<String, @org.jspecify.annotations.Nullable Object> settings() {
            return Map.of("url", server.url(), "tenant", "t1");
        }

        @Override
        public Policy permits(String id) {
            return policy(id, "yes", "yes := {\"allow\": true}", Map.of());
        }

        @Override
        public Policy denies(String id) {
            return policy(id, "no", "no := {\"allow\": false}", Map.of());
        }

        @Override
        public Policy permitsUpToThousand(String id) {
            return policy(
                    id,
                    "amount",
                    "amount := {\"allow\": input.context.amount <= 1000, \"requires_hitl\": input.context.amount > 1000}",
                    Map.of("context.amount", "number"));
        }

        @Override
        public Policy broken(String id) {
            return policy(id, "broken", "broken := ", Map.of());
        }

        private static Policy policy(String id, String rule, String rego, Map<String, String> input) {
            return Policy.of(
                    id,
                    "1",
                    Map.of(
                            "engine",
                            "opa",
                            "input",
                            input,
                            "rule",
                            rule,
                            "rego",
                            "package tenants.t1." + id + "\n\n" + rego + "\n"));
        }
    }
}
