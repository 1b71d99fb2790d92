package io.aios.example.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.observability.api.event.AiServiceResponseReceivedEvent;
import dev.langchain4j.observability.api.listener.AiServiceResponseReceivedListener;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Offers tools to one run of an AI service and sends every call through an executor. As a listener it learns in which
 * turn and place the model asked for each, so that tools called concurrently leave the same trace.
 */
final class GovernedTools implements ToolProvider, AiServiceResponseReceivedListener {
    private record Place(int turn, int index) {}

    private final Toolbox toolbox;
    private final ToolExecutor executor;
    private final Map<ToolExecutionRequest, Deque<Place>> places = new HashMap<>();
    private int turns;

    GovernedTools(Toolbox toolbox, ToolExecutor executor) {
        this.toolbox = toolbox;
        this.executor = executor;
    }

    @Override
    public ToolProviderResult provideTools(ToolProviderRequest run) {
        ToolProviderResult.Builder tools = ToolProviderResult.builder();
        toolbox.specifications().forEach(each -> tools.add(each, (request, memoryId) -> execute(request)));
        return tools.build();
    }

    @Override
    public synchronized void onEvent(AiServiceResponseReceivedEvent event) {
        List<ToolExecutionRequest> batch = event.response().aiMessage().toolExecutionRequests();
        for (int index = 0; index < batch.size(); index++) {
            places.computeIfAbsent(batch.get(index), each -> new ArrayDeque<>()).add(new Place(turns, index));
        }
        turns++;
    }

    private String execute(ToolExecutionRequest request) {
        Place place = place(request);
        ToolCall call = ToolCall.parse(request.name(), request.arguments(), place.turn, place.index);
        return executor.execute(call)
                .fold(
                        succeeded -> text(succeeded.result()),
                        ToolOutcome.Failed::message,
                        blocked -> text(blocked.placeholder()));
    }

    private synchronized Place place(ToolExecutionRequest request) {
        Deque<Place> waiting = places.get(request);
        Place first = waiting == null ? null : waiting.poll();
        return first == null ? new Place(turns, 0) : first;
    }

    private static String text(@Nullable Object result) {
        return result instanceof String text ? text : CanonicalJson.text(result);
    }
}
