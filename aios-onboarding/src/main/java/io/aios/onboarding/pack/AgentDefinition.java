package io.aios.onboarding.pack;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent as its YAML declares it.
 *
 * <p>Fields: {@code name} (the file's), and optionally {@code title, description, department, model, prompt} (strings;
 * the prompt is a path below {@code prompts/}), {@code tools} and {@code knowledge_sources} (lists of names) and
 * {@code settings} (an open mapping for the host). Anything else is refused.
 *
 * @param name the agent's name
 * @param tools the tools it may call: its tool grants, in order
 * @param prompt the prompt file it uses, or null
 * @param definition the whole definition, JSON-shaped
 */
public record AgentDefinition(
        String name, List<String> tools, @Nullable String prompt, Map<String, @Nullable Object> definition) {
    private static final Set<String> TEXTS = Set.of("title", "description", "department", "model", "prompt");
    private static final Set<String> OPTIONAL =
            Set.of("title", "description", "department", "model", "prompt", "tools", "knowledge_sources", "settings");

    /** Copies the lists. */
    public AgentDefinition {
        tools = List.copyOf(tools);
        definition = Collections.unmodifiableMap(definition);
    }

    /**
     * Reads a definition.
     *
     * @param where the file, for messages
     * @throws PackageException naming the field that is wrong
     */
    public static AgentDefinition of(String where, Map<String, @Nullable Object> json) {
        JsonShape.requireKeys(where, json, Set.of("name"), OPTIONAL);
        String name = JsonShape.string(where, json, "name");
        if (!FileRole.AGENT.path(name).equals(where)) {
            throw new PackageException(where + ": the agent calls itself " + PortablePath.quoted(name));
        }
        for (String field : TEXTS) {
            if (json.containsKey(field)) {
                PlainText.optional(where + ": " + field, JsonShape.string(where, json, field), 4000);
            }
        }
        if (json.containsKey("knowledge_sources")) {
            names(where, json, "knowledge_sources");
        }
        if (json.containsKey("settings")) {
            JsonShape.object(where + ": settings", json.get("settings"));
        }
        List<String> tools = json.containsKey("tools") ? names(where, json, "tools") : List.of();
        String prompt = json.containsKey("prompt") ? JsonShape.string(where, json, "prompt") : null;
        return new AgentDefinition(name, tools, prompt, json);
    }

    @CanIgnoreReturnValue
    private static List<String> names(String where, Map<String, @Nullable Object> json, String field) {
        List<String> names = new ArrayList<>();
        for (Object element : JsonShape.list(where, json, field)) {
            if (!(element instanceof String name)) {
                throw new PackageException(where + ": " + field + "[" + names.size() + "] is not a string");
            }
            if (names.contains(PlainText.require(where + ": " + field, name, 200))) {
                throw new PackageException(where + ": " + field + " names " + PortablePath.quoted(name) + " twice");
            }
            names.add(name);
        }
        return names;
    }
}
