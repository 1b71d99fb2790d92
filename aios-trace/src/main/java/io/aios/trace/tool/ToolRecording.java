package io.aios.trace.tool;

import io.aios.policy.InvalidJsonException;
import io.aios.policy.JsonValues;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Results of tool calls by tool and arguments, for replay. Immutable; readable and writable as JSON. */
public final class ToolRecording {
    /** One recorded answer. */
    record Answer(
            String toolName,
            Map<String, @Nullable Object> arguments,
            @Nullable Object result) {}

    private static final Set<String> KEYS = Set.of("tool_name", "arguments", "result");

    private final List<Answer> answers;

    private ToolRecording(List<Answer> answers) {
        this.answers = List.copyOf(answers);
    }

    List<Answer> answers() {
        return answers;
    }

    /** How many answers it holds. */
    public int size() {
        return answers.size();
    }

    static Object key(String toolName, Map<String, @Nullable Object> arguments) {
        Digest digest = CanonicalJson.digest(arguments);
        return List.of(toolName, digest);
    }

    /** Canonical JSON: an array of {@code {tool_name, arguments, result}}. */
    public byte[] write() {
        List<Object> list = new ArrayList<>();
        for (Answer answer : answers) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("tool_name", answer.toolName);
            entry.put("arguments", answer.arguments);
            entry.put("result", answer.result);
            list.add(entry);
        }
        return CanonicalJson.bytes(list);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws InvalidJsonException naming the path of what is wrong
     */
    public static ToolRecording read(byte[] json) {
        if (!(CanonicalJson.parse(json) instanceof List<?> list)) {
            throw new InvalidJsonException("$", "a recording is an array");
        }
        Builder builder = new Builder();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Map<?, ?> entry
                    && entry.keySet().equals(KEYS)
                    && entry.get("tool_name") instanceof String toolName
                    && entry.get("arguments") instanceof Map<?, ?> arguments) {
                builder.add(new Answer(toolName, JsonValues.copyObject(arguments), entry.get("result")));
            } else {
                throw new InvalidJsonException("$[" + i + "]", "must be an object of tool_name, arguments and result");
            }
        }
        return builder.build();
    }

    /** Collects answers in the order of their calls. */
    static final class Builder {
        private final List<Answer> answers = new ArrayList<>();

        synchronized void add(ToolCall call, @Nullable Object result) {
            answers.add(new Answer(call.toolName(), call.arguments(), result));
        }

        synchronized void add(Answer answer) {
            answers.add(answer);
        }

        synchronized ToolRecording build() {
            return new ToolRecording(answers);
        }
    }
}
