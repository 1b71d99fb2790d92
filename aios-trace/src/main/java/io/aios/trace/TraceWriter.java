package io.aios.trace;

import io.aios.trace.json.CanonicalWriter;
import io.aios.trace.json.Digest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes traces in canonical form with keys that are encoded and sorted beforehand.
 *
 * <p>Absent components, and empty step data and error messages, are left out.
 */
final class TraceWriter {
    private enum Mode {
        /** All there is. */
        EXPORT,
        /** Without the closed list of what differs between replays. */
        DECISION,
        /** Without record hash and salt, personal leaves as commitments. */
        RECORD,
        /** As {@link #RECORD}, with the record hash. */
        ERASED
    }

    static final byte[] DECISION_HEAD = ascii("{\"kind\":\"decision\",\"profile\":\"aios-jcs-1\",\"trace\":");
    private static final byte[] RECORD_HEAD = ascii("{\"kind\":\"record\",\"profile\":\"aios-jcs-1\",\"trace\":");
    private static final byte[] COMMIT_HEAD = ascii("{\"" + Commitments.KEY + "\":\"");
    private static final byte[] COMMIT_TAIL = ascii("\"}");

    private final CanonicalWriter out;
    private final Mode mode;
    private final @Nullable Commitments commitments;

    private TraceWriter(CanonicalWriter out, Mode mode, @Nullable Commitments commitments) {
        this.out = out;
        this.mode = mode;
        this.commitments = commitments;
    }

    static CanonicalWriter export(DecisionTrace trace) {
        return write(trace, Mode.EXPORT, null);
    }

    static CanonicalWriter decision(DecisionTrace trace) {
        return write(trace, Mode.DECISION, null);
    }

    static CanonicalWriter record(DecisionTrace trace, Commitments commitments) {
        return write(trace, Mode.RECORD, commitments);
    }

    static CanonicalWriter erased(DecisionTrace trace, Commitments commitments) {
        return write(trace, Mode.ERASED, commitments);
    }

    private static CanonicalWriter write(DecisionTrace trace, Mode mode, @Nullable Commitments commitments) {
        CanonicalWriter out = new CanonicalWriter(4096);
        boolean preimage = mode == Mode.DECISION || mode == Mode.RECORD;
        if (preimage) {
            out.raw(mode == Mode.DECISION ? DECISION_HEAD : RECORD_HEAD);
        }
        new TraceWriter(out, mode, commitments).trace(trace);
        return preimage ? out.raw('}') : out;
    }

    private static final byte[] BLOCKED_TOOLS = ascii("{\"blocked_tools\":[");
    private static final byte[] COMMIT_SALT = key("commit_salt");
    private static final byte[] COMPLETED_AT = key("completed_at");
    private static final byte[] CREATED_AT = key("created_at");
    private static final byte[] ERROR_MESSAGE = key("error_message");
    private static final byte[] GOVERNANCE = key("governance");
    private static final byte[] HASH_PROFILE = key("hash_profile");
    private static final byte[] INTENT = key("intent");
    private static final byte[] IS_SIMULATION = key("is_simulation");
    private static final byte[] MODEL_SELECTION = key("model_selection");
    private static final byte[] POLICY = key("policy");
    private static final byte[] POLICY_HASH = key("policy_hash");
    private static final byte[] POLICY_VERSION = key("policy_version");
    private static final byte[] RECORD_HASH = key("record_hash");
    private static final byte[] REQUEST_ID = key("request_id");
    private static final byte[] REQUEST_TEXT = key("request_text");
    private static final byte[] RESPONSE_TEXT = key("response_text");
    private static final byte[] RESPONSE_TYPE = key("response_type");
    private static final byte[] RISK = key("risk");
    private static final byte[] ROUTING = key("routing");
    private static final byte[] STEPS = ascii(",\"steps\":[");
    private static final byte[] SUCCESS = key("success");
    private static final byte[] TENANT_ID = key("tenant_id");
    private static final byte[] TRACE_HASH = key("trace_hash");
    private static final byte[] TRACE_ID = key("trace_id");
    private static final byte[] TRACE_VERSION = key("trace_version");
    private static final byte[] USER_ID = key("user_id");

    private void trace(DecisionTrace trace) {
        boolean replayVarying = mode != Mode.DECISION;
        out.raw(BLOCKED_TOOLS);
        List<BlockedTool> blocked = trace.blockedTools();
        for (int i = 0; i < blocked.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            blockedTool(blocked.get(i), pointer("/blocked_tools/", i));
        }
        out.raw(']');
        if (mode == Mode.EXPORT) {
            text(COMMIT_SALT, trace.commitSalt());
        }
        if (replayVarying) {
            text(COMPLETED_AT, trace.completedAt());
            text(CREATED_AT, trace.createdAt());
        }
        if (!trace.errorMessage().isEmpty()) {
            personal(ERROR_MESSAGE, "/error_message", trace.errorMessage());
        }
        GovernanceResult governance = trace.governance();
        if (governance != null) {
            out.raw(GOVERNANCE);
            governance(governance);
        }
        text(HASH_PROFILE, trace.hashProfile());
        IntentResult intent = trace.intent();
        if (intent != null) {
            out.raw(INTENT);
            intent(intent);
        }
        out.raw(IS_SIMULATION).bool(trace.simulation());
        ModelSelection model = trace.modelSelection();
        if (model != null) {
            out.raw(MODEL_SELECTION);
            model(model);
        }
        TracePolicy policy = trace.policy();
        if (policy != null) {
            out.raw(POLICY);
            policy(policy);
        }
        text(POLICY_HASH, trace.policyHash());
        Long policyVersion = trace.policyVersion();
        if (policyVersion != null) {
            out.raw(POLICY_VERSION).number((long) policyVersion);
        }
        Digest recordHash = trace.recordHash();
        if (recordHash != null && (mode == Mode.EXPORT || mode == Mode.ERASED)) {
            out.member(RECORD_HASH, recordHash.hex());
        }
        if (replayVarying) {
            text(REQUEST_ID, trace.requestId());
        }
        personal(REQUEST_TEXT, "/request_text", trace.requestText());
        personal(RESPONSE_TEXT, "/response_text", trace.responseText());
        text(RESPONSE_TYPE, trace.responseType());
        RiskResult risk = trace.risk();
        if (risk != null) {
            out.raw(RISK);
            risk(risk);
        }
        RoutingResult routing = trace.routing();
        if (routing != null) {
            out.raw(ROUTING);
            routing(routing);
        }
        steps(trace.steps());
        out.raw(SUCCESS).bool(trace.success());
        text(TENANT_ID, trace.tenantId());
        Digest traceHash = trace.traceHash();
        if (replayVarying && traceHash != null) {
            personal(TRACE_HASH, "/trace_hash", traceHash.hex());
        }
        if (replayVarying) {
            text(TRACE_ID, trace.traceId());
        }
        text(TRACE_VERSION, trace.traceVersion());
        personal(USER_ID, "/user_id", trace.userId());
        out.raw('}');
    }

    private static final byte[] ARGUMENTS = ascii("{\"arguments\":");
    private static final byte[] BLOCKED_AT = key("blocked_at");
    private static final byte[] REASON = key("reason");
    private static final byte[] TOOL_NAME = key("tool_name");

    private void blockedTool(BlockedTool blocked, String pointer) {
        personal(ARGUMENTS, pointer(pointer, "/arguments"), blocked.arguments());
        if (mode != Mode.DECISION) {
            text(BLOCKED_AT, blocked.blockedAt());
        }
        text(REASON, blocked.reason());
        text(TOOL_NAME, blocked.toolName());
        out.raw('}');
    }

    private static final byte[] ALTERNATIVES = ascii("{\"alternatives\":[");
    private static final byte[] OPEN_CONFIDENCE = ascii("{\"confidence\":");
    private static final byte[] CONFIDENCE = ascii("],\"confidence\":");
    private static final byte[] AGENT = ascii("{\"agent\":");
    private static final byte[] ONE_CONFIDENCE = key("confidence");
    private static final byte[] PRIMARY_INTENT = key("primary_intent");

    private void intent(IntentResult intent) {
        out.raw(ALTERNATIVES);
        boolean first = true;
        for (IntentResult.Alternative alternative : intent.alternatives()) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            out.raw(OPEN_CONFIDENCE).number(alternative.confidence());
            text(INTENT, alternative.intent());
            out.raw('}');
        }
        out.raw(CONFIDENCE);
        confidence(intent.confidence());
        text(PRIMARY_INTENT, intent.primaryIntent());
        out.raw('}');
    }

    private static final byte[] EVIDENCE = ascii("{\"evidence\":");
    private static final byte[] LEVEL = key("level");
    private static final byte[] SCORE = key("score");

    private void confidence(Confidence confidence) {
        out.raw(EVIDENCE);
        texts(confidence.evidence());
        text(LEVEL, confidence.level());
        text(REASON, confidence.reason());
        out.raw(SCORE).number(confidence.score()).raw('}');
    }

    private static final byte[] FACTORS = ascii("{\"factors\":");

    private void risk(RiskResult risk) {
        out.raw(FACTORS);
        texts(risk.factors());
        text(LEVEL, risk.level());
        out.raw(SCORE).number(risk.score()).raw('}');
    }

    private static final byte[] CHECKS_FAILED = ascii("{\"checks_failed\":");
    private static final byte[] CHECKS_PASSED = key("checks_passed");
    private static final byte[] HITL_REASON = key("hitl_reason");
    private static final byte[] POLICY_IDS = key("policy_ids");
    private static final byte[] REQUIRES_HITL = key("requires_hitl");

    private void governance(GovernanceResult governance) {
        out.raw(CHECKS_FAILED);
        texts(governance.checksFailed());
        out.raw(CHECKS_PASSED);
        texts(governance.checksPassed());
        text(HITL_REASON, governance.hitlReason());
        out.raw(POLICY_IDS);
        texts(governance.policyIds());
        out.raw(REQUIRES_HITL).bool(governance.requiresHitl()).raw('}');
    }

    private static final byte[] ROUTING_REASON = key("routing_reason");
    private static final byte[] SELECTED_AGENT = key("selected_agent");

    private void routing(RoutingResult routing) {
        out.raw(ALTERNATIVES);
        boolean first = true;
        for (RoutingResult.Alternative alternative : routing.alternatives()) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            out.raw(AGENT)
                    .string(alternative.agent())
                    .raw(ONE_CONFIDENCE)
                    .number(alternative.confidence())
                    .raw('}');
        }
        out.raw(CONFIDENCE);
        confidence(routing.confidence());
        text(ROUTING_REASON, routing.routingReason());
        text(SELECTED_AGENT, routing.selectedAgent());
        out.raw('}');
    }

    private static final byte[] ESTIMATED_COST = ascii("{\"estimated_cost_usd\":");
    private static final byte[] MODEL_ID = key("model_id");
    private static final byte[] TIER = key("tier");

    private void model(ModelSelection model) {
        BigDecimal cost = model.estimatedCostUsd();
        // At most 15 significant digits, so the double prints exactly the decimal.
        out.raw(ESTIMATED_COST).number(cost.doubleValue());
        text(MODEL_ID, model.modelId());
        text(TIER, model.tier());
        out.raw('}');
    }

    private static final byte[] DIGEST = ascii("{\"digest\":");
    private static final byte[] ENFORCEMENT = key("enforcement");
    private static final byte[] ID = key("id");
    private static final byte[] VERSION = key("version");

    private void policy(TracePolicy policy) {
        out.raw(DIGEST).string(policy.digest().hex());
        text(ENFORCEMENT, policy.enforcement());
        text(ID, policy.id());
        text(VERSION, policy.version());
        out.raw('}');
    }

    private static final byte[] OPEN_BLOCKED_TOOL = ascii("\"blocked_tool\":");
    private static final byte[] DURATION_MS = ascii("\"duration_ms\":");
    private static final byte[] INPUT_DATA = ascii("\"input_data\":");
    private static final byte[] METADATA = ascii("\"metadata\":");
    private static final byte[] OUTPUT_DATA = ascii("\"output_data\":");
    private static final byte[] STEP_ID = ascii("\"step_id\":");
    private static final byte[] STEP_TYPE = ascii("\"step_type\":");
    private static final byte[] TIMESTAMP = key("timestamp");

    private void steps(List<TraceStep> steps) {
        out.raw(STEPS);
        for (int i = 0; i < steps.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            step(steps.get(i), pointer("/steps/", i));
        }
        out.raw(']');
    }

    private void step(TraceStep step, String pointer) {
        out.raw('{');
        BlockedTool blocked = step.blockedTool();
        if (blocked != null) {
            out.raw(OPEN_BLOCKED_TOOL);
            blockedTool(blocked, pointer(pointer, "/blocked_tool"));
            out.raw(',');
        }
        Double duration = step.durationMs();
        if (mode != Mode.DECISION && duration != null) {
            out.raw(DURATION_MS).number((double) duration).raw(',');
        }
        data(INPUT_DATA, pointer, "/input_data", step.inputData());
        data(METADATA, pointer, "/metadata", step.metadata());
        data(OUTPUT_DATA, pointer, "/output_data", step.outputData());
        String stepId = step.stepId();
        if (mode != Mode.DECISION && stepId != null) {
            out.raw(STEP_ID).string(stepId).raw(',');
        }
        out.member(STEP_TYPE, step.stepType());
        if (mode != Mode.DECISION) {
            text(TIMESTAMP, step.timestamp());
        }
        out.raw('}');
    }

    private void data(byte[] key, String step, String name, Map<String, @Nullable Object> data) {
        if (!data.isEmpty()) {
            personal(key, pointer(step, name), data);
            out.raw(',');
        }
    }

    /** Only commitments need to know where a leaf stands. */
    private String pointer(String parent, Object child) {
        return commitments == null ? parent : parent + child;
    }

    private void personal(byte[] key, String pointer, Object value) {
        out.raw(key);
        if (commitments == null) {
            out.value(value);
            return;
        }
        out.raw(COMMIT_HEAD).hex(commitments.at(pointer, value)).raw(COMMIT_TAIL);
    }

    private void text(byte[] key, @Nullable String value) {
        if (value != null) {
            out.member(key, value);
        }
    }

    private void texts(List<String> texts) {
        out.raw('[');
        for (int i = 0; i < texts.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.string(texts.get(i));
        }
        out.raw(']');
    }

    private static byte[] key(String name) {
        return ascii(",\"" + name + "\":");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
