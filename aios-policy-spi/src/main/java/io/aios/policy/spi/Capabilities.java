package io.aios.policy.spi;

import java.util.Objects;

/**
 * What an engine is.
 *
 * @param engineVersion version of the engine, for evidence
 * @param bounded whether an evaluation ends after a limited number of steps without blocking; such an engine runs on the
 *     caller's thread
 * @param opaque whether the engine cannot tell which attributes a policy reads, so that each of its policies must declare
 *     an input contract
 */
public record Capabilities(String engineVersion, boolean bounded, boolean opaque) {
    /** Checks. */
    public Capabilities {
        Objects.requireNonNull(engineVersion, "engineVersion");
    }
}
