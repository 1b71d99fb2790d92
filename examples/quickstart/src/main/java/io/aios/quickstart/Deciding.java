package io.aios.quickstart;

import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.DecisionTrace;
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
import java.util.List;
import java.util.Map;

/** Decide: each request runs through the pipeline with every tool blocked. */
final class Deciding {
    private static final List<String> TOOLS = List.of("kb_search", "open_ticket");

    private Deciding() {}

    static List<Decided> decide(Story story, List<Case> cases) {
        PolicyDecisionPoint decisions = PolicyDecisionPoint.of(
                RulePolicies.defaultGovernance(), RulePolicies.toolAllowList("tools", "1", TOOLS));
        DecisionPipeline pipeline = RuleBasedPipeline.standard(decisions).withResponse(Deciding::answer);
        List<Decided> decided = cases.stream()
                .map(asked -> new Decided(asked, simulate(pipeline, asked), simulate(pipeline, asked)))
                .toList();

        Decided shown = decided.get(0);
        story.chapter("DECIDE", shown.asked().tenant() + " asks: \"" + shown.asked().requestText() + "\"");
        story.line(summary(shown.first().trace()));
        story.check(
                "the request was decided, by policy and with a reason",
                () -> decided.stream()
                        .allMatch(each -> each.first().trace().success()
                                && each.first().trace().policy() != null));
        List<String> expected = decided.stream()
                .flatMap(each -> each.asked().differences(each.first().trace()).stream())
                .toList();
        if (cases.get(0).hasExpectation()) {
            long met = decided.stream()
                    .filter(each -> each.asked().differences(each.first().trace()).isEmpty())
                    .count();
            story.check(
                    met + " of " + cases.size() + " fixtures as expected"
                            + (expected.isEmpty() ? "" : "; " + expected.get(0)),
                    expected::isEmpty);
        }
        int blocked = decided.stream()
                .mapToInt(each -> each.first().blockedTools().size())
                .sum();
        story.check(
                "the agent called " + blocked + " tools: all blocked and recorded, none ran",
                () -> blocked == TOOLS.size() * cases.size());
        story.check(
                "a strict run is not clean, though the agent swallowed the error",
                () -> strictRunIsNotClean(pipeline, shown.asked()));
        Subject agent = Subject.of("agent", "hr_specialist");
        story.check(
                "an unknown tool is denied; with no policy loaded, everything is",
                () -> decisions.decide(PolicyRequest.toolCall(agent, "kb_search", Map.of()))
                                instanceof Decision.Permit
                        && decisions.decide(PolicyRequest.toolCall(agent, "drop_table", Map.of()))
                                instanceof Decision.Deny
                        && PolicyDecisionPoint.of().decide(PolicyRequest.toolCall(agent, "kb_search", Map.of()))
                                instanceof Decision.Deny);
        decisions.close();
        return decided;
    }

    private static SimulationResult simulate(DecisionPipeline pipeline, Case asked) {
        return SimulationRunner.lenient(pipeline, TraceSettings.defaults()).run(asked.request());
    }

    private static boolean strictRunIsNotClean(DecisionPipeline pipeline, Case asked) {
        var result = SimulationRunner.strict(pipeline, TraceSettings.defaults()).run(asked.request());
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
            try {
                var unused = tools.execute(ToolCall.of(TOOLS.get(index), arguments, 0, index));
            } catch (ToolCallAttemptedException swallowed) {
                continue;
            }
        }
        return new Response(
                "Your request goes to " + situation.routing().selectedAgent() + ".",
                situation.intent().primaryIntent());
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
