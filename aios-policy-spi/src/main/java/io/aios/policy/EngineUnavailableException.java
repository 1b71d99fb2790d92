package io.aios.policy;

/** A policy engine cannot be found, opened or reached; its policies deny until it can. */
public final class EngineUnavailableException extends PolicyException {
    private static final long serialVersionUID = 1L;

    private final String engineId;

    /** Names the engine, what was found instead and what to do. */
    public EngineUnavailableException(String engineId, String problem) {
        super("policy engine " + engineId + ": " + problem);
        this.engineId = engineId;
    }

    /** As {@link #EngineUnavailableException(String, String)}, with the failure that caused it. */
    public EngineUnavailableException(String engineId, String problem, Throwable cause) {
        super("policy engine " + engineId + ": " + problem, cause);
        this.engineId = engineId;
    }

    /** Id of the engine. */
    public String engineId() {
        return engineId;
    }
}
