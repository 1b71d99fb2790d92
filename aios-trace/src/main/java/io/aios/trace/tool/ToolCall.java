package io.aios.trace.tool;

import io.aios.policy.JsonValues;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call that a model asks for.
 *
 * @param toolName the tool
 * @param arguments its arguments, deeply copied: a later change by the caller changes nothing
 * @param turn the model turn that asked for it, from 0
 * @param index its place in that turn's batch, from 0
 * @param permit what allows exactly these arguments, or null
 */
public record ToolCall(
        String toolName,
        Map<String, @Nullable Object> arguments,
        int turn,
        int index,
        @Nullable ToolPermit permit) {
    /** Checks and deep-copies. */
    public ToolCall {
        if (toolName.isBlank()) {
            throw new IllegalArgumentException("a tool call needs the name of a tool");
        }
        if (turn < 0 || index < 0) {
            throw new IllegalArgumentException("turn and index count from 0, not from " + Math.min(turn, index));
        }
        arguments = JsonValues.copyObject(arguments);
    }

    /**
     * A call without a permit.
     *
     * @throws io.aios.policy.InvalidJsonException if an argument is not JSON-shaped
     */
    public static ToolCall of(String toolName, Map<String, ? extends @Nullable Object> arguments, int turn, int index) {
        return new ToolCall(toolName, JsonValues.copyObject(arguments), turn, index, null);
    }

    /** The same call with a permit. */
    public ToolCall withPermit(ToolPermit newPermit) {
        return new ToolCall(toolName, arguments, turn, index, newPermit);
    }

    /** SHA-256 of the canonical arguments. */
    public Digest argumentsDigest() {
        return CanonicalJson.digest(arguments);
    }

    /** Names the tool and its place only: arguments may be personal. */
    @Override
    public String toString() {
        return "ToolCall[" + toolName + ", turn " + turn + ", index " + index + "]";
    }
}
