package io.aios.trace.simulation;

import io.aios.trace.ApprovalStep;
import io.aios.trace.BlockedTool;
import io.aios.trace.DecisionTrace;
import io.aios.trace.GovernanceResult;
import io.aios.trace.IntentResult;
import io.aios.trace.InvalidTraceException;
import io.aios.trace.ModelSelection;
import io.aios.trace.Redactor;
import io.aios.trace.RiskResult;
import io.aios.trace.RoutingResult;
import io.aios.trace.SealedTrace;
import io.aios.trace.StageStep;
import io.aios.trace.TracePolicy;
import io.aios.trace.TraceStep;
import io.aios.trace.TraceTime;
import io.aios.trace.tool.ToolJournal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records how one request is decided: one call per stage, then {@link #complete()} or {@link #fail}. Thread-safe.
 *
 * <p>Tool calls noted in {@link #tools()} stand in the trace before the response, ordered by turn and index.
 */
public final class TraceRecorder {
    private static final int SHOWN_TEXT = 200;

    private final TraceSettings settings;
    private final DecisionTrace.Builder trace;
    private final List<Function<String, TraceStep>> steps = new ArrayList<>();
    private final List<String> stages = new ArrayList<>(6);
    private final ToolJournal tools;
    private final String requestText;
    private Instant lastStep;
    private int toolsBefore = -1;
    private String intent = "";
    private String riskLevel = "";
    private String agent = "";
    private String model = "";
    private boolean sealed;

    private TraceRecorder(DecisionRequest request, TraceSettings settings, boolean simulation) {
        this.settings = settings;
        this.tools = new ToolJournal(settings.clock(), settings.redactor());
        this.lastStep = settings.clock().instant();
        this.requestText = redactor().redact(request.requestText());
        this.trace = DecisionTrace.builder()
                .traceId(settings.ids().get())
                .requestId(settings.ids().get())
                .requestText(requestText)
                .tenantId(request.tenantId())
                .userId(request.userId())
                .createdAt(TraceTime.text(lastStep))
                .responseText("")
                .responseType("")
                .simulation(simulation);
    }

    /** Starts the trace of a real request. */
    public static TraceRecorder start(DecisionRequest request, TraceSettings settings) {
        return new TraceRecorder(request, settings, false);
    }

    /** Starts the trace of a simulated request. */
    static TraceRecorder simulated(DecisionRequest request, TraceSettings settings) {
        return new TraceRecorder(request, settings, true);
    }

    private Redactor redactor() {
        return settings.redactor();
    }

    /** The journal for the executors that this request's tools go through. */
    public ToolJournal tools() {
        return tools;
    }

    /** Records what the request is about. */
    public synchronized void intent(IntentResult result) {
        trace.intent(result);
        intent = result.primaryIntent();
        stage(
                "intent_classification",
                Map.of("text", shown(requestText)),
                Map.of("intent", intent, "confidence", result.confidence().score()));
    }

    /** Records how dangerous it is. */
    public synchronized void risk(RiskResult result) {
        trace.risk(result);
        riskLevel = result.level();
        stage("risk_assessment", Map.of("intent", intent), Map.of("level", riskLevel, "score", result.score()));
    }

    /**
     * Records what governance decided.
     *
     * @param policy the policy that decided, or null
     */
    public synchronized void governance(GovernanceResult result, @Nullable TracePolicy policy) {
        trace.governance(result).policy(policy);
        stage("governance_check", Map.of("risk_level", riskLevel), Map.of("requires_hitl", result.requiresHitl()));
    }

    /** Records which agent gets it. */
    public synchronized void routing(RoutingResult result) {
        trace.routing(result);
        agent = result.selectedAgent();
        stage(
                "agent_routing",
                Map.of("intent", intent),
                Map.of("agent", agent, "confidence", result.confidence().score()));
    }

    /** Records which model answers. */
    public synchronized void model(ModelSelection result) {
        trace.modelSelection(result);
        model = result.modelId();
        stage("model_selection", Map.of("risk_level", riskLevel), Map.of("model", model, "tier", result.tier()));
    }

    /** Records a look into a knowledge base; may be called often. */
    public synchronized void knowledge(
            Map<String, ? extends @Nullable Object> query, Map<String, ? extends @Nullable Object> found) {
        step("kb_query", redactor().redactObject(query), redactor().redactObject(found));
    }

    /**
     * Records a human decision; may be called often.
     *
     * @param resolution such as {@code approved}
     * @param by pseudonym or id of the approver
     * @param at see {@link TraceTime}
     * @param grant digest or id of what was granted
     */
    public synchronized void approval(String approvalId, String resolution, String by, String at, String grant) {
        requireOpen();
        String timestamp = now();
        steps.add(id -> ApprovalStep.of(id, timestamp, approvalId, resolution, by, at, grant, Map.of()));
    }

    /** Records the answer. */
    public synchronized void response(String text, String type) {
        trace.responseText(redactor().redact(text)).responseType(type);
        toolsBefore = steps.size();
        stage("response_generation", Map.of("agent", agent, "model", model), Map.of("response_type", type));
    }

    /** Seals the trace of a request that ended well. */
    public synchronized SealedTrace complete() {
        return seal();
    }

    /** Seals the trace of a request that ended in an error. */
    public synchronized SealedTrace fail(String message) {
        requireOpen();
        trace.success(false).errorMessage(redactor().redact(message));
        step("error", Map.of(), Map.of());
        return seal();
    }

    private SealedTrace seal() {
        requireOpen();
        sealed = true;
        int before = toolsBefore < 0 ? steps.size() : toolsBefore;
        List<TraceStep> all = new ArrayList<>(steps.size());
        for (Function<String, TraceStep> step : steps.subList(0, before)) {
            all.add(step.apply("step-" + (all.size() + 1)));
        }
        List<BlockedTool> blocked = tools.blockedTools();
        all.addAll(tools.steps(all.size() + 1));
        for (Function<String, TraceStep> step : steps.subList(before, steps.size())) {
            all.add(step.apply("step-" + (all.size() + 1)));
        }
        return SealedTrace.seal(
                trace.steps(all)
                        .blockedTools(blocked)
                        .completedAt(TraceTime.now(settings.clock()))
                        .build(),
                settings.salts());
    }

    private void stage(String type, Map<String, Object> input, Map<String, Object> output) {
        if (stages.contains(type)) {
            throw new InvalidTraceException("$.steps", type + " is recorded already");
        }
        stages.add(type);
        step(type, input, output);
    }

    private void step(
            String type,
            Map<String, ? extends @Nullable Object> input,
            Map<String, ? extends @Nullable Object> output) {
        requireOpen();
        Instant began = lastStep;
        Instant now = settings.clock().instant();
        lastStep = now;
        String timestamp = TraceTime.text(began);
        double millis = Math.max(0, ChronoUnit.MICROS.between(began, now) / 1000.0);
        steps.add(id -> new StageStep(type, id, timestamp, millis, copy(input), copy(output), Map.of()));
    }

    private static Map<String, @Nullable Object> copy(Map<String, ? extends @Nullable Object> data) {
        return new HashMap<>(data);
    }

    private String now() {
        return TraceTime.now(settings.clock());
    }

    private void requireOpen() {
        if (sealed) {
            throw new InvalidTraceException("$", "the trace is sealed; record before complete() or fail()");
        }
    }

    /** The start of a text, never half a surrogate pair. */
    private static String shown(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN_TEXT
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN_TEXT));
    }
}
