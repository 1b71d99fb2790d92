package io.aios.policy.contract;

import io.aios.policy.Policy;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the author of an engine hands to its contract: the engine, and the same few policies written in its language. All
 * are about every action; those that read an attribute declare it under {@code input}.
 */
public interface EngineFixture {
    /** The provider under test. */
    PolicyEngineProvider provider();

    /** Settings it needs. */
    default Map<String, @Nullable Object> settings() {
        return Map.of();
    }

    /** Permits always. */
    Policy permits(String id);

    /** Denies always. */
    Policy denies(String id);

    /** Permits when the number {@code context.amount}, a required attribute, is at most 1000; wants review above. */
    Policy permitsUpToThousand(String id);

    /** Cannot be activated: a syntax error, an unknown name. */
    Policy broken(String id);
}
