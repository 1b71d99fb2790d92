package io.aios.trace.tool;

import io.aios.policy.JsonValues;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of a tool call. */
public sealed interface ToolOutcome {
    /**
     * The tool answered.
     *
     * @param result JSON-shaped, deeply copied
     */
    record Succeeded(@Nullable Object result) implements ToolOutcome {
        /** Checks and deep-copies. */
        public Succeeded {
            result = JsonValues.copy(result);
        }
    }

    /**
     * The tool failed.
     *
     * @param message why, fit for the model to read
     */
    record Failed(String message) implements ToolOutcome {}

    /**
     * The call was stopped before it did anything.
     *
     * @param reason why
     * @param placeholder what the model may be given instead of a result
     */
    record Blocked(String reason, Map<String, @Nullable Object> placeholder) implements ToolOutcome {
        /** Checks and deep-copies. */
        public Blocked {
            placeholder = JsonValues.copyObject(placeholder);
        }
    }

    /** Handles each case. */
    default <T> T fold(
            Function<? super Succeeded, ? extends T> succeeded,
            Function<? super Failed, ? extends T> failed,
            Function<? super Blocked, ? extends T> blocked) {
        if (this instanceof Succeeded s) {
            return succeeded.apply(s);
        }
        return this instanceof Failed f ? failed.apply(f) : blocked.apply((Blocked) this);
    }
}
