package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aios.trace.json.Digest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool call that was carried out.
 *
 * @param stepType {@code tool_call_executed}
 * @param stepId id, or null
 * @param timestamp when it began, or null
 * @param durationMs milliseconds, or null
 * @param inputData {@code tool_name} and {@code arguments_digest}
 * @param outputData {@code outcome} and {@code result_digest}
 * @param metadata whatever else the host notes
 */
public record ToolExecutedStep(
        @JsonProperty("step_type") String stepType,
        @JsonProperty("step_id") @Nullable String stepId,
        @JsonProperty("timestamp") @Nullable String timestamp,
        @JsonProperty("duration_ms") @Nullable Double durationMs,
        @JsonProperty("input_data") Map<String, @Nullable Object> inputData,
        @JsonProperty("output_data") Map<String, @Nullable Object> outputData,
        @JsonProperty("metadata") Map<String, @Nullable Object> metadata)
        implements TraceStep {
    /** Checks and deep-copies. */
    public ToolExecutedStep {
        if (!TYPE.equals(stepType)) {
            throw new InvalidTraceException("$.steps.step_type", "must be " + TYPE);
        }
        Checks.exactTexts(inputData, "$.steps.input_data", "tool_name", "arguments_digest");
        Checks.exactTexts(outputData, "$.steps.output_data", "outcome", "result_digest");
        stepId = Checks.optionalText(stepId, "$.steps.step_id");
        timestamp = Checks.optionalTimestamp(timestamp, "$.steps.timestamp");
        durationMs = durationMs == null ? null : Numbers.duration(durationMs, "$.steps.duration_ms");
        inputData = Checks.object(inputData, "$.steps.input_data");
        outputData = Checks.object(outputData, "$.steps.output_data");
        metadata = Checks.object(metadata, "$.steps.metadata");
    }

    static final String TYPE = "tool_call_executed";

    /**
     * The step that tells of an executed call.
     *
     * @param argumentsDigest SHA-256 of the canonical arguments that were executed
     * @param outcome {@code succeeded} or {@code failed}
     * @param resultDigest SHA-256 of the canonical result
     */
    public static ToolExecutedStep of(
            String stepId,
            String timestamp,
            double durationMs,
            String toolName,
            Digest argumentsDigest,
            String outcome,
            Digest resultDigest,
            Map<String, ? extends @Nullable Object> metadata) {
        return new ToolExecutedStep(
                TYPE,
                stepId,
                timestamp,
                durationMs,
                Map.of("tool_name", toolName, "arguments_digest", argumentsDigest.hex()),
                Map.of("outcome", outcome, "result_digest", resultDigest.hex()),
                Checks.object(metadata, "$.steps.metadata"));
    }

    /** The tool. */
    public String toolName() {
        return Checks.member(inputData, "tool_name");
    }

    /** SHA-256 of the canonical arguments that were executed. */
    public Digest argumentsDigest() {
        return Digest.parse(Checks.member(inputData, "arguments_digest"));
    }

    /** Names the type only: data may be personal. */
    @Override
    public String toString() {
        return "ToolExecutedStep[" + stepType + "]";
    }
}
