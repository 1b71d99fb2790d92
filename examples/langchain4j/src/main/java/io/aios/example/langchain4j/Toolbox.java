package io.aios.example.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The methods of an object that are marked as tools, unmodified, behind our executor: what really does the work. */
final class Toolbox implements ToolExecutor {
    private final List<ToolSpecification> specifications = new ArrayList<>();
    private final Map<String, DefaultToolExecutor> methods = new HashMap<>();

    Toolbox(Object tools) {
        for (Method method : tools.getClass().getDeclaredMethods()) {
            if (method.isAnnotationPresent(Tool.class)) {
                ToolSpecification specification = ToolSpecifications.toolSpecificationFrom(method);
                specifications.add(specification);
                methods.put(
                        specification.name(),
                        DefaultToolExecutor.builder()
                                .object(tools)
                                .originalMethod(method)
                                .methodToInvoke(method)
                                .wrapToolArgumentsExceptions(true)
                                .propagateToolExecutionExceptions(true)
                                .build());
            }
        }
    }

    List<ToolSpecification> specifications() {
        return List.copyOf(specifications);
    }

    @Override
    public ToolOutcome execute(ToolCall call) {
        DefaultToolExecutor method = methods.get(call.toolName());
        if (method == null) {
            return new ToolOutcome.Failed("no such tool");
        }
        ToolExecutionRequest request = ToolExecutionRequest.builder()
                .name(call.toolName())
                .arguments(CanonicalJson.text(call.arguments()))
                .build();
        try {
            return new ToolOutcome.Succeeded(method.execute(request, "default"));
        } catch (ToolExecutionException | ToolArgumentsException e) {
            // Its message may hold secrets of the tool, and the model would read them.
            return new ToolOutcome.Failed("the tool failed");
        }
    }
}
