package io.aios.example.springai;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * A model without a network: asks for each batch of tools in turn, then answers with what it was told. Stateless.
 *
 * @param turns the batches
 */
record ScriptedModel(List<List<AssistantMessage.ToolCall>> turns) implements ChatModel {
    static AssistantMessage.ToolCall ask(String id, String tool, String arguments) {
        return new AssistantMessage.ToolCall(id, "function", tool, arguments);
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        int turn = (int) prompt.getInstructions().stream()
                .filter(AssistantMessage.class::isInstance)
                .count();
        AssistantMessage message = turn < turns.size()
                ? AssistantMessage.builder()
                        .content("")
                        .toolCalls(turns.get(turn))
                        .build()
                : new AssistantMessage(told(prompt));
        return new ChatResponse(List.of(new Generation(message)));
    }

    /** Without options of this kind the framework would offer no tools. */
    @Override
    public ChatOptions getOptions() {
        return ToolCallingChatOptions.builder().build();
    }

    private static String told(Prompt prompt) {
        return prompt.getInstructions().stream()
                .filter(ToolResponseMessage.class::isInstance)
                .map(ToolResponseMessage.class::cast)
                .flatMap(message -> message.getResponses().stream())
                .map(response -> response.name() + ": " + response.responseData())
                .collect(Collectors.joining("\n"));
    }
}
