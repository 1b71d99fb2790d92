package io.aios.onboarding;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.PlainText;
import io.aios.policy.JsonValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What discovery found out about an organisation.
 *
 * @param tenantName the organisation's name
 * @param departments its departments
 * @param agents the agents it needs
 * @param knowledgeSources what the agents may draw on
 */
public record Discovery(
        String tenantName, List<Department> departments, List<Agent> agents, List<KnowledgeSource> knowledgeSources) {
    /** Most departments, agents or knowledge sources that are accepted. */
    public static final int MAX_ENTRIES = 1000;

    /**
     * A department.
     *
     * @param name its name
     * @param confidence how sure discovery is that it exists
     */
    public record Department(String name, Confidence confidence) {
        /** Checks the name. */
        public Department {
            PlainText.require("department name", name, 200);
        }
    }

    /**
     * An agent.
     *
     * @param name its name, which becomes a file name
     * @param confidence how sure discovery is that it is needed
     * @param prompt its system prompt, or null
     * @param definition its other fields: {@code title, description, department, model, tools, knowledge_sources,
     *     settings}
     */
    public record Agent(
            String name, Confidence confidence, @Nullable String prompt, Map<String, @Nullable Object> definition) {
        /** Checks the name and copies the definition. */
        public Agent {
            PlainText.require("agent name", name, 63);
            definition = Collections.unmodifiableMap(new TreeMap<>(definition));
        }
    }

    /**
     * A knowledge source.
     *
     * @param name its name
     * @param location where it is, for people
     */
    public record KnowledgeSource(String name, String location) {
        /** Checks both texts. */
        public KnowledgeSource {
            PlainText.require("knowledge source name", name, 200);
            PlainText.optional("knowledge source location", location, 1000);
        }
    }

    /** Checks the name and copies the lists. */
    public Discovery {
        PlainText.require("tenant_name", tenantName, 200);
        departments = List.copyOf(departments);
        agents = List.copyOf(agents);
        knowledgeSources = List.copyOf(knowledgeSources);
    }

    /**
     * Reads discovery input: {@code tenant_name}, {@code departments[{name, confidence}]}, {@code agents[{name, confidence,
     * prompt, …}]}, {@code knowledge_sources[{name, location}]}. A confidence is a number or {@code {score}}; one that is
     * neither is kept as unknown.
     *
     * @throws WizardException naming the field that is wrong or unknown
     * @throws io.aios.policy.InvalidJsonException when it is not JSON-shaped
     */
    public static Discovery of(Map<String, ?> jsonShaped) {
        Map<String, @Nullable Object> json = JsonValues.copyObject(jsonShaped);
        known("discovery", json, Set.of("tenant_name", "departments", "agents", "knowledge_sources"));
        List<Department> departments = new ArrayList<>();
        for (Map<String, @Nullable Object> entry : entries(json, "departments")) {
            known("departments[" + departments.size() + "]", entry, Set.of("name", "confidence"));
            departments.add(new Department(text("department", entry, "name"), confidence(entry)));
        }
        List<Agent> agents = new ArrayList<>();
        for (Map<String, @Nullable Object> entry : entries(json, "agents")) {
            Map<String, @Nullable Object> definition = new TreeMap<>(entry);
            definition.keySet().removeAll(Set.of("name", "confidence", "prompt"));
            String prompt = entry.containsKey("prompt") ? text("agent", entry, "prompt") : null;
            agents.add(new Agent(text("agent", entry, "name"), confidence(entry), prompt, definition));
        }
        List<KnowledgeSource> sources = new ArrayList<>();
        for (Map<String, @Nullable Object> entry : entries(json, "knowledge_sources")) {
            known("knowledge_sources[" + sources.size() + "]", entry, Set.of("name", "location"));
            String location = entry.containsKey("location") ? text("knowledge source", entry, "location") : "";
            sources.add(new KnowledgeSource(text("knowledge source", entry, "name"), location));
        }
        return new Discovery(text("discovery", json, "tenant_name"), departments, agents, sources);
    }

    private static Confidence confidence(Map<String, @Nullable Object> entry) {
        Object given = entry.get("confidence");
        return Confidence.of(given instanceof Map<?, ?> detailed ? detailed.get("score") : given);
    }

    private static void known(String where, Map<String, @Nullable Object> json, Set<String> fields) {
        for (String field : json.keySet()) {
            if (!fields.contains(field)) {
                throw new WizardException(where + ": unknown field \"" + shown(field) + "\"");
            }
        }
    }

    private static String text(String where, Map<String, @Nullable Object> json, String field) {
        if (json.get(field) instanceof String text) {
            return text;
        }
        throw new WizardException(where + ": \"" + field + "\" is missing or not a string");
    }

    private static List<Map<String, @Nullable Object>> entries(Map<String, @Nullable Object> json, String field) {
        Object value = json.getOrDefault(field, List.of());
        if (!(value instanceof List<?> list)) {
            throw new WizardException("discovery: \"" + field + "\" is not a list");
        }
        if (list.size() > MAX_ENTRIES) {
            throw new WizardException("discovery: " + list.size() + " " + field + "; at most " + MAX_ENTRIES);
        }
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                throw new WizardException("discovery: " + field + "[" + entries.size() + "] is not an object");
            }
            entries.add(JsonValues.copyObject(map));
        }
        return entries;
    }

    private static String shown(String field) {
        return field.codePoints().allMatch(c -> c >= 0x20 && c < 0x7f) && field.length() <= 100
                ? field
                : "(unprintable)";
    }
}
