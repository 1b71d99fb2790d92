package io.aios.policy.pdp;

import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRef;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The loaded policies with the engines they were opened on; replaced as a whole. */
record ActiveSet(List<Entry> entries, String digest) {
    /** A policy and its engine, or why it has none. */
    record Entry(Policy policy, PolicyRef ref, EngineState engine) {}

    /** An engine that is open, or the reason it is not. Exactly one of the two is there. */
    record EngineState(
            String id, @org.jspecify.annotations.Nullable EngineSlot slot, String problem) {
        boolean isBounded() {
            return slot == null || slot.capabilities().bounded();
        }

        String version() {
            return slot == null ? "unknown" : slot.capabilities().engineVersion();
        }
    }

    static ActiveSet empty() {
        return of(List.of());
    }

    static ActiveSet of(List<Entry> entries) {
        List<Map<String, String>> names = entries.stream()
                .map(Entry::policy)
                .sorted(Comparator.comparing(Policy::id))
                .map(policy -> Map.of("id", policy.id(), "version", policy.version(), "digest", policy.digest()))
                .toList();
        return new ActiveSet(List.copyOf(entries), JsonValues.digest(names));
    }
}
