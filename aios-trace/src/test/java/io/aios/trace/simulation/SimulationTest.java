package io.aios.trace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.trace.DecisionTrace;
import io.aios.trace.HashCheck;
import io.aios.trace.RiskResult;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceCodec;
import io.aios.trace.TraceHashes;
import io.aios.trace.TraceStep;
import io.aios.trace.Traces;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolCallAttemptedException;
import io.aios.trace.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final DecisionRequest SAMPLE =
            new DecisionRequest("I need to request FMLA leave for medical treatment", "cleveland-gov", "emp-12345");
    private static final DecisionPipeline PIPELINE = RuleBasedPipeline.standard();

    @Test
    void theSampleRequestIsDecidedAsDocument000Prints() {
        DecisionTrace ours = SimulationRunner.strict(PIPELINE, TraceSettings.defaults())
                .run(SAMPLE)
                .requireClean()
                .trace();
        DecisionTrace printed = TraceCodec.read(Traces.sample());
        assertThat(ours.intent()).isEqualTo(printed.intent());
        assertThat(ours.risk()).isEqualTo(printed.risk());
        assertThat(ours.governance()).isEqualTo(printed.governance());
        assertThat(ours.routing()).isEqualTo(printed.routing());
        assertThat(ours.modelSelection()).isEqualTo(printed.modelSelection());
        assertThat(ours.responseText()).isEqualTo(printed.responseText());
        assertThat(ours.responseType()).isEqualTo(printed.responseType());
        assertThat(ours.success()).isTrue();
        assertThat(ours.simulation()).isTrue();
        assertThat(ours.steps().stream().map(TraceStep::stepType))
                .containsExactly(
                        "intent_classification",
                        "risk_assessment",
                        "governance_check",
                        "agent_routing",
                        "model_selection",
                        "response_generation");
    }

    @Test
    void aSecondRunHasTheSameTraceHashAndAnotherRecordHash() {
        SimulationRunner runner = SimulationRunner.strict(PIPELINE, TraceSettings.defaults());
        SimulationResult first = runner.run(SAMPLE);
        SimulationResult second = runner.run(SAMPLE);
        assertThat(second.traceHash()).isEqualTo(first.traceHash());
        assertThat(second.recordHash()).isNotEqualTo(first.recordHash());
        assertThat(TraceHashes.check(first.trace())).isInstanceOf(HashCheck.Consistent.class);
        assertThat(SealedTrace.read(first.sealed().bytes())).isEqualTo(first.sealed());
    }

    @Test
    void aStrictRunIsNotCleanAlthoughTheHostSwallowedTheException() {
        SimulationResult result =
                SimulationRunner.strict(swallowing(), TraceSettings.defaults()).run(SAMPLE);
        assertThat(result.trace().success()).isTrue();
        assertThat(result.blockedTools()).hasSize(1);
        assertThatThrownBy(result::requireClean)
                .isInstanceOfSatisfying(
                        ToolCallAttemptedException.class,
                        e -> assertThat(e.toolNames()).containsExactly("send_email"));
    }

    @Test
    void anUncaughtAttemptEndsInTheTraceAndIsNotClean() {
        SimulationResult result = SimulationRunner.strict(
                        PIPELINE.withResponse((situation, tools) -> {
                            ToolOutcome outcome = tools.execute(ToolCall.of("pay", Map.of(), 0, 0));
                            return new DecisionPipeline.Response(outcome.toString(), "x");
                        }),
                        TraceSettings.defaults())
                .run(SAMPLE);
        assertThat(result.trace().success()).isFalse();
        assertThat(result.trace().errorMessage()).contains("ToolCallAttempted");
        assertThat(result.trace().steps().stream().map(TraceStep::stepType)).contains("tool_call_blocked", "error");
        assertThatThrownBy(result::requireClean).isInstanceOf(ToolCallAttemptedException.class);
    }

    @Test
    void aLenientRunGoesOnWithPlaceholdersAndIsClean() {
        SimulationResult result = SimulationRunner.lenient(swallowing(), TraceSettings.defaults())
                .run(SAMPLE)
                .requireClean();
        assertThat(result.blockedTools()).singleElement().satisfies(blocked -> {
            assertThat(blocked.toolName()).isEqualTo("send_email");
            assertThat(blocked.arguments()).isEqualTo(Map.of("to", "ann"));
        });
        assertThat(result.trace().steps().stream().map(TraceStep::stepType))
                .containsSubsequence("model_selection", "tool_call_blocked", "response_generation");
    }

    @Test
    void parallelCallsGiveOneHash() {
        DecisionPipeline parallel = PIPELINE.withResponse((situation, tools) -> {
            List<CompletableFuture<ToolOutcome>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int index = i;
                calls.add(CompletableFuture.supplyAsync(() ->
                        tools.execute(ToolCall.of("tool" + index % 3, Map.of("n", index), index / 8, index % 8))));
            }
            calls.forEach(CompletableFuture::join);
            return new DecisionPipeline.Response("done", "x");
        });
        SimulationRunner runner = SimulationRunner.lenient(parallel, TraceSettings.defaults());
        List<Object> hashes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            hashes.add(runner.run(SAMPLE).traceHash());
        }
        assertThat(hashes).hasSize(100).containsOnly(hashes.get(0));
    }

    @Test
    void aDeniedRequestGoesNoFurtherThanGovernance() {
        DecisionPipeline odd =
                RuleBasedPipeline.standard(PolicyDecisionPoint.builder().build());
        DecisionTrace trace = SimulationRunner.strict(odd, TraceSettings.defaults())
                .run(SAMPLE)
                .trace();
        assertThat(trace.responseType()).isEqualTo("denied");
        assertThat(trace.routing()).isNull();
        assertThat(trace.modelSelection()).isNull();
    }

    @Test
    void anyStageCanBeReplaced() {
        DecisionTrace trace = SimulationRunner.strict(
                        PIPELINE.withRisk((request, intent) -> RiskResult.of(0.7, List.of("always"))),
                        TraceSettings.defaults())
                .run(SAMPLE)
                .trace();
        assertThat(Objects.requireNonNull(trace.governance()).requiresHitl()).isTrue();
        assertThat(Objects.requireNonNull(trace.modelSelection()).tier()).isEqualTo("premium");
    }

    private static DecisionPipeline swallowing() {
        return PIPELINE.withResponse((situation, tools) -> {
            try {
                ToolOutcome outcome = tools.execute(ToolCall.of("send_email", Map.of("to", "ann"), 0, 0));
                return new DecisionPipeline.Response(outcome.getClass().getSimpleName(), "answered");
            } catch (ToolCallAttemptedException e) {
                return new DecisionPipeline.Response("sorry", "answered");
            }
        });
    }
}
