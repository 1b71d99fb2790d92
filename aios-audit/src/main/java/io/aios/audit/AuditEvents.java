package io.aios.audit;

import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.trace.SealedTrace;
import io.aios.trace.TracePolicy;
import io.aios.trace.json.Digest;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolOutcome;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events for what the other modules do. Ids of people and things become pseudonyms; texts, arguments and reasons go into
 * the payload, which can be erased.
 */
public final class AuditEvents {
    private AuditEvents() {}

    /** {@code policy.decided}: who asked for what, and what was decided on which policies. */
    public static AuditEvent decision(PolicyRequest request, Decision decision, Pseudonyms pseudonyms) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("evaluation_id", decision.outcome().evaluationId());
        payload.put(
                "subject", request.subject().type() + "/" + request.subject().id());
        payload.put("action", request.action().name());
        payload.put(
                "resource", request.resource().type() + "/" + request.resource().id());
        payload.put("reasons", decision.outcome().reasonCodes());
        payload.put("elapsed_ms", decision.outcome().elapsed().toMillis());
        return AuditEvent.of("policy.decided")
                .actor(pseudonyms.of(
                        "subject",
                        request.subject().type() + "/" + request.subject().id()))
                .subject(pseudonyms.of(
                        "resource",
                        request.resource().type() + "/" + request.resource().id()))
                .outcome(decision.effect().name().toLowerCase(Locale.ROOT))
                .policy(new PolicyVersion(
                        "set", "1", Digest.parse(decision.outcome().policyDigest())))
                .payload(payload)
                .build();
    }

    /**
     * {@code policy.activated}: from now on this policy decides.
     *
     * @param actor who activated it, a pseudonym
     */
    public static AuditEvent policyActivated(PolicyVersion policy, String actor) {
        return AuditEvent.of("policy.activated")
                .actor(actor)
                .subject(policy.id())
                .outcome("active")
                .policy(policy)
                .build();
    }

    /**
     * {@code policy.refused}: a policy was to become active and was not.
     *
     * @param actor who wanted it, a pseudonym
     * @param problem why not; goes into the payload
     */
    public static AuditEvent policyRefused(PolicyVersion policy, String actor, String problem) {
        return AuditEvent.of("policy.refused")
                .actor(actor)
                .subject(policy.id())
                .outcome("refused")
                .policy(policy)
                .payload(Map.of("problem", problem))
                .build();
    }

    /** {@code trace.sealed}: a decision trace exists, by its record hash and deciding policy; nothing of its text. */
    public static AuditEvent trace(SealedTrace trace, Pseudonyms pseudonyms) {
        AuditEvent.Builder event = AuditEvent.of(trace.trace().simulation() ? "trace.simulated" : "trace.sealed")
                .actor(pseudonyms.of("user", trace.trace().userId()))
                .subject(pseudonyms.of("trace", trace.trace().traceId()))
                .outcome(trace.trace().success() ? "success" : "failure")
                .recordHash(trace.recordHash())
                .payload(Map.of(
                        "trace_id",
                        trace.trace().traceId(),
                        "request_id",
                        trace.trace().requestId()));
        TracePolicy policy = trace.trace().policy();
        return policy == null
                ? event.build()
                : event.policy(new PolicyVersion(policy.id(), policy.version(), policy.digest()))
                        .build();
    }

    /**
     * {@code tool.requested}: a tool is about to be called.
     *
     * @param actor who calls, a pseudonym
     */
    public static AuditEvent toolRequested(ToolCall call, String actor, Pseudonyms pseudonyms) {
        return tool("tool.requested", "requested", call, actor, pseudonyms);
    }

    /** {@code tool.called}: what became of it. */
    public static AuditEvent toolCalled(ToolCall call, ToolOutcome outcome, String actor, Pseudonyms pseudonyms) {
        String word = outcome.fold(succeeded -> "succeeded", failed -> "failed", blocked -> "blocked");
        return tool("tool.called", word, call, actor, pseudonyms);
    }

    private static AuditEvent tool(String type, String outcome, ToolCall call, String actor, Pseudonyms pseudonyms) {
        return AuditEvent.of(type)
                .actor(actor)
                .subject(pseudonyms.of("tool", call.toolName()))
                .outcome(outcome)
                .payload(Map.of(
                        "tool_name", call.toolName(),
                        "turn", call.turn(),
                        "index", call.index(),
                        "arguments_digest", call.argumentsDigest().hex()))
                .build();
    }

    /**
     * {@code tenant.violated}: somebody reached for another tenant's data and was stopped.
     *
     * @param actor who, a pseudonym
     * @param what the kind of violation, {@code [a-z0-9._-]{1,64}}
     */
    public static AuditEvent tenantViolation(String actor, String what) {
        return AuditEvent.of("tenant.violated")
                .actor(actor)
                .subject("tenant")
                .outcome(what)
                .build();
    }
}
