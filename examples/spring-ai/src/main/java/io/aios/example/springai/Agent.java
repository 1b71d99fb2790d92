package io.aios.example.springai;

import io.aios.trace.simulation.DecisionPipeline.Responder;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionPipeline.Situation;
import io.aios.trace.tool.ToolExecutor;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.ToolCallingAdvisor;
import org.springframework.ai.chat.model.ChatModel;

/**
 * A Spring AI chat client as the answering stage of a decision pipeline.
 *
 * @param model what it talks to
 * @param toolbox the tools it is offered
 */
record Agent(ChatModel model, Toolbox toolbox) implements Responder {
    @Override
    public Response respond(Situation situation, ToolExecutor tools) {
        String answer = ChatClient.create(model)
                .prompt()
                .user(situation.request().requestText())
                .tools(toolbox.callbacks().toArray())
                .advisors(ToolCallingAdvisor.builder()
                        .toolCallingManager(new GovernedToolCallingManager(tools))
                        .build())
                .call()
                .content();
        return new Response(answer == null ? "" : answer, situation.intent().primaryIntent());
    }
}
