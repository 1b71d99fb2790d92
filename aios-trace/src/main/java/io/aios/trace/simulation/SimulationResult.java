package io.aios.trace.simulation;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.trace.BlockedTool;
import io.aios.trace.DecisionTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.json.Digest;
import io.aios.trace.tool.NullToolExecutor;
import java.util.List;

/** What a simulation gave. */
public final class SimulationResult {
    private final SealedTrace sealed;
    private final NullToolExecutor tools;

    SimulationResult(SealedTrace sealed, NullToolExecutor tools) {
        this.sealed = sealed;
        this.tools = tools;
    }

    /** The sealed trace. */
    public SealedTrace sealed() {
        return sealed;
    }

    /** The trace. */
    public DecisionTrace trace() {
        return sealed.trace();
    }

    /** The tool calls that were stopped, in order. */
    public List<BlockedTool> blockedTools() {
        return trace().blockedTools();
    }

    /** Decision hash. */
    public Digest traceHash() {
        return sealed.traceHash();
    }

    /** Record hash. */
    public Digest recordHash() {
        return sealed.recordHash();
    }

    /**
     * This result, if no tool was attempted in a strict simulation.
     *
     * @throws io.aios.trace.tool.ToolCallAttemptedException naming the attempts, also those made after the run and those
     *     whose exception somebody swallowed
     */
    @CanIgnoreReturnValue
    public SimulationResult requireClean() {
        tools.requireClean();
        return this;
    }
}
