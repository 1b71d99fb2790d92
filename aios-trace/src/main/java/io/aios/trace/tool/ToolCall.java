package io.aios.trace.tool;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
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
    private static final String UNREADABLE = "$unreadable";

    /** Checks and deep-copies. */
    public ToolCall {
        if (toolName.isBlank()) {
            throw new IllegalArgumentException("a tool call needs the name of a tool");
        }
        if (turn < 0 || index < 0) {
            throw new IllegalArgumentException("turn and index count from 0, not from " + Math.min(turn, index));
        }
        arguments = CanonicalJson.freeze(arguments);
    }

    /**
     * A call without a permit.
     *
     * @throws io.aios.policy.InvalidJsonException if an argument is not JSON-shaped
     */
    public static ToolCall of(String toolName, Map<String, ? extends @Nullable Object> arguments, int turn, int index) {
        return new ToolCall(toolName, CanonicalJson.freeze(arguments), turn, index, null);
    }

    /**
     * A call whose arguments are JSON text that a model wrote; blank text means no arguments.
     *
     * <p>Text that is not one JSON object still makes a call, because it still is an attempt: see {@link #isReadable}.
     */
    public static ToolCall parse(String toolName, String arguments, int turn, int index) {
        return of(toolName, arguments.isBlank() ? Map.of() : read(arguments), turn, index);
    }

    private static Map<String, @Nullable Object> read(String arguments) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(arguments)) {
            return Map.of(UNREADABLE, new String(arguments.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
        try {
            if (CanonicalJson.parse(arguments.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> object) {
                return CanonicalJson.freeze(object);
            }
        } catch (InvalidJsonException notJson) {
            // Falls through: what a model sends is not always JSON.
        }
        return Map.of(UNREADABLE, arguments);
    }

    /** Whether the model wrote arguments that could be read; {@link RecordingToolExecutor} never executes others. */
    public boolean isReadable() {
        return !arguments.containsKey(UNREADABLE);
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
