package io.aios.example.springai;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.util.List;
import java.util.Optional;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.execution.ToolExecutionException;

/**
 * Spring AI's own callbacks, unmodified, behind our executor: what really does the work.
 *
 * @param callbacks the tools, from annotated methods, functions or a remote server
 */
record Toolbox(List<ToolCallback> callbacks) implements ToolExecutor {
    @Override
    public ToolOutcome execute(ToolCall call) {
        Optional<ToolCallback> callback = callbacks.stream()
                .filter(each -> each.getToolDefinition().name().equals(call.toolName()))
                .findFirst();
        if (callback.isEmpty()) {
            return new ToolOutcome.Failed("no such tool");
        }
        try {
            return new ToolOutcome.Succeeded(callback.get().call(CanonicalJson.text(call.arguments())));
        } catch (ToolExecutionException e) {
            // Its message may hold secrets of the tool, and the model would read them.
            return new ToolOutcome.Failed("the tool failed");
        }
    }
}
