package io.aios.trace;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.Digest;
import io.aios.trace.json.Keys;
import io.aios.trace.json.StrictReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads traces straight from their bytes, in the same order as {@link TraceWriter} writes them.
 *
 * <p>Keys in that order are found at the first look; any other order is read too.
 */
final class TraceReader {
    private static final Set<String> WITHOUT_BLOCKED_TOOL = Set.of(ToolExecutedStep.TYPE, ApprovalStep.TYPE);

    private final StrictReader in;

    private TraceReader(byte[] json) {
        in = new StrictReader(json);
    }

    static StoredTrace read(byte[] json) {
        try {
            TraceReader reader = new TraceReader(json);
            try {
                return new StoredTrace(reader.trace(), reader.in);
            } catch (InvalidTraceException e) {
                // A component knows what is wrong with it, the reader where it stands.
                String path = reader.in.path();
                throw e.path().startsWith(path) ? e : e.under(path);
            }
        } catch (InvalidJsonException e) {
            String message = String.valueOf(e.getMessage());
            throw new InvalidTraceException(e.path(), message.substring(e.path().length() + ": ".length()));
        }
    }

    private static final Keys TRACE = Keys.of(
                    "blocked_tools+",
                    "commit_salt?",
                    "completed_at?",
                    "created_at",
                    "error_message?",
                    "governance?",
                    "hash_profile?",
                    "intent?",
                    "is_simulation",
                    "model_selection?",
                    "policy?",
                    "policy_hash?",
                    "policy_version?",
                    "record_hash?",
                    "request_id",
                    "request_text",
                    "response_text",
                    "response_type",
                    "risk?",
                    "routing?",
                    "steps+",
                    "success",
                    "tenant_id",
                    "trace_hash?",
                    "trace_id",
                    "trace_version",
                    "user_id")
            .cutting(
                    "commit_salt", "completed_at", "created_at", "record_hash", "request_id", "trace_hash", "trace_id");

    private DecisionTrace trace() {
        DecisionTrace.Builder trace = DecisionTrace.builder().hashProfile(null);
        boolean profiled = false;
        for (String key = in.open(TRACE); key != null; key = in.next(TRACE)) {
            switch (key) {
                case "blocked_tools" -> trace.blockedTools(list(this::blockedTool));
                case "commit_salt" -> trace.commitSalt(optionalText());
                case "completed_at" -> trace.completedAt(optionalText());
                case "created_at" -> trace.createdAt(in.text());
                case "error_message" -> trace.errorMessage(errorMessage());
                case "governance" -> trace.governance(optional(this::governance));
                case "hash_profile" -> {
                    trace.hashProfile(in.text());
                    profiled = true;
                }
                case "intent" -> trace.intent(optional(this::intent));
                case "is_simulation" -> trace.simulation(in.flag());
                case "model_selection" -> trace.modelSelection(optional(this::model));
                case "policy" -> trace.policy(optional(this::policy));
                case "policy_hash" -> trace.policyHash(optionalText());
                case "policy_version" -> trace.policyVersion(optional(in::integer));
                case "record_hash" -> trace.recordHash(optional(this::digest));
                case "request_id" -> trace.requestId(in.text());
                case "request_text" -> trace.requestText(in.text());
                case "response_text" -> trace.responseText(in.text());
                case "response_type" -> trace.responseType(in.text());
                case "risk" -> trace.risk(optional(this::risk));
                case "routing" -> trace.routing(optional(this::routing));
                case "steps" -> trace.steps(list(this::step));
                case "success" -> trace.success(in.flag());
                case "tenant_id" -> trace.tenantId(in.text());
                case "trace_hash" -> trace.traceHash(optional(this::digest));
                case "trace_id" -> trace.traceId(in.text());
                case "trace_version" -> trace.traceVersion(in.text());
                default -> trace.userId(in.text());
            }
        }
        in.end();
        String firstNull = in.firstNull();
        if (profiled && firstNull != null) {
            // The original system writes null for what is absent; a trace that names its profile leaves it out.
            throw new InvalidTraceException(firstNull, "must not be null");
        }
        return trace.build();
    }

    private static final Keys INTENT = Keys.of("alternatives+", "confidence", "primary_intent");
    private static final Keys INTENT_ALTERNATIVE = Keys.of("confidence", "intent");

    private IntentResult intent() {
        List<IntentResult.Alternative> alternatives = List.of();
        Confidence confidence = null;
        String primary = "";
        for (String key = in.open(INTENT); key != null; key = in.next(INTENT)) {
            switch (key) {
                case "alternatives" -> alternatives = list(this::intentAlternative);
                case "confidence" -> confidence = confidence();
                default -> primary = in.text();
            }
        }
        return new IntentResult(primary, Checks.present(confidence, "$.confidence"), alternatives);
    }

    private IntentResult.Alternative intentAlternative() {
        double confidence = 0;
        String intent = "";
        for (String key = in.open(INTENT_ALTERNATIVE); key != null; key = in.next(INTENT_ALTERNATIVE)) {
            switch (key) {
                case "confidence" -> confidence = in.number();
                default -> intent = in.text();
            }
        }
        return new IntentResult.Alternative(intent, confidence);
    }

    private static final Keys CONFIDENCE = Keys.of("evidence+", "level", "reason", "score");

    private Confidence confidence() {
        List<String> evidence = List.of();
        String level = "";
        String reason = "";
        double score = 0;
        for (String key = in.open(CONFIDENCE); key != null; key = in.next(CONFIDENCE)) {
            switch (key) {
                case "evidence" -> evidence = in.texts();
                case "level" -> level = in.text();
                case "reason" -> reason = in.text();
                default -> score = in.number();
            }
        }
        return new Confidence(score, level, reason, evidence);
    }

    private static final Keys RISK = Keys.of("factors+", "level", "score");

    private RiskResult risk() {
        List<String> factors = List.of();
        String level = "";
        double score = 0;
        for (String key = in.open(RISK); key != null; key = in.next(RISK)) {
            switch (key) {
                case "factors" -> factors = in.texts();
                case "level" -> level = in.text();
                default -> score = in.number();
            }
        }
        return new RiskResult(level, score, factors);
    }

    private static final Keys GOVERNANCE =
            Keys.of("checks_failed+", "checks_passed+", "hitl_reason", "policy_ids+", "requires_hitl");

    private GovernanceResult governance() {
        List<String> failed = List.of();
        List<String> passed = List.of();
        String reason = "";
        List<String> policies = List.of();
        boolean human = false;
        for (String key = in.open(GOVERNANCE); key != null; key = in.next(GOVERNANCE)) {
            switch (key) {
                case "checks_failed" -> failed = in.texts();
                case "checks_passed" -> passed = in.texts();
                case "hitl_reason" -> reason = in.text();
                case "policy_ids" -> policies = in.texts();
                default -> human = in.flag();
            }
        }
        return new GovernanceResult(human, reason, passed, failed, policies);
    }

    private static final Keys ROUTING = Keys.of("alternatives+", "confidence", "routing_reason", "selected_agent");
    private static final Keys AGENT_ALTERNATIVE = Keys.of("agent", "confidence");

    private RoutingResult routing() {
        List<RoutingResult.Alternative> alternatives = List.of();
        Confidence confidence = null;
        String reason = "";
        String agent = "";
        for (String key = in.open(ROUTING); key != null; key = in.next(ROUTING)) {
            switch (key) {
                case "alternatives" -> alternatives = list(this::agentAlternative);
                case "confidence" -> confidence = confidence();
                case "routing_reason" -> reason = in.text();
                default -> agent = in.text();
            }
        }
        return new RoutingResult(agent, Checks.present(confidence, "$.confidence"), alternatives, reason);
    }

    private RoutingResult.Alternative agentAlternative() {
        String agent = "";
        double confidence = 0;
        for (String key = in.open(AGENT_ALTERNATIVE); key != null; key = in.next(AGENT_ALTERNATIVE)) {
            switch (key) {
                case "agent" -> agent = in.text();
                default -> confidence = in.number();
            }
        }
        return new RoutingResult.Alternative(agent, confidence);
    }

    private static final Keys MODEL = Keys.of("estimated_cost_usd", "model_id", "tier");

    private ModelSelection model() {
        BigDecimal cost = BigDecimal.ZERO;
        String id = "";
        String tier = "";
        for (String key = in.open(MODEL); key != null; key = in.next(MODEL)) {
            switch (key) {
                case "estimated_cost_usd" -> cost = Numbers.decimal(in.number());
                case "model_id" -> id = in.text();
                default -> tier = in.text();
            }
        }
        return new ModelSelection(id, tier, cost);
    }

    private static final Keys POLICY = Keys.of("digest", "enforcement", "id", "version");

    private TracePolicy policy() {
        Digest digest = null;
        String enforcement = "";
        String id = "";
        String version = "";
        for (String key = in.open(POLICY); key != null; key = in.next(POLICY)) {
            switch (key) {
                case "digest" -> digest = digest();
                case "enforcement" -> enforcement = in.text();
                case "id" -> id = in.text();
                default -> version = in.text();
            }
        }
        return new TracePolicy(id, version, Checks.present(digest, "$.digest"), enforcement);
    }

    private static final Keys BLOCKED_TOOL =
            Keys.of("arguments+", "blocked_at", "reason", "tool_name").cutting("blocked_at");

    private BlockedTool blockedTool() {
        Map<String, @Nullable Object> arguments = Map.of();
        String at = "";
        String reason = "";
        String tool = "";
        for (String key = in.open(BLOCKED_TOOL); key != null; key = in.next(BLOCKED_TOOL)) {
            switch (key) {
                case "arguments" -> arguments = in.object();
                case "blocked_at" -> at = in.text();
                case "reason" -> reason = in.text();
                default -> tool = in.text();
            }
        }
        return new BlockedTool(tool, arguments, at, reason);
    }

    private static final Keys STEP = Keys.of(
                    "blocked_tool?",
                    "duration_ms?",
                    "input_data?",
                    "metadata?",
                    "output_data?",
                    "step_id?",
                    "step_type",
                    "timestamp?")
            .cutting("duration_ms", "step_id", "timestamp");

    private TraceStep step() {
        BlockedTool blocked = null;
        Double duration = null;
        Map<String, @Nullable Object> input = Map.of();
        Map<String, @Nullable Object> metadata = Map.of();
        Map<String, @Nullable Object> output = Map.of();
        String id = null;
        String type = "";
        String timestamp = null;
        for (String key = in.open(STEP); key != null; key = in.next(STEP)) {
            switch (key) {
                case "blocked_tool" -> blocked = optional(this::blockedTool);
                case "duration_ms" -> duration = optional(in::number);
                case "input_data" -> input = data();
                case "metadata" -> metadata = data();
                case "output_data" -> output = data();
                case "step_id" -> id = optionalText();
                case "step_type" -> type = in.text();
                default -> timestamp = optionalText();
            }
        }
        if (type.equals(ToolBlockedStep.TYPE)) {
            return new ToolBlockedStep(type, id, timestamp, duration, input, output, metadata, blocked);
        }
        boolean stage = StageStep.TYPES.contains(type);
        if (blocked != null && (stage || WITHOUT_BLOCKED_TOOL.contains(type))) {
            throw new InvalidTraceException("$.blocked_tool", "belongs to tool_call_blocked, not to " + type);
        }
        if (stage) {
            return new StageStep(type, id, timestamp, duration, input, output, metadata);
        }
        return switch (type) {
            case ToolExecutedStep.TYPE -> new ToolExecutedStep(type, id, timestamp, duration, input, output, metadata);
            case ApprovalStep.TYPE -> new ApprovalStep(type, id, timestamp, duration, input, output, metadata);
            default -> new UnknownStep(type, id, timestamp, duration, input, output, metadata, blocked);
        };
    }

    private String errorMessage() {
        String text = in.text();
        if (text.isEmpty()) {
            in.notCanonical();
        }
        return text;
    }

    private Map<String, @Nullable Object> data() {
        Map<String, @Nullable Object> data = in.object();
        if (data.isEmpty()) {
            in.notCanonical();
        }
        return data;
    }

    private @Nullable String optionalText() {
        return in.passNull() ? null : in.text();
    }

    private <T> @Nullable T optional(Supplier<T> reader) {
        return in.passNull() ? null : reader.get();
    }

    private <T> List<T> list(Supplier<T> reader) {
        List<T> list = new ArrayList<>();
        in.openArray();
        while (in.element()) {
            list.add(reader.get());
        }
        return list;
    }

    private Digest digest() {
        String hex = in.text();
        try {
            return Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw new InvalidTraceException(in.path(), "must be 64 lower-case hex digits");
        }
    }
}
