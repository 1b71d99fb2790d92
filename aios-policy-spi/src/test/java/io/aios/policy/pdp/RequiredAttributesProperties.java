package io.aios.policy.pdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.Decision;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import io.aios.policy.rules.RulePolicies;
import io.aios.policy.spi.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class RequiredAttributesProperties {
    private static final Map<String, Object> FULL = new LinkedHashMap<>(Map.of(
            "action.properties.amount",
            5,
            "subject.properties.org",
            "acme",
            "resource.properties.open",
            true,
            "context.tags",
            List.of("a"),
            "context.risk.level",
            "low",
            "context.risk.score",
            0.1,
            "context.extra",
            Map.of("k", 1)));

    @Property(tries = 500)
    void removingOrNullingAnyRequiredAttributeNeverPermitsAndNeverAsksTheEngine(
            @ForAll @IntRange(max = 127) int removed, @ForAll @IntRange(max = 127) int nulled) {
        AtomicLong asked = new AtomicLong();
        FakeEngine permits = new FakeEngine("x", true, (request, deadline) -> {
            asked.incrementAndGet();
            return CompletableFuture.completedFuture(Verdict.permit());
        });
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(permits).build()) {
            assertThat(point.activate(List.of(Policy.of("p", "1", Map.of("engine", "x", "input", contract()))))
                            .unavailable())
                    .isEmpty();
            Decision decision = point.decide(request(removed, nulled));
            assertThat(decision.isPermit()).isEqualTo((removed | nulled) == 0);
            assertThat(asked).hasValue((removed | nulled) == 0 ? 1 : 0);
        }
    }

    @Property(tries = 300)
    void theBuiltInRulesDenyOnAnyMissingAttributeEvenWithoutAContract(@ForAll @IntRange(max = 127) int removed) {
        List<Map<String, Object>> conditions = new ArrayList<>();
        FULL.forEach((path, value) -> {
            if (!(value instanceof List<?>) && !(value instanceof Map<?, ?>)) {
                conditions.add(Map.of("attribute", path, "equals", value));
            }
        });
        Map<String, Object> not = Map.of("not", Map.of("attribute", "context.risk.level", "equals", "high"));
        conditions.add(not);
        Policy policy = Policy.of(
                "p",
                "1",
                Map.of("rules", List.of(Map.of("id", "r", "effect", "permit", "when", Map.of("all", conditions)))));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy)) {
            boolean scalarMissing = false;
            int bit = 0;
            for (Object value : FULL.values()) {
                boolean scalar = !(value instanceof List<?>) && !(value instanceof Map<?, ?>);
                scalarMissing |= scalar && (removed >> bit & 1) == 1;
                bit++;
            }
            Decision decision = point.decide(request(removed, 0));
            assertThat(decision.isPermit()).isEqualTo(!scalarMissing);
            if (scalarMissing) {
                assertThat(decision.outcome().reasonCodes()).containsExactly(ReasonCodes.ATTRIBUTE_MISSING);
            }
        }
    }

    @Property(tries = 200)
    void theDecisionDoesNotDependOnTheOrderOfAttributes(@ForAll long seed) {
        List<Map.Entry<String, Object>> shuffled = new ArrayList<>(
                Map.<String, Object>of("level", "medium", "score", 0.3).entrySet());
        java.util.Collections.shuffle(shuffled, new java.util.Random(seed));
        Map<String, Object> risk = new LinkedHashMap<>();
        shuffled.forEach(entry -> risk.put(entry.getKey(), entry.getValue()));
        PolicyRequest request = PolicyRequest.of(
                        Subject.of("user", "u"), Action.of("request.handle"), Resource.of("request", "r"))
                .withContext(Map.of("risk", risk));
        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(RulePolicies.defaultGovernance())) {
            assertThat(point.decide(request))
                    .isInstanceOfSatisfying(
                            Decision.Review.class,
                            review -> assertThat(review.ask().requestDigest())
                                    .isEqualTo("6abd80cfd5799c119dc6b81479431a9e909822d7c7078a11cc98d221ebf98967"));
        }
    }

    private static Map<String, String> contract() {
        Map<String, String> contract = new HashMap<>();
        FULL.forEach((path, value) -> contract.put(
                path,
                value instanceof String
                        ? "string"
                        : value instanceof Boolean
                                ? "boolean"
                                : value instanceof List<?>
                                        ? "array"
                                        : value instanceof Map<?, ?> ? "object" : "number"));
        return contract;
    }

    private static PolicyRequest request(int removed, int nulled) {
        Map<String, @Nullable Object> parts = new HashMap<>();
        int bit = 0;
        for (Map.Entry<String, Object> entry : FULL.entrySet()) {
            if ((removed >> bit & 1) == 0) {
                put(parts, entry.getKey(), (nulled >> bit & 1) == 1 ? null : entry.getValue());
            }
            bit++;
        }
        return new PolicyRequest(
                new Subject("user", "u", properties(parts, "subject")),
                new Action("pay", properties(parts, "action")),
                new Resource("account", "a", properties(parts, "resource")),
                part(parts, "context"));
    }

    private static Map<String, @Nullable Object> properties(Map<String, @Nullable Object> parts, String name) {
        return part(part(parts, name), "properties");
    }

    @SuppressWarnings("unchecked") // The maps are built right below.
    private static Map<String, @Nullable Object> part(Map<String, @Nullable Object> parts, String name) {
        Object part = parts.get(name);
        return part == null ? Map.of() : (Map<String, @Nullable Object>) part;
    }

    @SuppressWarnings("unchecked") // The maps are built right here.
    private static void put(Map<String, @Nullable Object> parts, String path, @Nullable Object value) {
        String[] steps = path.split("\\.", -1);
        Map<String, @Nullable Object> here = parts;
        for (int i = 0; i < steps.length - 1; i++) {
            here = (Map<String, @Nullable Object>)
                    java.util.Objects.requireNonNull(here.computeIfAbsent(steps[i], key -> new HashMap<>()));
        }
        here.put(steps[steps.length - 1], value);
    }
}
