package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool call that was stopped.
 *
 * @param stepType {@code tool_call_blocked}
 * @param stepId id, or null
 * @param timestamp when it began, or null
 * @param durationMs milliseconds, or null
 * @param inputData tool name and arguments
 * @param outputData that it was blocked, and why
 * @param metadata whatever else the host notes
 * @param blockedTool the call, or null in some old traces
 */
public record ToolBlockedStep(
        @JsonProperty("step_type") String stepType,
        @JsonProperty("step_id") @Nullable String stepId,
        @JsonProperty("timestamp") @Nullable String timestamp,
        @JsonProperty("duration_ms") @Nullable Double durationMs,
        @JsonProperty("input_data") Map<String, @Nullable Object> inputData,
        @JsonProperty("output_data") Map<String, @Nullable Object> outputData,
        @JsonProperty("metadata") Map<String, @Nullable Object> metadata,
        @JsonProperty("blocked_tool") @Nullable BlockedTool blockedTool)
        implements TraceStep {
    /** Checks and deep-copies. */
    public ToolBlockedStep {
        if (!TYPE.equals(stepType)) {
            throw new InvalidTraceException("$.steps.step_type", "must be " + TYPE);
        }
        stepId = Checks.optionalText(stepId, "$.steps.step_id");
        timestamp = Checks.optionalTimestamp(timestamp, "$.steps.timestamp");
        durationMs = durationMs == null ? null : Numbers.duration(durationMs, "$.steps.duration_ms");
        inputData = Checks.object(inputData, "$.steps.input_data");
        outputData = Checks.object(outputData, "$.steps.output_data");
        metadata = Checks.object(metadata, "$.steps.metadata");
    }

    static final String TYPE = "tool_call_blocked";

    /** The step that tells of a blocked call. */
    public static ToolBlockedStep of(
            String stepId, BlockedTool blocked, Map<String, ? extends @Nullable Object> metadata) {
        return new ToolBlockedStep(
                TYPE,
                stepId,
                blocked.blockedAt(),
                0.0,
                Map.of("tool_name", blocked.toolName(), "arguments", blocked.arguments()),
                Map.of("blocked", true, "reason", blocked.reason()),
                Checks.object(metadata, "$.steps.metadata"),
                blocked);
    }

    /** Names the type only: data may be personal. */
    @Override
    public String toString() {
        return "ToolBlockedStep[" + stepType + "]";
    }
}
