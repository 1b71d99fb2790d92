package io.aios.policy.rules;

import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;

/**
 * The built-in rule engine, id {@value #ID}. Setting {@code max_steps} (1 to 1 000 000, default 10 000) limits the
 * conditions one evaluation may look at.
 */
public final class RuleEngineProvider implements PolicyEngineProvider {
    /** Id by which policies name it. */
    public static final String ID = "rules";

    private static final long DEFAULT_STEPS = 10_000;
    private static final long MOST_STEPS = 1_000_000;

    /** For {@link java.util.ServiceLoader}. */
    public RuleEngineProvider() {}

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
        return new RuleEngine(settings.integer("max_steps", 1, MOST_STEPS, DEFAULT_STEPS));
    }
}
