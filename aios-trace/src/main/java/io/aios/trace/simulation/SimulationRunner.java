package io.aios.trace.simulation;

import io.aios.trace.SealedTrace;
import io.aios.trace.tool.NullToolExecutor;

/** Runs a pipeline without ever letting a tool run. Thread-safe if the pipeline is. */
public final class SimulationRunner {
    private final DecisionPipeline pipeline;
    private final TraceSettings settings;
    private final boolean strict;

    private SimulationRunner(DecisionPipeline pipeline, TraceSettings settings, boolean strict) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.strict = strict;
    }

    /** Every attempt to call a tool throws and latches. */
    public static SimulationRunner strict(DecisionPipeline pipeline, TraceSettings settings) {
        return new SimulationRunner(pipeline, settings, true);
    }

    /** Every tool call is answered with a placeholder, so that the agent goes on to its answer. */
    public static SimulationRunner lenient(DecisionPipeline pipeline, TraceSettings settings) {
        return new SimulationRunner(pipeline, settings, false);
    }

    /** Simulates one request. An exception of a stage ends up in the trace. */
    public SimulationResult run(DecisionRequest request) {
        TraceRecorder recorder = TraceRecorder.simulated(request, settings);
        NullToolExecutor tools =
                strict ? NullToolExecutor.strict(recorder.tools()) : NullToolExecutor.lenient(recorder.tools());
        SealedTrace trace = pipeline.run(request, recorder, tools);
        return new SimulationResult(trace, tools);
    }
}
