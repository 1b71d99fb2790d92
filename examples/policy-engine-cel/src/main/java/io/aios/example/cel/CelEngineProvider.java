package io.aios.example.cel;

import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;

// tag::provider[]
/** Found by ServiceLoader: the class is named in META-INF/services. */
public final class CelEngineProvider implements PolicyEngineProvider {
    @Override
    public String id() {
        return "cel";
    }

    @Override
    public int spiMajor() {
        return 1;
    }

    @Override
    public PolicyEngine open(EngineSettings settings) {
        return new CelEngine();
    }
}
// end::provider[]
