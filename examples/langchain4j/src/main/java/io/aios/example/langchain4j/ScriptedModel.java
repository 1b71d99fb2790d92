package io.aios.example.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A model without a network: asks for each batch of tools in turn, then answers with what it was told. Stateless.
 *
 * @param turns the batches
 */
record ScriptedModel(List<List<ToolExecutionRequest>> turns) implements ChatModel {
    static ToolExecutionRequest ask(String id, String tool, String arguments) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name(tool)
                .arguments(arguments)
                .build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        int turn = (int)
                request.messages().stream().filter(AiMessage.class::isInstance).count();
        AiMessage message = turn < turns.size() ? AiMessage.from(turns.get(turn)) : AiMessage.from(told(request));
        return ChatResponse.builder().aiMessage(message).build();
    }

    private static String told(ChatRequest request) {
        return request.messages().stream()
                .filter(ToolExecutionResultMessage.class::isInstance)
                .map(ToolExecutionResultMessage.class::cast)
                .map(result -> result.toolName() + ": " + result.text())
                .collect(Collectors.joining("\n"));
    }
}
