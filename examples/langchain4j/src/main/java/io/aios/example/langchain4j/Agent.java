package io.aios.example.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import io.aios.trace.simulation.DecisionPipeline.Responder;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionPipeline.Situation;
import io.aios.trace.tool.ToolExecutor;

/**
 * A LangChain4j agent as the answering stage of a decision pipeline, in the framework's default configuration.
 *
 * @param model what it talks to
 * @param toolbox the tools it is offered
 * @param concurrently whether the framework may call the tools of one turn at the same time
 */
record Agent(ChatModel model, Toolbox toolbox, boolean concurrently) implements Responder {
    interface Assistant {
        String answer(String question);
    }

    @Override
    public Response respond(Situation situation, ToolExecutor tools) {
        GovernedTools governed = new GovernedTools(toolbox, tools);
        AiServices<Assistant> service = AiServices.builder(Assistant.class)
                .chatModel(model)
                .toolProvider(governed)
                .registerListener(governed);
        if (concurrently) {
            service.executeToolsConcurrently();
        }
        String answer = service.build().answer(situation.request().requestText());
        return new Response(answer, situation.intent().primaryIntent());
    }
}
