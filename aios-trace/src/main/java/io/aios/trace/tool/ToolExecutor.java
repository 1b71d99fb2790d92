package io.aios.trace.tool;

/** The one way by which tools are called. */
@FunctionalInterface
public interface ToolExecutor {
    /**
     * Carries out a call, or does not.
     *
     * @throws ToolCallAttemptedException if tools must not even be attempted
     */
    ToolOutcome execute(ToolCall call);
}
