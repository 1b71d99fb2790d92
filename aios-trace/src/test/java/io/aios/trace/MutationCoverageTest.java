package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Mutates every leaf of a maximal trace and writes down which hash notices; the page in docs must say the same. */
class MutationCoverageTest {
    /** The closed list of DESIGN: what the decision hash leaves out, by exact path. */
    static final Set<String> NOT_IN_DECISION_HASH = Set.of(
            "/trace_id",
            "/request_id",
            "/created_at",
            "/completed_at",
            "/commit_salt",
            "/steps/*/step_id",
            "/steps/*/timestamp",
            "/steps/*/duration_ms",
            "/steps/*/blocked_tool/blocked_at",
            "/blocked_tools/*/blocked_at",
            "/trace_hash",
            "/record_hash");

    private static final Path PAGE = Path.of("..", "docs", "mutation-coverage.md");

    /** How one leaf behaves. */
    private record Coverage(boolean traceHash, boolean recordHash, int leaves) {
        Coverage and(Coverage other) {
            assertThat(other.traceHash).isEqualTo(traceHash);
            assertThat(other.recordHash).isEqualTo(recordHash);
            return new Coverage(traceHash, recordHash, leaves + other.leaves);
        }
    }

    @Test
    void everyLeafIsNoticedOrOnTheClosedList() throws IOException {
        Map<String, Coverage> table = coverage();
        table.forEach((path, coverage) -> {
            assertThat(coverage.traceHash)
                    .as("trace_hash notices %s", path)
                    .isEqualTo(!NOT_IN_DECISION_HASH.contains(path));
            if (!path.equals("/record_hash")) {
                assertThat(coverage.recordHash)
                        .as("record_hash notices %s", path)
                        .isTrue();
            }
        });
        assertThat(table.keySet()).containsAll(NOT_IN_DECISION_HASH);
        String page = page(table);
        if (Boolean.getBoolean("aios.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/mutation-coverage.md; rewrite it with -Daios.docs.write=true")
                .isEqualTo(page);
    }

    @Test
    void theMaximalTraceFillsEveryComponent() {
        Set<String> filled = new TreeSet<>();
        Mutable.walk(Traces.tree(Traces.sealed(1).bytes()), "", (pointer, value, replace) -> {
            String path = generic(pointer);
            for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
                filled.add(path.substring(0, slash));
            }
            filled.add(path);
        });
        Set<String> legacyOnly = Set.of("/policy_version", "/policy_hash");
        components(DecisionTrace.class, "", path -> {
            if (!legacyOnly.contains(path)) {
                assertThat(filled)
                        .as("component %s is on neither list: fill it in the maximal trace", path)
                        .contains(path);
            }
        });
    }

    private interface Seen {
        void path(String path);
    }

    private static void components(Class<?> type, String prefix, Seen seen) {
        for (RecordComponent component : type.getRecordComponents()) {
            var named = component.getAccessor().getAnnotation(JsonProperty.class);
            String path = prefix + "/" + named.value();
            seen.path(path);
            String generic = component.getGenericType().getTypeName();
            for (Class<?> nested : List.of(
                    IntentResult.class,
                    IntentResult.Alternative.class,
                    Confidence.class,
                    RiskResult.class,
                    GovernanceResult.class,
                    RoutingResult.class,
                    RoutingResult.Alternative.class,
                    ModelSelection.class,
                    TracePolicy.class,
                    BlockedTool.class)) {
                if (generic.equals(nested.getTypeName())
                        || generic.equals("java.util.List<" + nested.getTypeName() + ">")) {
                    components(nested, path + (generic.startsWith("java.util.List") ? "/*" : ""), seen);
                }
            }
            if (generic.equals("java.util.List<" + TraceStep.class.getTypeName() + ">")) {
                for (Class<?> step : TraceStep.class.getPermittedSubclasses()) {
                    components(step, path + "/*", seen);
                }
            }
        }
    }

    private static Map<String, Coverage> coverage() {
        SealedTrace sealed = Traces.sealed(1);
        Map<String, Coverage> table = new TreeMap<>();
        Set<String> pointers = new TreeSet<>();
        Mutable.walk(Traces.tree(sealed.bytes()), "", (pointer, value, replace) -> pointers.add(pointer));
        for (String pointer : pointers) {
            Object tree = Traces.tree(sealed.bytes());
            Mutable.walk(tree, "", (at, value, replace) -> {
                if (at.equals(pointer)) {
                    replace.accept(other(at, value, tree));
                }
            });
            if (pointer.equals("/trace_version")) {
                assertThatThrownBy(() -> TraceCodec.read(CanonicalJson.bytes(tree)))
                        .isInstanceOf(InvalidTraceException.class);
                table.put(pointer, new Coverage(true, true, 1));
                continue;
            }
            DecisionTrace mutated;
            try {
                mutated = TraceCodec.read(CanonicalJson.bytes(tree));
            } catch (InvalidTraceException | InvalidJsonException e) {
                throw new AssertionError("the mutation of " + pointer + " must stay readable", e);
            }
            boolean decision = !TraceHashes.decision(mutated).equals(sealed.traceHash());
            boolean record = !TraceHashes.record(mutated).equals(sealed.recordHash());
            table.merge(generic(pointer), new Coverage(decision, record, 1), Coverage::and);
        }
        return table;
    }

    /** Another value that the strict reader takes at this place; levels follow their scores. */
    private static @Nullable Object other(String pointer, @Nullable Object value, Object tree) {
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        if (name.equals("level")) {
            // A level alone cannot change: the score that it follows moves into its band.
            Map<String, @Nullable Object> holder = parent(tree, pointer);
            boolean risk = pointer.startsWith("/risk");
            holder.put("score", risk ? 0.1 : 0.7);
            return risk ? "low" : "medium";
        }
        if (value instanceof Boolean flag) {
            return !flag;
        }
        if (value instanceof Double number) {
            return number + 0.001;
        }
        if (value instanceof Long number) {
            return number + 1;
        }
        String text = (String) Objects.requireNonNull(value);
        if (text.matches("[0-9a-f]{64}")) {
            return Digest.sha256(text.getBytes(StandardCharsets.US_ASCII)).hex();
        }
        if (name.equals("timestamp") || name.endsWith("_at")) {
            return text.startsWith("2026-") ? text.replace("2026-", "2027-") : text + "!";
        }
        if (pointer.matches("/steps/[0-9]+/step_type")) {
            return switch (text) {
                case "error" -> "kb_query";
                case "tool_call_blocked" -> "tool_call_unknown";
                case "tool_call_executed", "approval" -> "renamed_" + text;
                default -> text.startsWith("quantum") ? "other_check" : "error";
            };
        }
        return switch (name) {
            case "hash_profile" -> "aios-jcs-9";
            default -> text + "!";
        };
    }

    private static Map<String, @Nullable Object> parent(Object tree, String pointer) {
        Object at = tree;
        String[] names = pointer.substring(1).split("/", -1);
        for (int i = 0; i < names.length - 1; i++) {
            at = Objects.requireNonNull(Mutable.object(at).get(names[i]));
        }
        return Mutable.object(at);
    }

    private static String generic(String pointer) {
        String path = pointer.replaceAll("/[0-9]+(?=/|$)", "/*");
        // Data of the host's own is one row: every leaf below it counts alike.
        return path.replaceAll("(/(?:arguments|input_data|output_data|metadata))/.*", "$1");
    }

    private static String page(Map<String, Coverage> table) {
        int leaves = table.values().stream().mapToInt(Coverage::leaves).sum();
        Map<String, Integer> noticed = new LinkedHashMap<>();
        table.values().forEach(c -> {
            noticed.merge("trace", c.traceHash ? c.leaves : 0, Integer::sum);
            noticed.merge("record", c.recordHash ? c.leaves : 0, Integer::sum);
        });
        StringBuilder page = new StringBuilder("""
                # Mutation coverage of the hashes

                Generated by `MutationCoverageTest` from a trace in which every component and every kind of step is
                filled: each leaf is changed alone, and both hashes of `aios-jcs-1` are computed again. The test fails
                when this page is not what it generates, when a component is missing from the maximal trace, and when a
                leaf that `trace_hash` does not notice is not on the closed list of exclusions.

                """);
        page.append("Of ")
                .append(leaves)
                .append(" leaves `record_hash` notices ")
                .append(noticed.get("record"))
                .append(" (all but itself); `trace_hash` notices ")
                .append(noticed.get("trace"))
                .append(", which is all but the ")
                .append(NOT_IN_DECISION_HASH.size())
                .append(" paths that differ between replays.\n\n");
        page.append(
                "`trace_version` has one legal value: any other is refused by the reader. A level follows its score,\nso the two are changed together.\n\n");
        page.append("| leaf | leaves | trace_hash | record_hash |\n|---|---|---|---|\n");
        table.forEach((path, c) -> page.append("| `")
                .append(path)
                .append("` | ")
                .append(c.leaves)
                .append(" | ")
                .append(c.traceHash ? "changes" : "same (excluded)")
                .append(" | ")
                .append(c.recordHash ? "changes" : "same (itself)")
                .append(" |\n"));
        return page.toString();
    }
}
