package io.aios.trace;

import io.aios.trace.json.Digest;
import io.aios.trace.json.RandomJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Traces from a seed: every component there or absent, every kind of step, odd text everywhere. */
final class RandomTraces {
    private static final List<String> STAGES = StageStep.TYPES.stream().sorted().toList();

    private final Random random;

    private RandomTraces(Random random) {
        this.random = random;
    }

    static DecisionTrace trace(Random random) {
        return new RandomTraces(random).trace();
    }

    private DecisionTrace trace() {
        return DecisionTrace.builder()
                .traceId(name())
                .requestId(name())
                .requestText(text())
                .tenantId(name())
                .userId(text())
                .createdAt(time())
                .completedAt(maybe(this::time))
                .intent(maybe(() -> new IntentResult(
                        name(), confidence(), list(() -> new IntentResult.Alternative(name(), random.nextDouble())))))
                .risk(maybe(() -> RiskResult.of(random.nextDouble(), list(this::text))))
                .governance(maybe(() -> new GovernanceResult(
                        random.nextBoolean(), text(), list(this::text), list(this::text), list(this::text))))
                .routing(maybe(() -> new RoutingResult(
                        name(),
                        confidence(),
                        list(() -> new RoutingResult.Alternative(name(), random.nextDouble())),
                        text())))
                .modelSelection(maybe(() -> new ModelSelection(
                        name(), name(), BigDecimal.valueOf(random.nextLong() >>> (10 + random.nextInt(50)), 9))))
                .policy(maybe(() -> new TracePolicy(name(), name(), digest(), name())))
                .steps(list(this::step))
                .blockedTools(list(this::blocked))
                .responseText(text())
                .responseType(text())
                .success(random.nextBoolean())
                .errorMessage(random.nextBoolean() ? "" : text())
                .simulation(random.nextBoolean())
                .build();
    }

    private TraceStep step() {
        String id = maybe(this::name);
        String time = maybe(this::time);
        Double millis = maybe(() -> random.nextInt(1_000_000) / 1000.0);
        return switch (random.nextInt(5)) {
            case 0 ->
                new StageStep(STAGES.get(random.nextInt(STAGES.size())), id, time, millis, data(), data(), data());
            case 1 -> ToolBlockedStep.of(name(), blocked(), data());
            case 2 -> ToolExecutedStep.of(name(), time(), 1.5, name(), digest(), "succeeded", digest(), data());
            case 3 -> ApprovalStep.of(name(), time(), text(), text(), text(), text(), text(), data());
            default ->
                new UnknownStep("custom_" + name(), id, time, millis, data(), data(), data(), maybe(this::blocked));
        };
    }

    private BlockedTool blocked() {
        return new BlockedTool(name(), data(), time(), text());
    }

    private Map<String, Object> data() {
        Map<String, Object> data = RandomJson.object(random);
        return random.nextInt(3) == 0 ? Map.of() : data;
    }

    private Confidence confidence() {
        return Confidence.of(random.nextDouble(), text(), list(this::text));
    }

    private String text() {
        return RandomJson.text(random);
    }

    private String name() {
        return "n" + text();
    }

    private String time() {
        return TraceTime.text(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)));
    }

    private Digest digest() {
        return Digest.sha256(text().getBytes(StandardCharsets.UTF_8));
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextInt(4) == 0 ? null : value.get();
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }
}
