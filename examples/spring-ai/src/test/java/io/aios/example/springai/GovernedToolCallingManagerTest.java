package io.aios.example.springai;

import static io.aios.example.springai.ScriptedModel.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.trace.BlockedTool;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCallAttemptedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.support.ToolCallbacks;

/** A Spring AI chat client, driven by a model that plays a script. */
class GovernedToolCallingManagerTest {
    private static final String ARGUMENTS = "{\"employee\": \"emp-1\"}";
    private static final List<ToolCall> BOTH =
            List.of(ask("1", "leave_balance", ARGUMENTS), ask("2", "delete_employee", ARGUMENTS));

    @Test
    void aStrictSimulationAbortsAtTheFirstToolAndIsNotClean() {
        Program program = program(BOTH);
        SimulationResult result = program.simulate(true);

        assertThat(result.trace().success()).isFalse();
        assertThat(result.trace().errorMessage()).startsWith("ToolCallAttemptedException");
        assertThatThrownBy(result::requireClean)
                .isInstanceOfSatisfying(
                        ToolCallAttemptedException.class,
                        latched -> assertThat(latched.toolNames()).containsExactly("leave_balance"));
        assertThat(result.blockedTools().get(0).arguments()).isEqualTo(Map.of("employee", "emp-1"));
        assertThat(SealedTrace.read(result.sealed().bytes())).isEqualTo(result.sealed());
        assertThat(program.tools().ran()).isZero();
    }

    @Test
    void aHostThatSwallowsTheExceptionGetsNoCleanResultEither() {
        Agent agent =
                new Agent(new ScriptedModel(List.of(BOTH)), new Toolbox(List.of(ToolCallbacks.from(new HrTools()))));
        DecisionPipeline careless = RuleBasedPipeline.standard().withResponse((situation, tools) -> {
            try {
                return agent.respond(situation, tools);
            } catch (ToolCallAttemptedException swallowed) {
                return new Response("All done.", "answer");
            }
        });
        SimulationResult result = SimulationRunner.strict(careless, TraceSettings.defaults())
                .run(new DecisionRequest("I need leave", "cleveland-gov", "emp-1"));

        assertThat(result.trace().responseText()).isEqualTo("All done.");
        assertThatThrownBy(result::requireClean).isInstanceOf(ToolCallAttemptedException.class);
    }

    @Test
    void aLenientSimulationAnswersWithPlaceholdersAndRunsNothing() {
        Program program = program(BOTH);
        SimulationResult result = program.simulate(false).requireClean();

        assertThat(result.trace().responseText()).contains("\"simulated\":true");
        assertThat(result.blockedTools())
                .extracting(BlockedTool::toolName)
                .containsExactly("leave_balance", "delete_employee");
        assertThat(program.simulate(false).traceHash()).isEqualTo(result.traceHash());
        assertThat(program.tools().ran()).isZero();
    }

    @Test
    void aRealRunExecutesWhatPolicyPermitsAndRecordsBoth() {
        Program program = program(BOTH);
        SealedTrace trace = program.decide();

        assertThat(trace.trace().responseText())
                .contains("emp-1 has 12 days left")
                .contains("\"blocked\":true");
        assertThat(trace.trace().blockedTools())
                .extracting(BlockedTool::toolName)
                .containsExactly("delete_employee");
        assertThat(trace.trace().steps())
                .extracting(step -> step.stepType())
                .containsSubsequence("tool_call_executed", "tool_call_blocked", "response_generation");
        assertThat(program.tools().ran()).isOne();
    }

    @Test
    void whatAFailingToolSaysNeverReachesTheModel() {
        Program program = program(List.of(ask("1", "payroll", ARGUMENTS)));
        SealedTrace trace = program.decide();

        assertThat(program.tools().ran()).isOne();
        assertThat(trace.trace().responseText()).isEqualTo("payroll: the tool failed");
        assertThat(new String(trace.bytes(), StandardCharsets.UTF_8)).doesNotContain("hunter2");
    }

    @Test
    void argumentsThatAreNotJsonStillCountAsAnAttempt() {
        List<ToolCall> broken = List.of(ask("1", "leave_balance", "{\"employee\": "));
        assertThatThrownBy(program(broken).simulate(true)::requireClean).isInstanceOf(ToolCallAttemptedException.class);
        Program program = program(broken);
        assertThat(program.decide().trace().responseText()).contains("not a JSON object");
        assertThat(program.tools().ran()).isZero();
    }

    @Test
    void anAgentThatCallsNoToolIsClean() {
        assertThat(program(List.of()).simulate(true).requireClean().trace().success())
                .isTrue();
    }

    private static Program program(List<ToolCall> batch) {
        return new Program(new ScriptedModel(batch.isEmpty() ? List.of() : List.of(batch)));
    }
}
