package io.aios.trace;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Traces to bytes and back. */
public final class TraceCodec {
    private TraceCodec() {}

    /** The canonical JSON of a trace. Absent components, and empty step data and error messages, are left out. */
    public static byte[] write(DecisionTrace trace) {
        return TraceWriter.export(trace).toBytes();
    }

    /**
     * Reads a trace strictly.
     *
     * <p>Unknown and duplicate keys and wrong types are refused. What the original system defaults may be absent: step
     * ids and times, empty lists and objects, {@code error_message}. Hashes are not checked; see {@link TraceHashes}.
     *
     * @throws InvalidTraceException naming the path of what is wrong
     */
    public static DecisionTrace read(byte[] json) {
        Object tree;
        try {
            tree = CanonicalJson.parse(json);
        } catch (InvalidJsonException e) {
            throw new InvalidTraceException(e.path(), "not readable as JSON: " + e.getMessage());
        }
        return fromTree(tree);
    }

    static DecisionTrace fromTree(@Nullable Object tree) {
        Fields f = Fields.root(tree);
        DecisionTrace trace = new DecisionTrace(
                f.text("trace_version"),
                f.optionalText("hash_profile"),
                f.text("trace_id"),
                f.text("request_id"),
                f.text("request_text"),
                f.text("tenant_id"),
                f.text("user_id"),
                f.text("created_at"),
                f.optionalText("completed_at"),
                f.optionalObject("intent", TraceCodec::intent),
                f.optionalObject("risk", TraceCodec::risk),
                f.optionalObject("governance", TraceCodec::governance),
                f.optionalObject("routing", TraceCodec::routing),
                f.optionalObject("model_selection", TraceCodec::model),
                f.optionalObject("policy", TraceCodec::policy),
                f.optionalInteger("policy_version"),
                f.optionalText("policy_hash"),
                f.objects("steps", TraceCodec::step),
                f.objects("blocked_tools", TraceCodec::blockedTool),
                f.text("response_text"),
                f.text("response_type"),
                f.flag("success"),
                f.text("error_message", ""),
                f.optionalText("commit_salt"),
                f.optionalDigest("trace_hash"),
                f.optionalDigest("record_hash"),
                f.flag("is_simulation"));
        f.end();
        return trace;
    }

    private static IntentResult intent(Fields f) {
        return new IntentResult(
                f.text("primary_intent"),
                f.object("confidence", TraceCodec::confidence),
                f.objects("alternatives", a -> new IntentResult.Alternative(a.text("intent"), a.number("confidence"))));
    }

    private static Confidence confidence(Fields f) {
        return new Confidence(f.number("score"), f.text("level"), f.text("reason"), f.texts("evidence"));
    }

    private static RiskResult risk(Fields f) {
        return new RiskResult(f.text("level"), f.number("score"), f.texts("factors"));
    }

    private static GovernanceResult governance(Fields f) {
        return new GovernanceResult(
                f.flag("requires_hitl"),
                f.text("hitl_reason"),
                f.texts("checks_passed"),
                f.texts("checks_failed"),
                f.texts("policy_ids"));
    }

    private static RoutingResult routing(Fields f) {
        return new RoutingResult(
                f.text("selected_agent"),
                f.object("confidence", TraceCodec::confidence),
                f.objects("alternatives", a -> new RoutingResult.Alternative(a.text("agent"), a.number("confidence"))),
                f.text("routing_reason"));
    }

    private static ModelSelection model(Fields f) {
        return new ModelSelection(f.text("model_id"), f.text("tier"), f.decimal("estimated_cost_usd"));
    }

    private static TracePolicy policy(Fields f) {
        return new TracePolicy(f.text("id"), f.text("version"), f.digest("digest"), f.text("enforcement"));
    }

    private static BlockedTool blockedTool(Fields f) {
        return new BlockedTool(f.text("tool_name"), f.data("arguments"), f.text("blocked_at"), f.text("reason"));
    }

    private static TraceStep step(Fields f) {
        String type = f.text("step_type");
        String id = f.optionalText("step_id");
        String timestamp = f.optionalText("timestamp");
        Double duration = f.optionalNumber("duration_ms");
        Map<String, @Nullable Object> input = f.data("input_data");
        Map<String, @Nullable Object> output = f.data("output_data");
        Map<String, @Nullable Object> metadata = f.data("metadata");
        BlockedTool blocked = f.optionalObject("blocked_tool", TraceCodec::blockedTool);
        if (type.equals(ToolBlockedStep.TYPE)) {
            return new ToolBlockedStep(type, id, timestamp, duration, input, output, metadata, blocked);
        }
        if (blocked != null && (StageStep.TYPES.contains(type) || KNOWN.contains(type))) {
            throw new InvalidTraceException("$.blocked_tool", "belongs to tool_call_blocked, not to " + type);
        }
        if (StageStep.TYPES.contains(type)) {
            return new StageStep(type, id, timestamp, duration, input, output, metadata);
        }
        return switch (type) {
            case ToolExecutedStep.TYPE -> new ToolExecutedStep(type, id, timestamp, duration, input, output, metadata);
            case ApprovalStep.TYPE -> new ApprovalStep(type, id, timestamp, duration, input, output, metadata);
            default -> new UnknownStep(type, id, timestamp, duration, input, output, metadata, blocked);
        };
    }

    private static final List<String> KNOWN = List.of(ToolExecutedStep.TYPE, ApprovalStep.TYPE);
}
