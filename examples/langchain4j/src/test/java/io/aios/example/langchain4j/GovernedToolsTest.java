package io.aios.example.langchain4j;

import static io.aios.example.langchain4j.ScriptedModel.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import io.aios.trace.BlockedTool;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.tool.ToolCallAttemptedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LangChain4j in its default configuration, driven by a model that plays a script. */
class GovernedToolsTest {
    private static final String ARGUMENTS = "{\"employee\": \"emp-1\"}";
    private static final List<ToolExecutionRequest> BOTH =
            List.of(ask("1", "leave_balance", ARGUMENTS), ask("2", "delete_employee", ARGUMENTS));

    @Test
    void aStrictSimulationIsNotCleanAlthoughTheFrameworkSwallowsTheException() {
        Program program = program(BOTH);
        SimulationResult result = program.simulate(true);

        assertThat(result.trace().success()).as("the framework went on").isTrue();
        assertThat(result.trace().responseText())
                .as("what the model was fed")
                .contains("leave_balance: tools were called in a strict simulation");
        assertThatThrownBy(result::requireClean)
                .isInstanceOfSatisfying(
                        ToolCallAttemptedException.class,
                        latched -> assertThat(latched.toolNames()).containsExactly("leave_balance", "delete_employee"));
        assertThat(result.blockedTools())
                .extracting(BlockedTool::toolName)
                .containsExactly("leave_balance", "delete_employee");
        assertThat(result.blockedTools().get(0).arguments()).isEqualTo(Map.of("employee", "emp-1"));
        assertThat(SealedTrace.read(result.sealed().bytes())).isEqualTo(result.sealed());
        assertThat(program.tools().ran()).isZero();
    }

    @Test
    void aLenientSimulationAnswersWithPlaceholdersAndRunsNothing() {
        Program program = program(BOTH);
        SimulationResult result = program.simulate(false).requireClean();

        assertThat(result.trace().responseText()).contains("\"simulated\":true");
        assertThat(result.blockedTools()).hasSize(2);
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
    void toolsCalledConcurrentlyLeaveTheSameTraceHash() {
        List<ToolExecutionRequest> many = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            many.add(ask("call-" + i, "leave_balance", "{\"employee\": \"emp-" + 7 * i % 32 + "\"}"));
        }
        ScriptedModel model = new ScriptedModel(List.of(many, BOTH));

        // The response is the framework's; the order of the steps is ours.
        assertThat(new Program(model, true).simulate(false).traceHash())
                .isEqualTo(new Program(model, false).simulate(false).traceHash());
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
        List<ToolExecutionRequest> broken = List.of(ask("1", "leave_balance", "{\"employee\": "));
        SimulationResult strict = program(broken).simulate(true);

        assertThatThrownBy(strict::requireClean).isInstanceOf(ToolCallAttemptedException.class);
        Program program = program(broken);
        assertThat(program.decide().trace().responseText()).contains("not a JSON object");
        assertThat(program.tools().ran()).isZero();
    }

    @Test
    void anAgentThatCallsNoToolIsClean() {
        assertThat(program(List.of()).simulate(true).requireClean().blockedTools())
                .isEmpty();
    }

    private static Program program(List<ToolExecutionRequest> batch) {
        return new Program(new ScriptedModel(batch.isEmpty() ? List.of() : List.of(batch)), false);
    }
}
