package io.aios.trace.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Executes nothing: every call is blocked and noted in the journal. Thread-safe.
 *
 * <p>Strict, it throws and latches, because agent frameworks swallow exceptions: {@link #requireClean()} throws again
 * whatever became of the first exception.
 */
public final class NullToolExecutor implements ToolExecutor {
    private static final String REASON = "Simulation mode - tools disabled";

    private final ToolJournal journal;
    private final boolean strict;
    private final List<String> attempted = new ArrayList<>();

    private NullToolExecutor(ToolJournal journal, boolean strict) {
        this.journal = journal;
        this.strict = strict;
    }

    /** Blocks, notes, latches and throws. */
    public static NullToolExecutor strict(ToolJournal journal) {
        return new NullToolExecutor(journal, true);
    }

    /** Blocks, notes and answers with a placeholder. */
    public static NullToolExecutor lenient(ToolJournal journal) {
        return new NullToolExecutor(journal, false);
    }

    @Override
    public ToolOutcome execute(ToolCall call) {
        if (strict) {
            synchronized (attempted) {
                attempted.add(call.toolName());
            }
        }
        journal.blocked(call, REASON);
        if (strict) {
            throw new ToolCallAttemptedException(List.of(call.toolName()));
        }
        return new ToolOutcome.Blocked(
                REASON, Map.of("simulated", true, "tool_name", call.toolName(), "message", REASON));
    }

    /**
     * Does nothing if no tool was attempted or the executor is lenient.
     *
     * @throws ToolCallAttemptedException naming every attempt
     */
    public void requireClean() {
        synchronized (attempted) {
            if (!attempted.isEmpty()) {
                throw new ToolCallAttemptedException(attempted);
            }
        }
    }
}
