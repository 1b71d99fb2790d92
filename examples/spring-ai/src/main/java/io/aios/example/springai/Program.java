package io.aios.example.springai;

import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.PolicyToolExecutor;
import io.aios.trace.tool.RecordingToolExecutor;
import io.aios.trace.tool.ToolCallAttemptedException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.ai.support.ToolCallbacks;

/** Runs one agent three times: strictly simulated, leniently simulated, and for real under policy. */
public final class Program {
    private static final DecisionRequest REQUEST =
            new DecisionRequest("I need to request FMLA leave for medical treatment", "cleveland-gov", "emp-12345");

    private final HrTools tools = new HrTools();
    private final Toolbox toolbox = new Toolbox(List.of(ToolCallbacks.from(tools)));
    private final PolicyDecisionPoint decisions = PolicyDecisionPoint.of(
            RulePolicies.defaultGovernance(),
            RulePolicies.toolAllowList("tools", "1", List.of("leave_balance", "payroll")));
    private final DecisionPipeline pipeline;

    Program(ScriptedModel model) {
        pipeline = RuleBasedPipeline.standard(decisions).withResponse(new Agent(model, toolbox));
    }

    public static void main(String[] args) {
        ScriptedModel model = new ScriptedModel(List.of(List.of(
                ScriptedModel.ask("call-1", "leave_balance", "{\"employee\": \"emp-12345\"}"),
                ScriptedModel.ask("call-2", "delete_employee", "{\"employee\": \"emp-12345\"}"))));
        new Program(model).tell(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    private void tell(PrintStream out) {
        SimulationResult strict = simulate(true);
        out.println("STRICT SIMULATION  the run is aborted at the first tool:");
        out.println(indented(String.valueOf(strict.trace().errorMessage())));
        try {
            strict.requireClean();
        } catch (ToolCallAttemptedException latched) {
            out.println("  and the result refuses to be clean: " + latched.toolNames());
        }
        out.println("LENIENT SIMULATION the model gets placeholders:");
        out.println(indented(simulate(false).trace().responseText()));
        out.println("  tools that ran so far: " + tools.ran());
        SealedTrace real = decide();
        out.println("REAL RUN           one tool permitted, one denied:");
        out.println(indented(real.trace().responseText()));
        out.println("  tools that ran: " + tools.ran());
        out.println("  sealed as trace_hash " + real.traceHash().hex());
    }

    SimulationResult simulate(boolean strict) {
        TraceSettings settings = TraceSettings.defaults();
        return (strict ? SimulationRunner.strict(pipeline, settings) : SimulationRunner.lenient(pipeline, settings))
                .run(REQUEST);
    }

    // tag::guarded[]
    SealedTrace decide() {
        return pipeline.decide(
                REQUEST,
                TraceSettings.defaults(),
                journal -> PolicyToolExecutor.guard(
                        decisions,
                        Subject.of("agent", "hr_specialist"),
                        RecordingToolExecutor.around(toolbox, journal),
                        journal));
    }
    // end::guarded[]

    HrTools tools() {
        return tools;
    }

    private static String indented(String text) {
        return text.indent(4).stripTrailing();
    }
}
