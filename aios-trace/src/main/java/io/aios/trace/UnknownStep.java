package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step of a type that this version does not know; it is written back as it was read.
 *
 * @param stepType any other name
 * @param stepId id, or null
 * @param timestamp when it began, or null
 * @param durationMs milliseconds, or null
 * @param inputData what went in
 * @param outputData what came out
 * @param metadata whatever else the host notes
 * @param blockedTool a blocked call, or null
 */
public record UnknownStep(
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
    public UnknownStep {
        stepType = Checks.text(stepType, "$.steps.step_type");
        stepId = Checks.optionalText(stepId, "$.steps.step_id");
        timestamp = Checks.optionalTimestamp(timestamp, "$.steps.timestamp");
        durationMs = durationMs == null ? null : Numbers.duration(durationMs, "$.steps.duration_ms");
        inputData = Checks.object(inputData, "$.steps.input_data");
        outputData = Checks.object(outputData, "$.steps.output_data");
        metadata = Checks.object(metadata, "$.steps.metadata");
    }

    /** Names the type only: data may be personal. */
    @Override
    public String toString() {
        return "UnknownStep[" + stepType + "]";
    }
}
