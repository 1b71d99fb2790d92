package io.aios.trace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.trace.ApprovalStep;
import io.aios.trace.Confidence;
import io.aios.trace.IntentResult;
import io.aios.trace.InvalidTraceException;
import io.aios.trace.Redactor;
import io.aios.trace.RiskResult;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceHashes;
import io.aios.trace.TraceStep;
import io.aios.trace.tool.RecordingToolExecutor;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TraceRecorderTest {
    private static final IntentResult INTENT =
            new IntentResult("hr_leave", Confidence.of(0.9, "r", List.of()), List.of());

    @Test
    void aRealRequestIsRecordedStageByStageWithItsToolsAndApprovals() {
        TraceRecorder recorder = start("I need leave");
        recorder.intent(INTENT);
        recorder.risk(RiskResult.of(0.5, List.of()));
        recorder.approval("a-1", "approved", "manager-7", "2026-01-28T06:59:33Z", "grant-1");
        recorder.knowledge(Map.of("query", "leave"), Map.of("hits", 3));
        RecordingToolExecutor tools =
                RecordingToolExecutor.around(call -> new ToolOutcome.Succeeded("ok"), recorder.tools());
        assertThat(tools.execute(ToolCall.of("lookup", Map.of(), 0, 0))).isInstanceOf(ToolOutcome.Succeeded.class);
        recorder.response("done", "hr");
        SealedTrace sealed = recorder.complete();
        assertThat(sealed.trace().steps().stream().map(TraceStep::stepType))
                .containsExactly(
                        "intent_classification",
                        "risk_assessment",
                        "approval",
                        "kb_query",
                        "tool_call_executed",
                        "response_generation");
        assertThat(sealed.trace().steps().get(2))
                .isInstanceOfSatisfying(
                        ApprovalStep.class,
                        step -> assertThat(step.approvalId()).isEqualTo("a-1"));
        assertThat(sealed.trace().simulation()).isFalse();
        assertThat(sealed.trace().success()).isTrue();
        assertThat(TraceHashes.check(sealed.trace()).isConsistent()).isTrue();
    }

    @Test
    void anErrorSealsTheTraceToo() {
        TraceRecorder recorder = start("x");
        recorder.intent(INTENT);
        SealedTrace sealed = recorder.fail("model timed out");
        assertThat(sealed.trace().success()).isFalse();
        assertThat(sealed.trace().errorMessage()).isEqualTo("model timed out");
        assertThat(SealedTrace.read(sealed.bytes())).isEqualTo(sealed);
    }

    @Test
    void aStageIsRecordedOnceAndNothingAfterSealing() {
        TraceRecorder recorder = start("x");
        recorder.intent(INTENT);
        assertThatThrownBy(() -> recorder.intent(INTENT)).isInstanceOf(InvalidTraceException.class);
        SealedTrace unused = recorder.complete();
        assertThatThrownBy(recorder::complete).isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> recorder.risk(RiskResult.of(0, List.of()))).isInstanceOf(InvalidTraceException.class);
    }

    @Test
    void aLongTextIsShownInTheStepWithoutHalfACharacter() {
        TraceRecorder recorder = start("\ud83d\ude00".repeat(300));
        recorder.intent(INTENT);
        assertThat(recorder.complete().trace().steps().get(0).inputData())
                .containsEntry("text", "\ud83d\ude00".repeat(200));
    }

    @Test
    void personalTextIsRedactedBeforeItIsRecorded() {
        TraceRecorder recorder = TraceRecorder.start(
                new DecisionRequest("I am ann@example.org", "t", "u"),
                TraceSettings.defaults().withRedactor(Redactor.angleMarkers()));
        recorder.intent(INTENT);
        recorder.knowledge(Map.of("q", "ann@example.org"), Map.of());
        recorder.response("Dear ann@example.org", "x");
        String json = new String(recorder.fail("no ann@example.org").bytes(), StandardCharsets.UTF_8);
        assertThat(json).doesNotContain("ann@").contains("I am <email>", "Dear <email>", "no <email>");
    }

    @Test
    void manyThreadsMayRecord() {
        TraceRecorder recorder = start("x");
        List<CompletableFuture<Void>> work = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int n = i;
            work.add(CompletableFuture.runAsync(() -> recorder.knowledge(Map.of("n", n), Map.of())));
        }
        work.forEach(CompletableFuture::join);
        assertThat(recorder.complete().trace().steps())
                .hasSize(64)
                .extracting(TraceStep::stepId)
                .doesNotHaveDuplicates();
    }

    private static TraceRecorder start(String text) {
        return TraceRecorder.start(new DecisionRequest(text, "t", "u"), TraceSettings.defaults());
    }
}
