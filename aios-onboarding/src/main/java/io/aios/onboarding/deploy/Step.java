package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One change of one resource.
 *
 * @param key the resource, named as in the package
 * @param before its digest where the step starts, or null when it is not there
 * @param after its digest where the step ends, or null when it is deleted
 * @param packageHash the package whose bytes it writes
 */
public record Step(
        String key, @Nullable Digest before, @Nullable Digest after, Digest packageHash) {
    /** {@code create}, {@code update} or {@code delete}. */
    public String action() {
        if (after == null) {
            return "delete";
        }
        return before == null ? "create" : "update";
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("key", key);
        json.put("action", action());
        json.put("before", before == null ? null : before.hex());
        json.put("after", after == null ? null : after.hex());
        json.put("package_hash", packageHash.hex());
        return json;
    }

    static Step fromJson(Object json) {
        JsonFields fields = JsonFields.of("step", json);
        return new Step(
                fields.string("key"),
                fields.optionalDigest("before"),
                fields.optionalDigest("after"),
                fields.digest("package_hash"));
    }
}
