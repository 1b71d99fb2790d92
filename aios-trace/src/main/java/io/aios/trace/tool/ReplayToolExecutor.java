package io.aios.trace.tool;

import io.aios.trace.TraceTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers from a recording and executes nothing: a call that was not recorded, or more often than recorded, is blocked.
 * Thread-safe.
 */
public final class ReplayToolExecutor implements ToolExecutor {
    private final Map<Object, Deque<ToolOutcome.Succeeded>> answers = new HashMap<>();
    private final ToolJournal journal;

    private ReplayToolExecutor(ToolJournal journal) {
        this.journal = journal;
    }

    /** Answers from this recording. */
    public static ReplayToolExecutor of(ToolRecording recording, ToolJournal journal) {
        ReplayToolExecutor replay = new ReplayToolExecutor(journal);
        for (ToolRecording.Answer answer : recording.answers()) {
            replay.answers
                    .computeIfAbsent(
                            ToolRecording.key(answer.toolName(), answer.arguments()), key -> new ArrayDeque<>())
                    .add(new ToolOutcome.Succeeded(answer.result()));
        }
        return replay;
    }

    @Override
    public ToolOutcome execute(ToolCall call) {
        ToolOutcome.Succeeded answer;
        synchronized (answers) {
            Deque<ToolOutcome.Succeeded> left = answers.get(ToolRecording.key(call.toolName(), call.arguments()));
            answer = left == null ? null : left.poll();
        }
        if (answer == null) {
            String reason = "Replay - no recorded answer is left for this call";
            journal.blocked(call, reason);
            return new ToolOutcome.Blocked(reason, Map.of("blocked", true, "message", reason));
        }
        journal.executed(call, "replayed", answer.result(), TraceTime.now(journal.clock()), 0);
        return answer;
    }
}
