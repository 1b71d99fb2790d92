package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool call that was stopped before it did anything.
 *
 * @param toolName the tool
 * @param arguments what it was called with, deeply immutable
 * @param blockedAt when
 * @param reason why
 */
public record BlockedTool(
        @JsonProperty("tool_name") String toolName,
        @JsonProperty("arguments") Map<String, @Nullable Object> arguments,
        @JsonProperty("blocked_at") String blockedAt,
        @JsonProperty("reason") String reason) {
    /** Checks and deep-copies. */
    public BlockedTool {
        toolName = Checks.text(toolName, "$.tool_name");
        arguments = Checks.object(arguments, "$.arguments");
        blockedAt = Checks.timestamp(blockedAt, "$.blocked_at");
        reason = Checks.anyText(reason, "$.reason");
    }

    /** Names the tool only: arguments may be personal. */
    @Override
    public String toString() {
        return "BlockedTool[" + toolName + "]";
    }
}
