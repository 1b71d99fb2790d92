package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a decision, in order.
 *
 * <p>A step of a type that this version does not know is an {@link UnknownStep} and is written back as it was read.
 */
@JsonTypeInfo(
        use = JsonTypeInfo.Id.NAME,
        include = JsonTypeInfo.As.EXISTING_PROPERTY,
        property = "step_type",
        visible = true,
        defaultImpl = UnknownStep.class)
@JsonSubTypes({
    @JsonSubTypes.Type(
            value = StageStep.class,
            names = {
                "request_received",
                "intent_classification",
                "risk_assessment",
                "governance_check",
                "agent_routing",
                "model_selection",
                "kb_query",
                "response_generation",
                "request_complete",
                "error"
            }),
    @JsonSubTypes.Type(value = ToolBlockedStep.class, name = "tool_call_blocked"),
    @JsonSubTypes.Type(value = ToolExecutedStep.class, name = "tool_call_executed"),
    @JsonSubTypes.Type(value = ApprovalStep.class, name = "approval")
})
public sealed interface TraceStep permits StageStep, ToolBlockedStep, ToolExecutedStep, ApprovalStep, UnknownStep {
    /** The wire name of the step's type. */
    String stepType();

    /** Id of the step; absent in some old traces. */
    @Nullable String stepId();

    /** When it began; absent in some old traces. */
    @Nullable String timestamp();

    /** How long it took in milliseconds, rounded to 3 decimals; absent in some old traces. */
    @Nullable Double durationMs();

    /** What went in. */
    Map<String, @Nullable Object> inputData();

    /** What came out. */
    Map<String, @Nullable Object> outputData();

    /** Whatever else the host notes. */
    Map<String, @Nullable Object> metadata();

    /** The blocked call, for steps that tell of one. */
    default @Nullable BlockedTool blockedTool() {
        return null;
    }
}
