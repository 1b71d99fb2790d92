package io.aios.policy.spi;

/**
 * Makes engines of one kind. Found by {@link java.util.ServiceLoader}, or handed to the decision point as an instance.
 * Constructing one must do no work: the engine is opened only when a policy names it.
 */
public interface PolicyEngineProvider {
    /** The interface this release speaks; a provider of another major version is refused. */
    int SPI_MAJOR = 1;

    /** Id by which policies name the engine, for example {@code cel}; unique among the providers that are found. */
    String id();

    /** The major version the provider was written against: return the literal number, not {@link #SPI_MAJOR}. */
    int spiMajor();

    /**
     * Opens an engine. Whatever it throws, a missing library included, makes this engine unavailable and nothing else.
     */
    PolicyEngine open(EngineSettings settings);
}
