package io.aios.trace.tool;

import io.aios.trace.BlockedTool;
import io.aios.trace.Redactor;
import io.aios.trace.ToolBlockedStep;
import io.aios.trace.ToolExecutedStep;
import io.aios.trace.TraceStep;
import io.aios.trace.TraceTime;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the tool calls of one request. Thread-safe.
 *
 * <p>Its order is (turn, index), never arrival, so parallel calls leave one trace and one hash.
 */
public final class ToolJournal {
    private static final Comparator<Entry> ORDER = Comparator.<Entry>comparingInt(e -> e.turn)
            .thenComparingInt(e -> e.index)
            .thenComparing(e -> e.toolName)
            .thenComparing(e -> e.tieBreak);

    private record Entry(
            int turn,
            int index,
            String toolName,
            String tieBreak,
            @Nullable BlockedTool blocked,
            @Nullable Execution execution,
            Map<String, @Nullable Object> metadata) {}

    private record Execution(String startedAt, double millis, Digest arguments, String outcome, Digest result) {}

    private final Clock clock;
    private final Redactor redactor;
    private final List<Entry> entries = new ArrayList<>();

    /** An empty journal that redacts the arguments it notes. */
    public ToolJournal(Clock clock, Redactor redactor) {
        this.clock = clock;
        this.redactor = redactor;
    }

    /** Notes a blocked call. */
    public void blocked(ToolCall call, String reason) {
        BlockedTool blocked =
                new BlockedTool(call.toolName(), redactor.redactObject(call.arguments()), TraceTime.now(clock), reason);
        add(call, CanonicalJson.text(blocked.arguments()) + reason, blocked, null, Map.of());
    }

    /**
     * Notes an executed call.
     *
     * @param outcome {@code succeeded}, {@code failed} or {@code replayed}
     * @param result the JSON-shaped result
     * @param startedAt see {@link TraceTime#now}
     * @param millis how long it took
     */
    public void executed(ToolCall call, String outcome, @Nullable Object result, String startedAt, double millis) {
        Execution execution =
                new Execution(startedAt, millis, call.argumentsDigest(), outcome, CanonicalJson.digest(result));
        ToolPermit permit = call.permit();
        add(
                call,
                execution.arguments.hex() + execution.result.hex(),
                null,
                execution,
                permit == null
                        ? Map.of()
                        : Map.of(
                                "permit",
                                Map.of(
                                        "arguments_digest",
                                                permit.argumentsDigest().hex(),
                                        "policy_digest", permit.policyDigest())));
    }

    private void add(
            ToolCall call,
            String tieBreak,
            @Nullable BlockedTool blocked,
            @Nullable Execution execution,
            Map<String, ? extends @Nullable Object> more) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>(more);
        metadata.put("turn", (long) call.turn());
        metadata.put("index", (long) call.index());
        Entry entry = new Entry(call.turn(), call.index(), call.toolName(), tieBreak, blocked, execution, metadata);
        synchronized (entries) {
            entries.add(entry);
        }
    }

    private List<Entry> ordered() {
        List<Entry> ordered;
        synchronized (entries) {
            ordered = new ArrayList<>(entries);
        }
        ordered.sort(ORDER);
        return ordered;
    }

    /** The clock of this journal. */
    Clock clock() {
        return clock;
    }

    /** The blocked calls in order. */
    public List<BlockedTool> blockedTools() {
        List<BlockedTool> blocked = new ArrayList<>();
        for (Entry entry : ordered()) {
            BlockedTool tool = entry.blocked;
            if (tool != null) {
                blocked.add(tool);
            }
        }
        return blocked;
    }

    /**
     * One step for each call, in order.
     *
     * @param firstNumber the number in the first step's id, {@code step-n}
     */
    public List<TraceStep> steps(int firstNumber) {
        List<TraceStep> steps = new ArrayList<>();
        for (Entry entry : ordered()) {
            String id = "step-" + (firstNumber + steps.size());
            BlockedTool blocked = entry.blocked;
            Execution execution = entry.execution;
            if (blocked != null) {
                steps.add(ToolBlockedStep.of(id, blocked, entry.metadata));
            } else if (execution != null) {
                steps.add(ToolExecutedStep.of(
                        id,
                        execution.startedAt,
                        execution.millis,
                        entry.toolName,
                        execution.arguments,
                        execution.outcome,
                        execution.result,
                        entry.metadata));
            }
        }
        return steps;
    }
}
