package io.aios.trace.simulation;

import io.aios.policy.Effect;
import io.aios.trace.GovernanceResult;
import io.aios.trace.IntentResult;
import io.aios.trace.ModelSelection;
import io.aios.trace.RiskResult;
import io.aios.trace.RoutingResult;
import io.aios.trace.SealedTrace;
import io.aios.trace.TracePolicy;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolJournal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stages from request to answer, each replaceable: intent, risk, governance, routing, model, response.
 *
 * <p>A request that governance denies goes no further than governance. Immutable; thread-safe if its stages are.
 */
public final class DecisionPipeline {
    /** Finds out what a request is about. */
    @FunctionalInterface
    public interface IntentClassifier {
        /** The intent of a request. */
        IntentResult classify(DecisionRequest request);
    }

    /** Judges how dangerous a request is. */
    @FunctionalInterface
    public interface RiskAssessor {
        /** The risk of a request. */
        RiskResult assess(DecisionRequest request, IntentResult intent);
    }

    /** Decides whether a request may go on, and whether a human has to look. */
    @FunctionalInterface
    public interface GovernanceGate {
        /** The decision about a request. */
        Governed decide(DecisionRequest request, IntentResult intent, RiskResult risk);
    }

    /** Picks the agent. */
    @FunctionalInterface
    public interface AgentRouter {
        /** The agent for a request. */
        RoutingResult route(DecisionRequest request, IntentResult intent, RiskResult risk);
    }

    /** Picks the model. */
    @FunctionalInterface
    public interface ModelSelector {
        /** The model for a request. */
        ModelSelection select(DecisionRequest request, IntentResult intent, RiskResult risk);
    }

    /** Writes the answer; every tool it wants goes through the executor it is given. */
    @FunctionalInterface
    public interface Responder {
        /** The answer to a request. */
        Response respond(Situation situation, ToolExecutor tools);
    }

    /**
     * What governance decided.
     *
     * @param result for the trace
     * @param policy the policy that decided, or null
     * @param effect whether the request goes on
     * @param userText what the person who asked is told when it does not
     */
    public record Governed(
            GovernanceResult result, @Nullable TracePolicy policy, Effect effect, String userText) {}

    /**
     * All that is known when the answer is written.
     *
     * @param request what was asked
     * @param intent what it is about
     * @param risk how dangerous it is
     * @param governance what governance decided
     * @param routing which agent answers
     * @param model which model answers
     */
    public record Situation(
            DecisionRequest request,
            IntentResult intent,
            RiskResult risk,
            GovernanceResult governance,
            RoutingResult routing,
            ModelSelection model) {}

    /**
     * An answer.
     *
     * @param text for the person who asked
     * @param type its kind
     */
    public record Response(String text, String type) {}

    private final IntentClassifier intent;
    private final RiskAssessor risk;
    private final GovernanceGate governance;
    private final AgentRouter router;
    private final ModelSelector model;
    private final Responder responder;

    /** A pipeline of these stages. */
    public DecisionPipeline(
            IntentClassifier intent,
            RiskAssessor risk,
            GovernanceGate governance,
            AgentRouter router,
            ModelSelector model,
            Responder responder) {
        this.intent = intent;
        this.risk = risk;
        this.governance = governance;
        this.router = router;
        this.model = model;
        this.responder = responder;
    }

    /** The same pipeline with another intent stage. */
    public DecisionPipeline withIntent(IntentClassifier stage) {
        return new DecisionPipeline(stage, risk, governance, router, model, responder);
    }

    /** The same pipeline with another risk stage. */
    public DecisionPipeline withRisk(RiskAssessor stage) {
        return new DecisionPipeline(intent, stage, governance, router, model, responder);
    }

    /** The same pipeline with another governance stage. */
    public DecisionPipeline withGovernance(GovernanceGate stage) {
        return new DecisionPipeline(intent, risk, stage, router, model, responder);
    }

    /** The same pipeline with another routing stage. */
    public DecisionPipeline withRouting(AgentRouter stage) {
        return new DecisionPipeline(intent, risk, governance, stage, model, responder);
    }

    /** The same pipeline with another model stage. */
    public DecisionPipeline withModel(ModelSelector stage) {
        return new DecisionPipeline(intent, risk, governance, router, stage, responder);
    }

    /** The same pipeline with another response stage. */
    public DecisionPipeline withResponse(Responder stage) {
        return new DecisionPipeline(intent, risk, governance, router, model, stage);
    }

    /**
     * Decides a real request and seals its trace, whether it ends well or in an error.
     *
     * <p>An exception of a stage ends up as the trace's {@code error_message}, not at the caller.
     *
     * @param tools makes the executor for this request's tools from the request's journal
     */
    public SealedTrace decide(
            DecisionRequest request, TraceSettings settings, Function<ToolJournal, ToolExecutor> tools) {
        TraceRecorder recorder = TraceRecorder.start(request, settings);
        return run(request, recorder, tools.apply(recorder.tools()));
    }

    SealedTrace run(DecisionRequest request, TraceRecorder recorder, ToolExecutor tools) {
        try {
            stages(request, recorder, tools);
        } catch (RuntimeException e) {
            String message = e.getMessage();
            return recorder.fail(e.getClass().getSimpleName() + (message == null ? "" : ": " + message));
        }
        return recorder.complete();
    }

    private void stages(DecisionRequest request, TraceRecorder recorder, ToolExecutor tools) {
        IntentResult aboutWhat = intent.classify(request);
        recorder.intent(aboutWhat);
        RiskResult howDangerous = risk.assess(request, aboutWhat);
        recorder.risk(howDangerous);
        Governed governed = governance.decide(request, aboutWhat, howDangerous);
        recorder.governance(governed.result(), governed.policy());
        if (governed.effect() == Effect.DENY) {
            recorder.response(governed.userText(), "denied");
            return;
        }
        RoutingResult routing = router.route(request, aboutWhat, howDangerous);
        recorder.routing(routing);
        ModelSelection selection = model.select(request, aboutWhat, howDangerous);
        recorder.model(selection);
        Response response = responder.respond(
                new Situation(request, aboutWhat, howDangerous, governed.result(), routing, selection), tools);
        recorder.response(response.text(), response.type());
    }
}
