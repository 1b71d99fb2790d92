package io.aios.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A policy: id, version, the bytes it was written in, and its JSON-shaped body. The digest is the SHA-256 of the bytes.
 *
 * <p>The decision point reads four keys of the body, for every engine alike: {@code engine} (the engine's id,
 * {@code rules} when absent), {@code actions} (exact names of the actions it is about; every action when absent),
 * {@code input} (its {@link InputContract}) and {@code controls} (ids of the controls it implements, for audit). The rest
 * is the engine's.
 */
public final class Policy {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private final String id;
    private final String version;
    private final byte[] source;
    private final Map<String, @Nullable Object> body;
    private final String digest;
    private final String engine;
    private final @Nullable List<String> actions;
    private final InputContract input;
    private final List<String> controls;

    private Policy(String id, String version, byte[] source, Map<String, @Nullable Object> body) {
        this.id = name(id, "id", "(unnamed)");
        this.version = name(version, "version", id);
        this.source = source;
        this.body = body;
        this.digest = Sha256.hex(source);
        this.engine = body.containsKey("engine") ? name(body.get("engine"), "engine", id) : "rules";
        this.actions = body.containsKey("actions") ? strings(id, "actions", body.get("actions")) : null;
        this.input = InputContract.of(id, body.get("input"), body.containsKey("input"));
        this.controls = body.containsKey("controls") ? strings(id, "controls", body.get("controls")) : List.of();
    }

    /**
     * A policy whose bytes are the canonical JSON of its body.
     *
     * @throws InvalidPolicyException when the identity or one of the four common keys is wrong
     * @throws InvalidJsonException when the body is not JSON-shaped
     */
    public static Policy of(String id, String version, Map<String, ? extends @Nullable Object> body) {
        Map<String, @Nullable Object> copy = JsonValues.copyObject(body);
        return new Policy(id, version, JsonValues.canonical(copy).getBytes(StandardCharsets.UTF_8), copy);
    }

    /**
     * A policy read from bytes, YAML for example. The caller vouches that the body is what the bytes say.
     *
     * @throws InvalidPolicyException when the identity or one of the four common keys is wrong
     * @throws InvalidJsonException when the body is not JSON-shaped
     */
    public static Policy of(String id, String version, byte[] source, Map<String, ? extends @Nullable Object> body) {
        return new Policy(id, version, source.clone(), JsonValues.copyObject(body));
    }

    /** Names the policy; unique within a decision point. */
    public String id() {
        return id;
    }

    /** Version the author gave it. */
    public String version() {
        return version;
    }

    /** A copy of the bytes it was written in. */
    public byte[] source() {
        return source.clone();
    }

    /** The immutable body. */
    public Map<String, @Nullable Object> body() {
        return body;
    }

    /** SHA-256 of the source bytes, 64 lower-case hex digits. */
    public String digest() {
        return digest;
    }

    /** Id of the engine that evaluates it. */
    public String engine() {
        return engine;
    }

    /** Whether it is about this action; exact, by code point. */
    public boolean isAbout(String action) {
        return actions == null || actions.contains(action);
    }

    /** What a request must carry before the policy is asked. */
    public InputContract input() {
        return input;
    }

    /** Ids of the controls it implements. */
    public List<String> controls() {
        return controls;
    }

    /** Id, version and the start of the digest; never the body. */
    @Override
    public String toString() {
        return id + "@" + version + " (" + digest.substring(0, 12) + ")";
    }

    private static String name(@Nullable Object value, String what, String policy) {
        if (!(value instanceof String name) || !NAME.matcher(name).matches()) {
            throw new InvalidPolicyException(
                    policy, what + " must match " + NAME.pattern() + ", so that it is safe in paths and logs");
        }
        return name;
    }

    private static List<String> strings(String policy, String key, @Nullable Object value) {
        List<String> strings = new ArrayList<>();
        if (!(value instanceof List<?> list)) {
            throw new InvalidPolicyException(policy, key + " must be a list of strings");
        }
        for (Object element : list) {
            if (!(element instanceof String text) || text.isEmpty()) {
                throw new InvalidPolicyException(policy, key + " must be a list of strings that are not empty");
            }
            strings.add(Objects.requireNonNull(text));
        }
        return List.copyOf(strings);
    }
}
