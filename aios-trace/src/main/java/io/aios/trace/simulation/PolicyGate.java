package io.aios.trace.simulation;

import io.aios.policy.Decision;
import io.aios.policy.Governance;
import io.aios.policy.PolicyRequest;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.trace.GovernanceResult;
import io.aios.trace.IntentResult;
import io.aios.trace.RiskResult;
import io.aios.trace.TracePolicy;
import io.aios.trace.json.Digest;
import java.util.Map;

/**
 * Governance through the decision point: may the agents handle this request?
 *
 * <p>It asks action {@code request.handle} with context {@code tenant_id, intent{name, score}, risk{level, score}}.
 */
public final class PolicyGate implements DecisionPipeline.GovernanceGate {
    private static final PolicyRequest.Action HANDLE = PolicyRequest.Action.of("request.handle");

    private final PolicyDecisionPoint decisions;

    /** A gate that asks this decision point. */
    public PolicyGate(PolicyDecisionPoint decisions) {
        this.decisions = decisions;
    }

    @Override
    public DecisionPipeline.Governed decide(DecisionRequest request, IntentResult intent, RiskResult risk) {
        Decision decision = decisions.decide(new PolicyRequest(
                PolicyRequest.Subject.of("user", request.userId()),
                HANDLE,
                PolicyRequest.Resource.of("intent", intent.primaryIntent()),
                Map.of(
                        "tenant_id",
                        request.tenantId(),
                        "intent",
                        Map.of(
                                "name",
                                intent.primaryIntent(),
                                "score",
                                intent.confidence().score()),
                        "risk",
                        Map.of("level", risk.level(), "score", risk.score()))));
        Governance said = decision.governance();
        return new DecisionPipeline.Governed(
                new GovernanceResult(
                        said.requiresHitl(),
                        said.hitlReason(),
                        said.checksPassed(),
                        said.checksFailed(),
                        said.policyIds()),
                said.policy()
                        .map(p -> new TracePolicy(p.id(), p.version(), Digest.parse(p.digest()), p.enforcement()))
                        .orElse(null),
                decision.effect(),
                decision.outcome().userText());
    }
}
