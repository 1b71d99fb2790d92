package io.aios.example.springai;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.definition.ToolDefinition;

/**
 * Sends every tool call of one run through an executor, whatever kind of callback stands behind the tool. Ids and order
 * of the batch stay as the model gave them; what was blocked is answered with its placeholder.
 */
final class GovernedToolCallingManager implements ToolCallingManager {
    private final ToolCallingManager definitions = ToolCallingManager.builder().build();
    private final ToolExecutor executor;
    private int turn;

    GovernedToolCallingManager(ToolExecutor executor) {
        this.executor = executor;
    }

    @Override
    public List<ToolDefinition> resolveToolDefinitions(ToolCallingChatOptions options) {
        return definitions.resolveToolDefinitions(options);
    }

    @Override
    public synchronized ToolExecutionResult executeToolCalls(Prompt prompt, ChatResponse response) {
        List<Message> history = new ArrayList<>(prompt.getInstructions());
        AssistantMessage asked = response.getResults().stream()
                .map(generation -> generation.getOutput())
                .filter(AssistantMessage::hasToolCalls)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the model asked for no tool"));
        List<ToolResponseMessage.ToolResponse> answers = new ArrayList<>();
        for (AssistantMessage.ToolCall call : asked.getToolCalls()) {
            ToolCall ours = ToolCall.parse(call.name(), call.arguments(), turn, answers.size());
            String answer = executor.execute(ours)
                    .fold(
                            succeeded -> text(succeeded.result()),
                            ToolOutcome.Failed::message,
                            blocked -> text(blocked.placeholder()));
            answers.add(new ToolResponseMessage.ToolResponse(call.id(), call.name(), answer));
        }
        turn++;
        history.add(asked);
        history.add(ToolResponseMessage.builder().responses(answers).build());
        return ToolExecutionResult.builder().conversationHistory(history).build();
    }

    private static String text(@Nullable Object result) {
        return result instanceof String text ? text : CanonicalJson.text(result);
    }
}
