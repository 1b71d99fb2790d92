package io.aios.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A question: may this subject do this to that resource? The information model of the OpenID AuthZEN Authorization API
 * 1.0, section 5. Properties and context are checked and copied by {@link JsonValues}.
 *
 * @param subject who asks
 * @param action what is asked for, with its arguments as properties
 * @param resource what it is done to
 * @param context everything else a policy may look at
 */
public record PolicyRequest(Subject subject, Action action, Resource resource, Map<String, @Nullable Object> context) {

    // The constructors are spelt out because compact ones lose the nullness of map values for callers.

    /** Who asks: a user, an agent, a service. */
    public record Subject(String type, String id, Map<String, @Nullable Object> properties) {
        /** Checks and copies. */
        public Subject(String type, String id, Map<String, @Nullable Object> properties) {
            requireText(type, "subject.type");
            requireText(id, "subject.id");
            this.type = type;
            this.id = id;
            this.properties = JsonValues.copyObject(properties);
        }

        /** A subject without properties. */
        public static Subject of(String type, String id) {
            return new Subject(type, id, Map.of());
        }
    }

    /** What is asked for; the arguments of a tool call are its properties. */
    public record Action(String name, Map<String, @Nullable Object> properties) {
        /** Checks and copies. */
        public Action(String name, Map<String, @Nullable Object> properties) {
            requireText(name, "action.name");
            this.name = name;
            this.properties = JsonValues.copyObject(properties);
        }

        /** An action without properties. */
        public static Action of(String name) {
            return new Action(name, Map.of());
        }
    }

    /** What it is done to: a tool, a document, a deployment. */
    public record Resource(String type, String id, Map<String, @Nullable Object> properties) {
        /** Checks and copies. */
        public Resource(String type, String id, Map<String, @Nullable Object> properties) {
            requireText(type, "resource.type");
            requireText(id, "resource.id");
            this.type = type;
            this.id = id;
            this.properties = JsonValues.copyObject(properties);
        }

        /** A resource without properties. */
        public static Resource of(String type, String id) {
            return new Resource(type, id, Map.of());
        }
    }

    /** Checks and copies. */
    public PolicyRequest(Subject subject, Action action, Resource resource, Map<String, @Nullable Object> context) {
        this.subject = Objects.requireNonNull(subject, "subject");
        this.action = Objects.requireNonNull(action, "action");
        this.resource = Objects.requireNonNull(resource, "resource");
        this.context = JsonValues.copyObject(context);
    }

    /** A request without context. */
    public static PolicyRequest of(Subject subject, Action action, Resource resource) {
        return new PolicyRequest(subject, action, resource, Map.of());
    }

    /** The question whether a subject may call a tool by its exact name: action {@code tool.call}, resource type {@code tool}. */
    public static PolicyRequest toolCall(
            Subject subject, String tool, Map<String, ? extends @Nullable Object> arguments) {
        return of(subject, new Action("tool.call", JsonValues.copyObject(arguments)), Resource.of("tool", tool));
    }

    /** The same question in another context. */
    public PolicyRequest withContext(Map<String, ? extends @Nullable Object> newContext) {
        return new PolicyRequest(subject, action, resource, JsonValues.copyObject(newContext));
    }

    /** The JSON shape of AuthZEN's evaluation request; empty properties and context are written as empty objects. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("subject", Map.of("type", subject.type(), "id", subject.id(), "properties", subject.properties()));
        map.put("action", Map.of("name", action.name(), "properties", action.properties()));
        map.put("resource", Map.of("type", resource.type(), "id", resource.id(), "properties", resource.properties()));
        map.put("context", context);
        return map;
    }

    /** SHA-256 of the canonical JSON of {@link #toMap()}: what an approval of this request is bound to. */
    public String digest() {
        return JsonValues.digest(toMap());
    }

    private static void requireText(String text, String name) {
        Objects.requireNonNull(text, name);
        if (text.isEmpty()) {
            throw new InvalidJsonException("$." + name, "empty; AuthZEN requires a value");
        }
        JsonValues.requireString(text, "$." + name);
    }
}
