package io.aios.quickstart;

import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.DecisionTrace;
import io.aios.trace.golden.GoldenReport;
import io.aios.trace.golden.GoldenSuite;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionPipeline.Situation;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolCallAttemptedException;
import io.aios.trace.tool.ToolExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decide: each request runs through the pipeline with every tool blocked. */
final class Deciding {
    private static final List<String> TOOLS = List.of("kb_search", "open_ticket");

    private final PolicyDecisionPoint decisions =
            PolicyDecisionPoint.of(RulePolicies.defaultGovernance(), RulePolicies.toolAllowList("tools", "1", TOOLS));
    private final DecisionPipeline pipeline =
            RuleBasedPipeline.standard(decisions).withResponse(Deciding::answer);
    private final SimulationRunner simulation = SimulationRunner.lenient(pipeline, TraceSettings.defaults());

    GoldenSuite fixtures(Path fileOrFolder) {
        return GoldenSuite.load(fileOrFolder, simulation);
    }

    List<Decided> decide(Story story, List<Case> cases, Optional<GoldenSuite> fixtures) {
        List<Decided> decided = cases.stream()
                .map(asked -> new Decided(asked, simulation.run(asked.request()), simulation.run(asked.request())))
                .toList();
        Decided shown = decided.get(0);
        story.chapter(
                "DECIDE",
                shown.asked().tenant() + " asks: \"" + shown.asked().request().requestText() + "\"");
        story.line(summary(shown.first().trace()));
        story.check(
                "decided under policy, with the reason in the trace",
                () -> decided.stream()
                        .allMatch(each -> each.first().trace().success()
                                && each.first().trace().policy() != null));
        fixtures.ifPresent(suite -> compare(story, suite.run()));
        int blocked = decided.stream()
                .mapToInt(each -> each.first().blockedTools().size())
                .sum();
        story.check(
                "the agent called " + blocked + " tools: all blocked and recorded, none ran",
                () -> blocked == TOOLS.size() * cases.size());
        story.check(
                "a strict run is not clean, though the agent swallowed the error",
                () -> strictRunIsNotClean(shown.asked()));
        Subject agent = Subject.of("agent", "hr_specialist");
        story.check(
                "an unknown tool is denied; with no policy loaded, everything is",
                () -> decisions.decide(PolicyRequest.toolCall(agent, "kb_search", Map.of())) instanceof Decision.Permit
                        && decisions.decide(PolicyRequest.toolCall(agent, "drop_table", Map.of()))
                                instanceof Decision.Deny
                        && PolicyDecisionPoint.of().decide(PolicyRequest.toolCall(agent, "kb_search", Map.of()))
                                instanceof Decision.Deny);
        return decided;
    }

    private static void compare(Story story, GoldenReport report) {
        String first = report.failures().isEmpty()
                ? ""
                : "; " + report.failures().get(0).fixture().id() + " differs in "
                        + report.failures().get(0).changed();
        story.check(
                report.passed() + " of " + report.outcomes().size() + " fixtures came out as expected" + first,
                () -> report.failures().isEmpty());
    }

    private boolean strictRunIsNotClean(Case asked) {
        SimulationResult result =
                SimulationRunner.strict(pipeline, TraceSettings.defaults()).run(asked.request());
        try {
            result.requireClean();
            return false;
        } catch (ToolCallAttemptedException latched) {
            return result.blockedTools().size() == TOOLS.size();
        }
    }

    /** An agent as careless as real ones: it tries its tools and swallows whatever they throw. */
    private static Response answer(Situation situation, ToolExecutor tools) {
        Map<String, Object> arguments = Map.of("query", situation.intent().primaryIntent());
        for (int index = 0; index < TOOLS.size(); index++) {
            tryCarelessly(tools, ToolCall.of(TOOLS.get(index), arguments, 0, index));
        }
        return new Response(
                "Your request goes to " + situation.routing().selectedAgent() + ".",
                situation.intent().primaryIntent());
    }

    private static void tryCarelessly(ToolExecutor tools, ToolCall call) {
        try {
            var unused = tools.execute(call);
        } catch (ToolCallAttemptedException swallowed) {
            // What agent frameworks do; the latch remembers.
        }
    }

    private static String summary(DecisionTrace trace) {
        if (trace.intent() == null || trace.risk() == null || trace.governance() == null) {
            return "no decision: " + trace.errorMessage();
        }
        String agent = trace.routing() == null ? "nobody" : trace.routing().selectedAgent();
        return "intent " + trace.intent().primaryIntent() + " "
                + trace.intent().confidence().score() + ", risk " + trace.risk().level() + ", agent " + agent + ", "
                + (trace.governance().requiresHitl() ? "a human must decide" : "no human needed");
    }
}
