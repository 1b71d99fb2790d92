package io.aios.policy;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Attributes a request must carry, with their types; checked before any engine runs, because engines take a missing or
 * null attribute for "no objection".
 *
 * <p>In a policy's body it is an object from {@link AttributePath} to type: {@code string, number, integer, boolean,
 * array, object}; a trailing {@code ?} makes the attribute optional, but if it is there it must have the type.
 */
public final class InputContract {
    /** Type of an attribute. */
    public enum Type {
        /** Text. */
        STRING,
        /** Any number. */
        NUMBER,
        /** A number without a fraction. */
        INTEGER,
        /** True or false. */
        BOOLEAN,
        /** A list. */
        ARRAY,
        /** An object. */
        OBJECT;

        boolean holds(Object value) {
            return switch (this) {
                case STRING -> value instanceof String;
                case NUMBER -> value instanceof Number;
                case INTEGER -> value instanceof Long || (value instanceof Double real && real == Math.rint(real));
                case BOOLEAN -> value instanceof Boolean;
                case ARRAY -> value instanceof java.util.List<?>;
                case OBJECT -> value instanceof Map<?, ?>;
            };
        }
    }

    private record Attribute(AttributePath path, Type type, boolean required) {}

    private final Map<String, Attribute> attributes;
    private final boolean declared;

    private InputContract(Map<String, Attribute> attributes, boolean declared) {
        this.attributes = attributes;
        this.declared = declared;
    }

    static InputContract of(String policy, @Nullable Object body, boolean declared) {
        Map<String, Attribute> attributes = new TreeMap<>();
        if (!declared) {
            return new InputContract(attributes, false);
        }
        if (!(body instanceof Map<?, ?> declarations)) {
            throw new InvalidPolicyException(policy, "input must be an object from attribute path to type");
        }
        declarations.forEach((key, value) -> {
            AttributePath path = AttributePath.parse(policy, (String) key);
            String name = value instanceof String text ? text : "";
            boolean required = !name.endsWith("?");
            attributes.put(path.text(), new Attribute(path, type(policy, path, name), required));
        });
        return new InputContract(attributes, true);
    }

    private static Type type(String policy, AttributePath path, String name) {
        String bare = name.endsWith("?") ? name.substring(0, name.length() - 1) : name;
        for (Type type : Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(bare)) {
                return type;
            }
        }
        throw new InvalidPolicyException(
                policy, "input." + path.text() + " must be string, number, integer, boolean, array or object");
    }

    /** Whether the policy declares a contract at all; one that requires nothing must say so with an empty object. */
    public boolean isDeclared() {
        return declared;
    }

    /** The required attributes, in order of their paths. */
    public Map<AttributePath, Type> required() {
        Map<AttributePath, Type> required = new LinkedHashMap<>();
        attributes.values().stream()
                .filter(Attribute::required)
                .forEach(attribute -> required.put(attribute.path(), attribute.type()));
        return required;
    }

    /** The first thing the request gets wrong, in order of the paths; empty when it satisfies the contract. */
    public Optional<Reason> violation(PolicyRequest request) {
        for (Attribute attribute : attributes.values()) {
            String code = attribute.path().violation(request, attribute.type(), attribute.required());
            if (code != null) {
                return Optional.of(Reason.of(
                        code,
                        "attribute " + attribute.path().text() + " must be "
                                + attribute.type().name().toLowerCase(Locale.ROOT)));
            }
        }
        return Optional.empty();
    }
}
