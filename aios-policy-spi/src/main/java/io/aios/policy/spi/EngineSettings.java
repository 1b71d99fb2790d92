package io.aios.policy.spi;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.JsonValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of one engine as the host gave them: JSON-shaped, immutable, and never printed, because they hold secrets. */
public final class EngineSettings {
    private final String engineId;
    private final Map<String, @Nullable Object> values;

    private EngineSettings(String engineId, Map<String, @Nullable Object> values) {
        this.engineId = engineId;
        this.values = values;
    }

    /**
     * Checks and copies.
     *
     * @throws io.aios.policy.InvalidJsonException when the values are not JSON-shaped
     */
    public static EngineSettings of(String engineId, Map<String, ? extends @Nullable Object> values) {
        return new EngineSettings(engineId, JsonValues.copyObject(values));
    }

    /** Id of the engine they are for. */
    public String engineId() {
        return engineId;
    }

    /** All of them. */
    public Map<String, @Nullable Object> values() {
        return values;
    }

    /**
     * A text that must be set.
     *
     * @throws EngineUnavailableException when it is missing, empty or no text
     */
    public String requireText(String name) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            throw new EngineUnavailableException(engineId, "setting " + name + " is missing; set it to a text");
        }
        return text;
    }

    /**
     * A text that may be set; null when it is not.
     *
     * @throws EngineUnavailableException when it is no text
     */
    public @Nullable String text(String name) {
        Object value = values.get(name);
        if (value != null && !(value instanceof String)) {
            throw new EngineUnavailableException(engineId, "setting " + name + " must be a text");
        }
        return (String) value;
    }

    /**
     * An integer that may be set, within the limits given.
     *
     * @throws EngineUnavailableException when it is no integer or beyond the limits
     */
    public long integer(String name, long least, long most, long otherwise) {
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Long number) || number < least || number > most) {
            throw new EngineUnavailableException(
                    engineId, "setting " + name + " must be an integer from " + least + " to " + most);
        }
        return number;
    }

    /** The names only. */
    @Override
    public String toString() {
        return "EngineSettings[" + engineId + " " + values.keySet() + "]";
    }
}
