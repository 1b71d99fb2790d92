package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Open Policy Agent, id {@value #ID}. One engine serves one tenant and touches only packages under
 * {@code <prefix>.<tenant>}. {@link OpaLifecycle} shows and moves the states of its policies.
 *
 * <p>Settings: {@code url} (required; https, or http to a loopback address), {@code tenant} (required), {@code prefix}
 * ({@code tenants}), {@code token} (bearer token), {@code max_retries} (0 to 2, default 2; only after a failed connect or
 * status 502, 503, 504), {@code max_response_bytes} (1 MiB), {@code connect_timeout_ms} (500),
 * {@code activation_call_ms} (5000).
 *
 * <p>A policy's body has {@code rego} (the module), {@code rule} (the rule to ask, {@code decision} when absent),
 * {@code golden} (a list of {@code {request, expect}} that activation evaluates) and, because Rego cannot be looked into,
 * {@code input}. The rule answers an object: {@code allow} (boolean, required), {@code requires_hitl}, {@code reasons},
 * {@code reason_user}, {@code policy_ids}, {@code approvers}, {@code obligations}; everything else denies.
 */
public final class OpaEngineProvider implements PolicyEngineProvider {
    /** Id by which policies name it. */
    public static final String ID = "opa";

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final long DEFAULT_BYTES = 1L << 20;
    private static final long MOST_BYTES = 1L << 26;
    private static final long DEFAULT_CONNECT = 500;
    private static final long DEFAULT_CALL = 5_000;
    private static final long LONGEST = 60_000;

    private final @Nullable OpaLifecycle lifecycle;

    /** For {@link java.util.ServiceLoader}. */
    public OpaEngineProvider() {
        this.lifecycle = null;
    }

    OpaEngineProvider(OpaLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int spiMajor() {
        return 1;
    }

    @Override
    public PolicyEngine open(EngineSettings settings) {
        return lifecycle == null ? engine(settings) : lifecycle.open(settings);
    }

    static OpaEngine engine(EngineSettings settings) {
        requireJackson();
        String tenant = segment(settings, "tenant", settings.requireText("tenant"));
        String prefix = settings.text("prefix");
        OpaClient.Limits limits = new OpaClient.Limits(
                (int) settings.integer("max_retries", 0, 2, 2),
                (int) settings.integer("max_response_bytes", 1, MOST_BYTES, DEFAULT_BYTES),
                settings.integer("connect_timeout_ms", 1, LONGEST, DEFAULT_CONNECT));
        URI url = OpaUrl.parse(settings.requireText("url"));
        OpaClient client = new OpaClient(
                url,
                settings.text("token"),
                limits,
                () -> ThreadLocalRandom.current().nextDouble());
        return new OpaEngine(
                client,
                new RegoModule.Home(prefix == null ? "tenants" : segment(settings, "prefix", prefix), tenant),
                settings.integer("activation_call_ms", 1, LONGEST, DEFAULT_CALL));
    }

    private static String segment(EngineSettings settings, String name, String value) {
        if (!SEGMENT.matcher(value).matches()) {
            throw new EngineUnavailableException(
                    settings.engineId(), "setting " + name + " must match " + SEGMENT.pattern());
        }
        return value;
    }

    private static void requireJackson() {
        try {
            Class<?> mapper = Class.forName(
                    "com.fasterxml.jackson.databind.ObjectMapper", false, OpaEngineProvider.class.getClassLoader());
            if (mapper.isInterface()) {
                throw new EngineUnavailableException(ID, "jackson-databind is not the library of that name");
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new EngineUnavailableException(
                    ID,
                    "reads the server's answers with Jackson, which is missing: add "
                            + "com.fasterxml.jackson.core:jackson-databind (on the module path, also --add-modules "
                            + "com.fasterxml.jackson.databind)",
                    e);
        }
    }
}
