package io.aios.trace.tool;

import io.aios.trace.TraceException;
import java.util.List;

/** A tool was called where none may be. Catching it does not help: the attempt is latched. */
public final class ToolCallAttemptedException extends TraceException {
    private static final long serialVersionUID = 1L;

    private final String[] toolNames;

    /** Names the tools that were attempted, in order. */
    public ToolCallAttemptedException(List<String> toolNames) {
        super("tools were called in a strict simulation: " + String.join(", ", toolNames)
                + "; none was executed. Simulate leniently to let the agent go on with placeholders");
        this.toolNames = toolNames.toArray(String[]::new);
    }

    /** The tools that were attempted, in order. */
    public List<String> toolNames() {
        return List.of(toolNames);
    }
}
