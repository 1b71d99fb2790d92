package io.aios.trace.golden;

import io.aios.trace.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a suite.
 *
 * @param outcomes one per fixture, in order
 */
public record GoldenReport(List<GoldenOutcome> outcomes) {
    /** Copies. */
    public GoldenReport {
        outcomes = List.copyOf(outcomes);
    }

    /** How many fixtures came out as expected. */
    public long passed() {
        return outcomes.stream().filter(GoldenOutcome::passed).count();
    }

    /** The outcomes that differ. */
    public List<GoldenOutcome> failures() {
        return outcomes.stream().filter(outcome -> !outcome.passed()).toList();
    }

    /** Canonical JSON: {@code {total, passed, failed, cases[{id, passed, changed[], trace_hash, difference?}]}}. */
    public byte[] toJson() {
        List<Object> cases = new ArrayList<>();
        for (GoldenOutcome outcome : outcomes) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("id", outcome.fixture().id());
            entry.put("passed", outcome.passed());
            entry.put("changed", outcome.changed());
            entry.put("trace_hash", outcome.actual().get("trace_hash"));
            if (!outcome.passed()) {
                entry.put("difference", outcome.difference());
            }
            cases.add(entry);
        }
        return CanonicalJson.bytes(Map.of(
                "total",
                (long) outcomes.size(),
                "passed",
                passed(),
                "failed",
                outcomes.size() - passed(),
                "cases",
                cases));
    }
}
