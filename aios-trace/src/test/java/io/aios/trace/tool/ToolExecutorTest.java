package io.aios.trace.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.InvalidJsonException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.BlockedTool;
import io.aios.trace.Redactor;
import io.aios.trace.ToolExecutedStep;
import io.aios.trace.TraceStep;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolExecutorTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-28T06:59:33.2445899Z"), ZoneOffset.UTC);

    private final ToolJournal journal = new ToolJournal(CLOCK, Redactor.NONE);
    private final List<ToolCall> executed = new ArrayList<>();
    private final ToolExecutor real = call -> {
        executed.add(call);
        return new ToolOutcome.Succeeded(Map.of("sum", 42, "of", call.arguments()));
    };

    @Test
    void strictThrowsAndLatches() {
        NullToolExecutor tools = NullToolExecutor.strict(journal);
        tools.requireClean();
        assertThatThrownBy(() -> tools.execute(call("pay"))).isInstanceOf(ToolCallAttemptedException.class);
        assertThatThrownBy(() -> tools.execute(call("mail"))).isInstanceOf(ToolCallAttemptedException.class);
        assertThatThrownBy(tools::requireClean)
                .isInstanceOfSatisfying(
                        ToolCallAttemptedException.class,
                        e -> assertThat(e.toolNames()).containsExactly("pay", "mail"));
        assertThat(journal.blockedTools()).hasSize(2);
    }

    @Test
    void lenientAnswersWithAPlaceholderAndStaysClean() {
        NullToolExecutor tools = NullToolExecutor.lenient(journal);
        assertThat(tools.execute(call("pay")))
                .isInstanceOfSatisfying(
                        ToolOutcome.Blocked.class,
                        blocked -> assertThat(blocked.placeholder())
                                .containsEntry("simulated", true)
                                .containsEntry("tool_name", "pay"));
        tools.requireClean();
    }

    @Test
    void aLaterChangeOfTheArgumentsChangesNothing() {
        Map<String, Object> inner = new HashMap<>(Map.of("a", 1));
        List<Object> list = new ArrayList<>(List.of(inner));
        Map<String, Object> arguments = new HashMap<>(Map.of("list", list));
        ToolCall call = ToolCall.of("t", arguments, 0, 0);
        assertThat(NullToolExecutor.lenient(journal).execute(call)).isNotNull();
        inner.put("a", 2);
        list.clear();
        arguments.put("more", 1);
        assertThat(journal.blockedTools())
                .extracting(BlockedTool::arguments)
                .containsExactly(Map.of("list", List.of(Map.of("a", 1L))));
        assertThatThrownBy(() -> call.arguments().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void argumentsThatAreNotJsonAreRefused() {
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("self", cyclic);
        assertThatThrownBy(() -> ToolCall.of("t", cyclic, 0, 0)).isInstanceOf(InvalidJsonException.class);
        for (Object odd : new Object[] {Instant.EPOCH, new byte[1], Double.NaN, "\ud800", 1L << 60}) {
            assertThatThrownBy(() -> ToolCall.of("t", Map.of("a", odd), 0, 0)).isInstanceOf(InvalidJsonException.class);
        }
    }

    @Test
    void orderIsTurnAndIndexNotArrival() {
        NullToolExecutor tools = NullToolExecutor.lenient(journal);
        for (int[] place : new int[][] {{1, 1}, {0, 1}, {1, 0}, {0, 0}}) {
            assertThat(tools.execute(ToolCall.of("t" + place[0] + place[1], Map.of(), place[0], place[1])))
                    .isNotNull();
        }
        assertThat(journal.blockedTools())
                .extracting(BlockedTool::toolName)
                .containsExactly("t00", "t01", "t10", "t11");
        assertThat(journal.steps(1))
                .extracting(TraceStep::stepId)
                .containsExactly("step-1", "step-2", "step-3", "step-4");
    }

    @Test
    void anExecutedCallLeavesDigestsNotContent() {
        RecordingToolExecutor recording = RecordingToolExecutor.around(real, journal);
        ToolOutcome outcome = recording.execute(call("sum"));
        assertThat(outcome).isInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(journal.steps(1)).singleElement().isInstanceOfSatisfying(ToolExecutedStep.class, step -> {
            assertThat(step.toolName()).isEqualTo("sum");
            assertThat(step.argumentsDigest()).isEqualTo(CanonicalJson.digest(Map.of("n", 7)));
            assertThat(step.outputData()).containsEntry("outcome", "succeeded");
            assertThat(step.timestamp()).isEqualTo("2026-01-28T06:59:33.244589+00:00");
        });
    }

    @Test
    void aFailingToolIsNotedAndItsExceptionPassesOn() {
        RecordingToolExecutor recording = RecordingToolExecutor.around(
                call -> {
                    throw new IllegalStateException("password=hunter2");
                },
                journal);
        assertThatThrownBy(() -> recording.execute(call("db"))).isInstanceOf(IllegalStateException.class);
        assertThat(journal.steps(1))
                .singleElement()
                .satisfies(step -> assertThat(step.outputData())
                        .containsEntry("outcome", "failed")
                        .containsEntry(
                                "result_digest",
                                CanonicalJson.digest(Map.of("exception", "java.lang.IllegalStateException"))
                                        .hex()));
    }

    @Test
    void aReplayAnswersWhatWasRecordedAndBlocksTheRest() {
        RecordingToolExecutor recording = RecordingToolExecutor.around(real, journal);
        ToolOutcome first = recording.execute(call("sum"));
        ToolRecording stored = ToolRecording.read(recording.recording().write());
        assertThat(stored.size()).isEqualTo(1);
        executed.clear();
        ToolJournal replayed = new ToolJournal(CLOCK, Redactor.NONE);
        ReplayToolExecutor replay = ReplayToolExecutor.of(stored, replayed);
        assertThat(replay.execute(call("sum"))).isEqualTo(first);
        assertThat(replay.execute(call("sum"))).isInstanceOf(ToolOutcome.Blocked.class);
        assertThat(replay.execute(call("other"))).isInstanceOf(ToolOutcome.Blocked.class);
        assertThat(executed).isEmpty();
        assertThat(replayed.steps(1))
                .extracting(TraceStep::stepType)
                .containsExactlyInAnyOrder("tool_call_executed", "tool_call_blocked", "tool_call_blocked");
    }

    @Test
    void aRecordingInAnotherShapeIsRefused() {
        for (String odd :
                List.of("{}", "[1]", "[{\"tool_name\":\"a\"}]", "[{\"tool_name\":1,\"arguments\":{},\"result\":1}]")) {
            assertThatThrownBy(() -> ToolRecording.read(odd.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(InvalidJsonException.class);
        }
    }

    @Test
    void aPermittedCallIsExecutedWithItsPermitInTheTrace() {
        try (PolicyDecisionPoint decisions =
                PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("sum")))) {
            assertThat(guarded(decisions).execute(call("sum"))).isInstanceOf(ToolOutcome.Succeeded.class);
        }
        ToolCall call = executed.get(0);
        assertThat(call.permit())
                .isNotNull()
                .satisfies(permit -> assertThat(permit.covers(call)).isTrue());
        assertThat(journal.steps(1))
                .singleElement()
                .satisfies(step -> assertThat(step.metadata()).containsKey("permit"));
    }

    @Test
    void aDeniedCallIsBlockedAndTraced() {
        try (PolicyDecisionPoint decisions =
                PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("sum")))) {
            assertThat(guarded(decisions).execute(call("pay")))
                    .isInstanceOfSatisfying(
                            ToolOutcome.Blocked.class,
                            blocked -> assertThat(blocked.placeholder()).containsEntry("message", "Policy denies"));
        }
        assertThat(executed).isEmpty();
        assertThat(journal.blockedTools())
                .extracting(BlockedTool::reason)
                .singleElement()
                .satisfies(reason -> assertThat(reason).startsWith("Policy denies: "));
    }

    @Test
    void aCallThatNeedsAHumanIsBlockedAndTraced() {
        Policy review = Policy.of(
                "ask",
                "1",
                Map.of(
                        "engine",
                        "rules",
                        "actions",
                        List.of("tool.call"),
                        "input",
                        Map.of(),
                        "rules",
                        List.of(Map.of("id", "ask", "effect", "review", "reason_user", "Ask a manager."))));
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.of(review)) {
            assertThat(guarded(decisions).execute(call("sum"))).isInstanceOf(ToolOutcome.Blocked.class);
        }
        assertThat(executed).isEmpty();
        assertThat(journal.blockedTools())
                .extracting(BlockedTool::reason)
                .singleElement()
                .satisfies(reason -> assertThat(reason).startsWith("Policy requires a human decision: "));
    }

    @Test
    void withoutAPolicyNothingIsExecuted() {
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.builder().build()) {
            assertThat(guarded(decisions).execute(call("sum"))).isInstanceOf(ToolOutcome.Blocked.class);
        }
        assertThat(executed).isEmpty();
    }

    @Test
    void aPermitForOtherArgumentsIsWorthNothing() {
        ToolPermit permit = new ToolPermit("sum", Digest.sha256(), "policies");
        assertThat(RecordingToolExecutor.around(real, journal)
                        .execute(call("sum").withPermit(permit)))
                .isInstanceOf(ToolOutcome.Blocked.class);
        assertThat(executed).isEmpty();
    }

    @Test
    void argumentsAreRedactedBeforeTheyAreNoted() {
        ToolJournal redacting = new ToolJournal(CLOCK, Redactor.angleMarkers());
        assertThat(NullToolExecutor.lenient(redacting)
                        .execute(ToolCall.of("mail", Map.of("to", List.of("ann@example.org")), 0, 0)))
                .isNotNull();
        assertThat(redacting.blockedTools())
                .extracting(BlockedTool::arguments)
                .containsExactly(Map.of("to", List.of("<email>")));
    }

    @Test
    void noTextOfACallTellsItsArguments() {
        ToolCall call = ToolCall.of("mail", Map.of("to", "ann@example.org"), 0, 0);
        assertThat(NullToolExecutor.lenient(journal).execute(call)).isNotNull();
        assertThat(call.toString() + journal.blockedTools() + journal.steps(1)).doesNotContain("ann@");
    }

    @Test
    void argumentsThatAModelWroteAreRead() {
        assertThat(ToolCall.parse("sum", "{\"n\": 7}", 0, 0)).isEqualTo(call("sum"));
        assertThat(ToolCall.parse("sum", " ", 0, 0).arguments()).isEmpty();
        assertThat(call("sum").isReadable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1]", "7", "{\"a\":1,\"a\":2}", "{\"a\":\"\\ud800\"}", "{\"a\":NaN}"})
    void argumentsThatCannotBeReadAreStillAnAttemptAndNeverRun(String written) {
        ToolCall call = ToolCall.parse("sum", written, 0, 0);

        assertThat(call.isReadable()).isFalse();
        assertThat(RecordingToolExecutor.around(real, journal).execute(call)).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(executed).isEmpty();
        assertThat(journal.steps(1)).hasSize(1);
    }

    @Test
    void textWithHalfACharacterCannotBeRead() {
        assertThat(ToolCall.parse("sum", "{\"a\":\"\uD800\"}", 0, 0).isReadable())
                .isFalse();
    }

    private PolicyToolExecutor guarded(PolicyDecisionPoint decisions) {
        return PolicyToolExecutor.guard(
                decisions, Subject.of("user", "u"), RecordingToolExecutor.around(real, journal), journal);
    }

    private static ToolCall call(String name) {
        return ToolCall.of(name, Map.of("n", 7), 0, 0);
    }
}
