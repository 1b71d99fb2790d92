package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** 200 recorded episodes of a real agent run again: every tool call it made is blocked once, in order. */
class TauBenchTest {
    @Test
    void everyToolCallOfRealEpisodesIsBlockedOnceInOrder() {
        List<?> episodes =
                (List<?>) Objects.requireNonNull(CanonicalJson.parse(Vectors.bytes("tau-bench/gpt-4o-airline.json")));
        assertThat(episodes).hasSize(200);
        DecisionPipeline rules = RuleBasedPipeline.standard();
        int blocked = 0;
        for (Object element : episodes) {
            List<?> messages = list(object(element).get("traj"));
            List<ToolCall> calls = calls(messages);
            DecisionPipeline agent = rules.withResponse((situation, tools) -> {
                for (ToolCall call : calls) {
                    assertThat(tools.execute(call)).isInstanceOf(ToolOutcome.Blocked.class);
                }
                return new DecisionPipeline.Response("done", "episode");
            });
            String text = messages.stream()
                    .map(TauBenchTest::object)
                    .filter(message -> "user".equals(message.get("role")))
                    .map(message -> String.valueOf(message.get("content")))
                    .findFirst()
                    .orElseThrow();
            SimulationResult result = SimulationRunner.lenient(agent, TraceSettings.defaults())
                    .run(new DecisionRequest(text, "airline", "customer"))
                    .requireClean();
            assertThat(result.trace().success()).isTrue();
            assertThat(result.blockedTools())
                    .extracting(BlockedTool::toolName)
                    .containsExactlyElementsOf(
                            calls.stream().map(ToolCall::toolName).toList());
            assertThat(result.blockedTools())
                    .extracting(BlockedTool::arguments)
                    .containsExactlyElementsOf(
                            calls.stream().map(ToolCall::arguments).toList());
            assertThat(result.trace().steps().stream().map(TraceStep::stepType)).doesNotContain("tool_call_executed");
            SealedTrace imported = SealedTrace.read(result.sealed().bytes());
            assertThat(imported.traceHash()).isEqualTo(result.traceHash());
            assertThat(imported.recordHash()).isEqualTo(result.recordHash());
            assertThat(imported.erase().check().isConsistent()).isTrue();
            blocked += result.blockedTools().size();
        }
        assertThat(blocked).isEqualTo(1164);
    }

    private static List<ToolCall> calls(List<?> messages) {
        List<ToolCall> calls = new ArrayList<>();
        int turn = 0;
        for (Object message : messages) {
            Object batch = object(message).get("tool_calls");
            int index = 0;
            for (Object call : batch == null ? List.of() : list(batch)) {
                Map<?, ?> function = object(object(call).get("function"));
                byte[] arguments = String.valueOf(function.get("arguments")).getBytes(StandardCharsets.UTF_8);
                Map<String, @Nullable Object> parsed = Checks.stringKeyed(object(CanonicalJson.parse(arguments)));
                calls.add(ToolCall.of(String.valueOf(function.get("name")), parsed, turn, index++));
            }
            turn++;
        }
        return calls;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static List<?> list(@Nullable Object value) {
        return (List<?>) Objects.requireNonNull(value);
    }
}
