package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A resource that is not as it should be.
 *
 * @param key the resource
 * @param expected the digest it should have, or null when it should not be there
 * @param actual the digest it has, or null when it is not there
 */
public record Difference(
        String key, @Nullable Digest expected, @Nullable Digest actual) {
    static List<Difference> between(SortedMap<String, Digest> expected, SortedMap<String, Digest> actual) {
        TreeSet<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String key : keys) {
            Digest want = expected.get(key);
            Digest have = actual.get(key);
            if (want == null ? have != null : !want.equals(have)) {
                differences.add(new Difference(key, want, have));
            }
        }
        return differences;
    }

    @Override
    public String toString() {
        if (expected == null) {
            return key + " is there and should not be";
        }
        return actual == null
                ? key + " is missing"
                : key + " has digest " + actual.hex() + " instead of " + expected.hex();
    }
}
