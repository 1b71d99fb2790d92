package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stage of the pipeline.
 *
 * @param stepType one of the stage names
 * @param stepId id, or null
 * @param timestamp when it began, or null
 * @param durationMs milliseconds, or null
 * @param inputData what the stage was given
 * @param outputData what it decided
 * @param metadata whatever else the host notes
 */
public record StageStep(
        @JsonProperty("step_type") String stepType,
        @JsonProperty("step_id") @Nullable String stepId,
        @JsonProperty("timestamp") @Nullable String timestamp,
        @JsonProperty("duration_ms") @Nullable Double durationMs,
        @JsonProperty("input_data") Map<String, @Nullable Object> inputData,
        @JsonProperty("output_data") Map<String, @Nullable Object> outputData,
        @JsonProperty("metadata") Map<String, @Nullable Object> metadata)
        implements TraceStep {
    /** Checks and deep-copies. */
    public StageStep {
        if (!TYPES.contains(Checks.present(stepType, "$.steps.step_type"))) {
            throw new InvalidTraceException("$.steps.step_type", "'" + stepType + "' is no stage");
        }
        stepId = Checks.optionalText(stepId, "$.steps.step_id");
        timestamp = Checks.optionalTimestamp(timestamp, "$.steps.timestamp");
        durationMs = durationMs == null ? null : Numbers.duration(durationMs, "$.steps.duration_ms");
        inputData = Checks.object(inputData, "$.steps.input_data");
        outputData = Checks.object(outputData, "$.steps.output_data");
        metadata = Checks.object(metadata, "$.steps.metadata");
    }

    /** The stage names of format 1.0.0. */
    static final Set<String> TYPES = Set.of(
            "request_received",
            "intent_classification",
            "risk_assessment",
            "governance_check",
            "agent_routing",
            "model_selection",
            "kb_query",
            "response_generation",
            "request_complete",
            "error");

    /** Names the type only: data may be personal. */
    @Override
    public String toString() {
        return "StageStep[" + stepType + "]";
    }
}
