package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.trace.json.CanonicalJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionTraceTest {
    @Test
    void aTraceIsWrittenCanonicallyAndReadBackEqual() {
        for (DecisionTrace trace : List.of(Traces.maximal(), Traces.sealed(1).trace())) {
            byte[] json = TraceCodec.write(trace);
            assertThat(new String(CanonicalJson.canonicalize(json), StandardCharsets.UTF_8))
                    .isEqualTo(new String(json, StandardCharsets.UTF_8));
            assertThat(TraceCodec.read(json)).isEqualTo(trace);
        }
    }

    @Test
    void aStepOfAnUnknownTypeIsWrittenBackByteForByte() {
        TraceStep unknown = Traces.maximal().steps().stream()
                .filter(UnknownStep.class::isInstance)
                .findFirst()
                .orElseThrow();
        byte[] json = TraceCodec.write(Traces.maximal());
        DecisionTrace read = TraceCodec.read(json);
        assertThat(read.steps()).contains(unknown);
        assertThat(TraceCodec.write(read)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1234565, 0.123456",
        "0.1234575, 0.123457",
        "0.0000005, 0.0",
        "0.0000015, 0.000002",
        "0.3333333333333333, 0.333333",
        "0.9999999, 1.0",
        "-0.0, 0.0"
    })
    void aScoreIsRoundedHalfEvenOnItsExactValue(double score, double rounded) {
        assertThat(Confidence.of(score, "r", List.of()).score()).isEqualTo(rounded);
        assertThat(Double.doubleToRawLongBits(RiskResult.of(score, List.of()).score()))
                .isEqualTo(Double.doubleToRawLongBits(rounded));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.000001, 1.000001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aScoreOutsideZeroToOneIsRefused(double score) {
        assertThatThrownBy(() -> Confidence.of(score, "r", List.of())).isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> RiskResult.of(score, List.of())).isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> new IntentResult.Alternative("i", score)).isInstanceOf(InvalidTraceException.class);
    }

    @ParameterizedTest
    @CsvSource({"0.85, high", "0.849999, medium", "0.6, medium", "0.599999, low", "0.4, low", "0.399999, very_low"})
    void theLevelOfAConfidenceFollowsItsScore(double score, String level) {
        assertThat(Confidence.of(score, "r", List.of()).level()).isEqualTo(level);
        assertThatThrownBy(() -> new Confidence(score, "other", "r", List.of()))
                .isInstanceOf(InvalidTraceException.class)
                .hasMessageContaining(level);
    }

    @ParameterizedTest
    @CsvSource({"0.6, high", "0.599999, medium", "0.3, medium", "0.299999, low", "0, low"})
    void theLevelOfARiskFollowsItsScore(double score, String level) {
        assertThat(RiskResult.of(score, List.of()).level()).isEqualTo(level);
        assertThatThrownBy(() -> new RiskResult("critical", score, List.of()))
                .isInstanceOf(InvalidTraceException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.1",
        "0.00000049, 0",
        "0.0000005, 0",
        "0.0000015, 0.000002",
        "999999999.999999, 999999999.999999",
        "100, 100",
        "1E+2, 100"
    })
    void aCostIsADecimalOfSixPlacesWithoutDrift(BigDecimal cost, String text) {
        DecisionTrace trace = Traces.maximal().toBuilder()
                .modelSelection(new ModelSelection("m", "t", cost))
                .build();
        assertThat(new String(TraceCodec.write(trace), StandardCharsets.UTF_8))
                .contains("\"estimated_cost_usd\":" + text + ",");
        assertThat(TraceCodec.read(TraceCodec.write(trace))).isEqualTo(trace);
    }

    @Test
    void aSumOfTenthsDoesNotDrift() {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < 10; i++) {
            sum = sum.add(new BigDecimal("0.1"));
        }
        assertThat(new ModelSelection("m", "t", sum).estimatedCostUsd()).isEqualByComparingTo("1");
        for (String odd : List.of("-0.000001", "1000000000")) {
            assertThatThrownBy(() -> new ModelSelection("m", "t", new BigDecimal(odd)))
                    .isInstanceOf(InvalidTraceException.class);
        }
    }

    @Test
    void whatACallerChangesLaterChangesNothing() {
        Map<String, Object> deep = new HashMap<>(Map.of("a", 1));
        List<Object> list = new ArrayList<>(List.of(deep));
        Map<String, Object> input = new HashMap<>();
        input.put("list", list);
        List<TraceStep> steps = new ArrayList<>();
        steps.add(new StageStep("kb_query", "s", null, null, input, Map.of(), Map.of()));
        DecisionTrace trace = Traces.maximal().toBuilder().steps(steps).build();
        byte[] before = TraceCodec.write(trace);
        deep.put("a", 2);
        list.clear();
        input.clear();
        steps.clear();
        assertThat(TraceCodec.write(trace)).isEqualTo(before);
        assertThatThrownBy(() -> trace.steps().get(0).inputData().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aMissingComponentIsNamed() {
        assertThatThrownBy(() -> DecisionTrace.builder().build())
                .isInstanceOf(InvalidTraceException.class)
                .hasMessageContaining("is required");
        assertThatThrownBy(() -> Traces.maximal().toBuilder().tenantId(" ").build())
                .isInstanceOfSatisfying(
                        InvalidTraceException.class, e -> assertThat(e.path()).isEqualTo("$.tenant_id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-28T06:59:33.2445891+00:00",
                "2026-01-28T06:59:33",
                "2026-01-28 06:59:33+00:00",
                "2026-02-30T06:59:33+00:00",
                "2026-13-01T06:59:33Z",
                "2026-01-28T24:59:33Z",
                "2026-01-28T06:59:33.+00:00",
                "2026-01-28T06:59Z",
                "٢٠٢٦-01-28T06:59:33Z",
                "",
                "now"
            })
    void aTimestampThatIsNotIsoAtMicrosecondsIsRefused(String time) {
        assertThatThrownBy(() -> Traces.maximal().toBuilder().createdAt(time).build())
                .isInstanceOfSatisfying(
                        InvalidTraceException.class, e -> assertThat(e.path()).isEqualTo("$.created_at"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-28T06:59:33.244589+00:00",
                "2026-01-28T06:59:33+00:00",
                "2026-01-28T06:59:33Z",
                "2024-02-29T23:59:59.5Z",
                "2026-01-28T06:59:33.1+05:30"
            })
    void anIsoTimestampIsKeptAsItIs(String time) {
        assertThat(Traces.maximal().toBuilder().createdAt(time).build().createdAt())
                .isEqualTo(time);
    }

    @Test
    void aTimeIsCutToMicroseconds() {
        assertThat(TraceTime.text(Instant.parse("2026-01-28T06:59:33.244589999Z")))
                .isEqualTo("2026-01-28T06:59:33.244589+00:00");
        assertThat(TraceTime.text(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000000+00:00");
    }

    @Test
    void unknownKeysWrongTypesAndNullsAreRefusedWithTheirPath() {
        refused("$.surprise", tree -> tree.put("surprise", 1L), "$");
        refused("unknown key in a step", tree -> step(tree).put("surprise", 1L), "$.steps[0]");
        refused("number for text", tree -> tree.put("tenant_id", 5L), "$.tenant_id");
        refused("text for number", tree -> child(tree, "risk").put("score", "0.1"), "$.risk.score");
        refused("text for flag", tree -> tree.put("success", "true"), "$.success");
        refused("object for list", tree -> tree.put("steps", Map.of()), "$.steps");
        refused("null in a list", tree -> child(tree, "risk").put("factors", null), "$.risk.factors");
        refused("null for an absent text", tree -> tree.put("completed_at", null), "$.completed_at");
        refused("null for an absent object", tree -> tree.put("intent", null), "$.intent");
        refused("missing", tree -> tree.remove("request_text"), "$.request_text");
        refused("wrong version", tree -> tree.put("trace_version", "1.0.1"), "$.trace_version");
        refused("score", tree -> child(tree, "risk").put("score", 7L), "$.risk.score");
        refused("level", tree -> child(tree, "risk").put("level", "none"), "$.risk.level");
        refused("salt", tree -> tree.put("commit_salt", "00"), "$.commit_salt");
        refused("fraction", tree -> tree.put("policy_version", 1.5), "$.policy_version");
    }

    @Test
    void duplicateKeysAreRefused() {
        String json = new String(TraceCodec.write(Traces.maximal()), StandardCharsets.UTF_8);
        String doubled = json.replace("\"success\":true", "\"success\":true,\"success\":true");
        assertThatThrownBy(() -> TraceCodec.read(doubled.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        InvalidTraceException.class, e -> assertThat(e.path()).isEqualTo("$.success"));
    }

    @Test
    void anIntegerThatCouldNotBeReadBackIsRefusedInArguments() {
        for (Object odd : new Object[] {1e20, 0x1p53, 1L << 53}) {
            assertThatThrownBy(() -> new BlockedTool("t", Map.of("deep", List.of(odd)), "2026-01-28T06:59:33Z", "r"))
                    .isInstanceOf(InvalidTraceException.class);
        }
        assertThat(new BlockedTool("t", Map.of("n", 1e21), "2026-01-28T06:59:33Z", "r").arguments())
                .containsEntry("n", 1e21);
    }

    @Test
    void aLoneSurrogateIsRefusedEverywhere() {
        assertThatThrownBy(() ->
                        Traces.maximal().toBuilder().requestText("a\ud800").build())
                .isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> RiskResult.of(0, List.of("\udead"))).isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> new BlockedTool("t", Map.of("\udead", 1L), "2026-01-28T06:59:33Z", "r"))
                .isInstanceOf(InvalidTraceException.class);
    }

    @Test
    void noPersonalTextIsInToString() {
        SealedTrace sealed = Traces.sealed(1);
        String text = sealed.trace().toString() + sealed + sealed.trace().steps() + sealed.erase();
        assertThat(text).doesNotContain("Ann", "emp-12345", "personal", "resident@");
    }

    @Test
    void aTraceIsSealedOnceAndOnlyUnderOurProfile() {
        assertThatThrownBy(() -> SealedTrace.seal(Traces.sealed(1).trace(), new Random(1)))
                .isInstanceOf(InvalidTraceException.class);
        DecisionTrace legacy = Traces.maximal().toBuilder().hashProfile(null).build();
        assertThatThrownBy(() -> SealedTrace.seal(legacy, new Random(1))).isInstanceOf(InvalidTraceException.class);
    }

    @Test
    void theSaltIsOfTheTraceAndTheDecisionHashIsNot() {
        assertThat(Traces.sealed(1).traceHash()).isEqualTo(Traces.sealed(2).traceHash());
        assertThat(Traces.sealed(1).recordHash()).isNotEqualTo(Traces.sealed(2).recordHash());
    }

    private static Map<String, @Nullable Object> child(Map<String, @Nullable Object> tree, String key) {
        return Mutable.object(Objects.requireNonNull(tree.get(key)));
    }

    private static Map<String, @Nullable Object> step(Map<String, @Nullable Object> tree) {
        return Mutable.object(Objects.requireNonNull(
                Mutable.list(Objects.requireNonNull(tree.get("steps"))).get(0)));
    }

    private static void refused(String what, Consumer<Map<String, @Nullable Object>> change, String path) {
        Map<String, @Nullable Object> tree = Mutable.object(Traces.tree(TraceCodec.write(Traces.maximal())));
        change.accept(tree);
        assertThatThrownBy(() -> TraceCodec.read(CanonicalJson.bytes(tree)))
                .as(what)
                .isInstanceOfSatisfying(
                        InvalidTraceException.class, e -> assertThat(e.path()).isEqualTo(path));
    }
}
