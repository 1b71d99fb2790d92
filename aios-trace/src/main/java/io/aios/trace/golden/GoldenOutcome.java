package io.aios.trace.golden;

import io.aios.trace.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What became of one fixture. */
public final class GoldenOutcome {
    private final GoldenFixture fixture;
    private final Map<String, @Nullable Object> actual;
    private final String error;

    GoldenOutcome(GoldenFixture fixture, Map<String, @Nullable Object> actual, String error) {
        this.fixture = fixture;
        this.actual = actual;
        this.error = error;
    }

    /** The fixture. */
    public GoldenFixture fixture() {
        return fixture;
    }

    /** Everything that a fixture could expect, as it came out. */
    public Map<String, @Nullable Object> actual() {
        return Map.copyOf(withoutNulls());
    }

    private Map<String, Object> withoutNulls() {
        Map<String, Object> present = new LinkedHashMap<>();
        actual.forEach((name, value) -> {
            if (value != null) {
                present.put(name, value);
            }
        });
        return present;
    }

    /** Whether all that was expected came out. */
    public boolean passed() {
        return changed().isEmpty();
    }

    /** Names of the expectations that did not come out, the hash last. */
    public List<String> changed() {
        List<String> changed = new ArrayList<>();
        for (String name : actual.keySet()) {
            if (fixture.expected().containsKey(name)
                    && !Objects.equals(text(fixture.expected().get(name)), text(actual.get(name)))) {
                changed.add(name);
            }
        }
        return changed;
    }

    /** The difference in words: what was expected, what came out, and for a changed hash all that was decided. */
    public String difference() {
        List<String> changed = changed();
        if (changed.isEmpty()) {
            return fixture.id() + ": as expected";
        }
        StringBuilder out = new StringBuilder(fixture.id()).append(": decided otherwise");
        if (!error.isEmpty()) {
            out.append("\n  the pipeline ended in an error: ").append(error);
        }
        for (String name : changed) {
            Object expected = fixture.expected().get(name);
            Object came = actual.get(name);
            if (expected instanceof List<?> wanted && came instanceof List<?> got) {
                sequence(out.append("\n  ").append(name).append(':'), wanted, got);
            } else {
                out.append("\n  ").append(name).append(": expected ").append(text(expected));
                out.append(", was ").append(text(came));
            }
        }
        if (changed.equals(List.of("trace_hash"))) {
            out.append("\n  only the hash differs; this was decided:");
            actual.forEach((name, value) -> {
                if (!name.equals("trace_hash")) {
                    out.append("\n    ").append(name).append(": ").append(text(value));
                }
            });
        }
        return out.toString();
    }

    /** The two lists side by side from where they part. */
    private static void sequence(StringBuilder out, List<?> wanted, List<?> got) {
        for (int i = 0; i < Math.max(wanted.size(), got.size()); i++) {
            String expected = i < wanted.size() ? text(wanted.get(i)) : "nothing";
            String came = i < got.size() ? text(got.get(i)) : "nothing";
            if (!expected.equals(came)) {
                out.append("\n    [")
                        .append(i)
                        .append("] expected ")
                        .append(expected)
                        .append(", was ")
                        .append(came);
            }
        }
    }

    private static String text(@Nullable Object value) {
        return CanonicalJson.text(value);
    }
}
