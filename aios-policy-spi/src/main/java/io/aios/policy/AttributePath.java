package io.aios.policy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Path of an attribute of a request: {@code subject.id}, {@code action.properties.amount}, {@code context.risk.score}.
 * The first step is one of the four parts of {@link PolicyRequest#toMap()}; keys that hold a dot cannot be reached.
 */
public final class AttributePath {
    private final String text;
    private final List<String> steps;

    private AttributePath(String text, List<String> steps) {
        this.text = text;
        this.steps = steps;
    }

    /**
     * Reads a path.
     *
     * @param policy id of the policy it stands in, for the error
     * @throws InvalidPolicyException when it does not start at one of the four parts or has an empty step
     */
    public static AttributePath parse(String policy, String text) {
        List<String> steps = List.of(text.split("\\.", -1));
        boolean known = switch (steps.get(0)) {
            case "subject", "resource" -> steps.size() > 1 && isPart(steps, "type", "id");
            case "action" -> steps.size() > 1 && isPart(steps, "name");
            case "context" -> true;
            default -> false;
        };
        if (!known || steps.contains("")) {
            throw new InvalidPolicyException(
                    policy,
                    "attribute path " + text + " must start with subject.type, subject.id, subject.properties, "
                            + "action.name, action.properties, resource.type, resource.id, resource.properties or "
                            + "context, and have no empty step");
        }
        return new AttributePath(text, steps);
    }

    private static boolean isPart(List<String> steps, String... texts) {
        return steps.get(1).equals("properties")
                || (steps.size() == 2 && List.of(texts).contains(steps.get(1)));
    }

    /** The path as written. */
    public String text() {
        return text;
    }

    /** The value there; null when it is null or missing. */
    public @Nullable Object in(PolicyRequest request) {
        Object here = root(request);
        for (int i = fromRoot(); i < steps.size() && here != null; i++) {
            here = here instanceof Map<?, ?> map ? map.get(steps.get(i)) : null;
        }
        return here;
    }

    /** Whether something is there, null included. */
    public boolean existsIn(PolicyRequest request) {
        Object here = root(request);
        for (int i = fromRoot(); i < steps.size(); i++) {
            if (!(here instanceof Map<?, ?> map) || !map.containsKey(steps.get(i))) {
                return false;
            }
            here = map.get(steps.get(i));
        }
        return true;
    }

    @Nullable String violation(PolicyRequest request, InputContract.Type type, boolean required) {
        Object value = in(request);
        if (value != null) {
            return type.holds(value) ? null : ReasonCodes.ATTRIBUTE_TYPE;
        }
        if (existsIn(request)) {
            return ReasonCodes.ATTRIBUTE_NULL;
        }
        return required ? ReasonCodes.ATTRIBUTE_MISSING : null;
    }

    /** How many steps {@link #root} has taken. */
    private int fromRoot() {
        return steps.get(0).equals("context") ? 1 : 2;
    }

    private Object root(PolicyRequest request) {
        String part = steps.get(0).equals("context") ? "" : steps.get(1);
        return switch (steps.get(0)) {
            case "subject" ->
                switch (part) {
                    case "type" -> request.subject().type();
                    case "id" -> request.subject().id();
                    default -> request.subject().properties();
                };
            case "action" ->
                part.equals("name") ? request.action().name() : request.action().properties();
            case "resource" ->
                switch (part) {
                    case "type" -> request.resource().type();
                    case "id" -> request.resource().id();
                    default -> request.resource().properties();
                };
            default -> request.context();
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AttributePath path && path.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
