package io.aios.policy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something the caller must do if it acts on a permit (AuthZEN Obligations profile: id, type, properties). A permit with
 * an obligation of a type the decision point was not told to understand becomes a denial.
 *
 * @param id names this obligation within its policy
 * @param type what kind of deed it is, for example {@code notification}
 * @param properties the parameters of the deed; text in them comes from the policy's author
 */
public record Obligation(String id, String type, Map<String, @Nullable Object> properties) {
    /** Checks and copies. */
    public Obligation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        if (id.isEmpty() || type.isEmpty()) {
            throw new InvalidJsonException("$.obligation", "id and type must not be empty");
        }
        properties = JsonValues.copyObject(properties);
    }
}
