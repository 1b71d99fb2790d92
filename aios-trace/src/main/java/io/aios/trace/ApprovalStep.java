package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A human decision that the request waited for.
 *
 * @param stepType {@code approval}
 * @param stepId id, or null
 * @param timestamp when it began, or null
 * @param durationMs milliseconds, or null
 * @param inputData {@code approval_id}
 * @param outputData {@code resolution}, {@code by}, {@code at} and {@code grant}
 * @param metadata whatever else the host notes
 */
public record ApprovalStep(
        @JsonProperty("step_type") String stepType,
        @JsonProperty("step_id") @Nullable String stepId,
        @JsonProperty("timestamp") @Nullable String timestamp,
        @JsonProperty("duration_ms") @Nullable Double durationMs,
        @JsonProperty("input_data") Map<String, @Nullable Object> inputData,
        @JsonProperty("output_data") Map<String, @Nullable Object> outputData,
        @JsonProperty("metadata") Map<String, @Nullable Object> metadata)
        implements TraceStep {
    /** Checks and deep-copies. */
    public ApprovalStep {
        if (!TYPE.equals(stepType)) {
            throw new InvalidTraceException("$.steps.step_type", "must be " + TYPE);
        }
        Checks.exactTexts(inputData, "$.steps.input_data", "approval_id");
        Checks.exactTexts(outputData, "$.steps.output_data", "resolution", "by", "at", "grant");
        stepId = Checks.optionalText(stepId, "$.steps.step_id");
        timestamp = Checks.optionalTimestamp(timestamp, "$.steps.timestamp");
        durationMs = durationMs == null ? null : Numbers.duration(durationMs, "$.steps.duration_ms");
        inputData = Checks.object(inputData, "$.steps.input_data");
        outputData = Checks.object(outputData, "$.steps.output_data");
        metadata = Checks.object(metadata, "$.steps.metadata");
    }

    static final String TYPE = "approval";

    /**
     * The step that tells of an approval.
     *
     * @param resolution such as {@code approved} or {@code rejected}
     * @param by pseudonym or id of the approver
     * @param at when it was resolved
     * @param grant digest or id of what was granted
     */
    public static ApprovalStep of(
            String stepId,
            String timestamp,
            String approvalId,
            String resolution,
            String by,
            String at,
            String grant,
            Map<String, ? extends @Nullable Object> metadata) {
        return new ApprovalStep(
                TYPE,
                stepId,
                timestamp,
                0.0,
                Map.of("approval_id", approvalId),
                Map.of("resolution", resolution, "by", by, "at", at, "grant", grant),
                Checks.object(metadata, "$.steps.metadata"));
    }

    /** Id of the approval. */
    public String approvalId() {
        return Checks.member(inputData, "approval_id");
    }

    /** How it was resolved. */
    public String resolution() {
        return Checks.member(outputData, "resolution");
    }

    /** Names the type only: data may be personal. */
    @Override
    public String toString() {
        return "ApprovalStep[" + stepType + "]";
    }
}
