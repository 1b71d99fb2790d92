package io.aios.trace.tool;

import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.util.Map;

/**
 * Asks the decision point before each call.
 *
 * <p>A permit is bound to the digest of the arguments it was asked about and travels with the call; a call that needs a
 * human and a denied call are blocked and noted.
 */
public final class PolicyToolExecutor implements ToolExecutor {
    private final PolicyDecisionPoint decisions;
    private final PolicyRequest.Subject subject;
    private final ToolExecutor tools;
    private final ToolJournal journal;

    private PolicyToolExecutor(
            PolicyDecisionPoint decisions, PolicyRequest.Subject subject, ToolExecutor tools, ToolJournal journal) {
        this.decisions = decisions;
        this.subject = subject;
        this.tools = tools;
        this.journal = journal;
    }

    /**
     * Guards tools.
     *
     * @param subject on whose behalf tools are called
     * @param tools what executes permitted calls, noting them in the journal: {@link RecordingToolExecutor} or the like
     */
    public static PolicyToolExecutor guard(
            PolicyDecisionPoint decisions, PolicyRequest.Subject subject, ToolExecutor tools, ToolJournal journal) {
        return new PolicyToolExecutor(decisions, subject, tools, journal);
    }

    @Override
    public ToolOutcome execute(ToolCall call) {
        Decision decision = decisions.decide(PolicyRequest.toolCall(subject, call.toolName(), call.arguments()));
        return decision.fold(
                permit -> tools.execute(call.withPermit(new ToolPermit(
                        call.toolName(),
                        call.argumentsDigest(),
                        permit.outcome().policyDigest()))),
                review -> blocked(call, "Policy requires a human decision", decision),
                deny -> blocked(call, "Policy denies", decision));
    }

    private ToolOutcome blocked(ToolCall call, String what, Decision decision) {
        String reason = what + ": " + String.join(", ", decision.outcome().reasonCodes());
        journal.blocked(call, reason);
        String told = decision.outcome().userText();
        return new ToolOutcome.Blocked(
                reason, Map.of("blocked", true, "tool_name", call.toolName(), "message", told.isBlank() ? what : told));
    }
}
