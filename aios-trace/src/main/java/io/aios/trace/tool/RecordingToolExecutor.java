package io.aios.trace.tool;

import io.aios.trace.TraceTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Executes through another executor, notes each call in the journal and keeps its result for replay. Thread-safe. */
public final class RecordingToolExecutor implements ToolExecutor {
    private static final ToolOutcome UNREADABLE =
            new ToolOutcome.Failed("the arguments are not a JSON object; nothing was executed");

    private final ToolExecutor tools;
    private final ToolJournal journal;
    private final ToolRecording.Builder recording = new ToolRecording.Builder();

    private RecordingToolExecutor(ToolExecutor tools, ToolJournal journal) {
        this.tools = tools;
        this.journal = journal;
    }

    /** Records what these tools do. */
    public static RecordingToolExecutor around(ToolExecutor tools, ToolJournal journal) {
        return new RecordingToolExecutor(tools, journal);
    }

    /** Executes the call; a permit for other arguments blocks it, arguments that cannot be read fail it. */
    @Override
    public ToolOutcome execute(ToolCall call) {
        ToolPermit permit = call.permit();
        if (permit != null && !permit.covers(call)) {
            String reason = "the permit is for another tool or other arguments";
            journal.blocked(call, reason);
            return new ToolOutcome.Blocked(reason, Map.of("blocked", true, "message", reason));
        }
        String startedAt = TraceTime.now(journal.clock());
        long started = System.nanoTime();
        ToolOutcome outcome;
        try {
            outcome = call.isReadable() ? tools.execute(call) : UNREADABLE;
        } catch (RuntimeException e) {
            // The message may hold secrets of the tool; its class tells enough.
            note(call, "failed", Map.of("exception", e.getClass().getName()), startedAt, started);
            throw e;
        }
        if (outcome instanceof ToolOutcome.Succeeded succeeded) {
            note(call, "succeeded", succeeded.result(), startedAt, started);
            recording.add(call, succeeded.result());
        } else if (outcome instanceof ToolOutcome.Failed failed) {
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            result.put("error", failed.message());
            note(call, "failed", result, startedAt, started);
        }
        return outcome;
    }

    private void note(ToolCall call, String outcome, @Nullable Object result, String startedAt, long started) {
        journal.executed(call, outcome, result, startedAt, (System.nanoTime() - started) / 1e6);
    }

    /** The successful calls so far. */
    public ToolRecording recording() {
        return recording.build();
    }
}
