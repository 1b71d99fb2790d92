package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What runs for an organisation on a target.
 *
 * @param resources the digest of every resource that is there, whoever put it there
 * @param log the verified log
 */
public record TargetState(SortedMap<String, Digest> resources, DeploymentLog log) {
    /** Copies the map. */
    public TargetState {
        resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
    }

    /** SHA-256 of the lines {@code sha256sum} would print over the resources, sorted by name. */
    public Digest digest() {
        return digest(resources);
    }

    static Digest digest(SortedMap<String, Digest> resources) {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, Digest> entry : resources.entrySet()) {
            lines.append(entry.getValue().hex())
                    .append("  ")
                    .append(entry.getKey())
                    .append('\n');
        }
        return Digest.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
