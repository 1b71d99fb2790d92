package io.aios.trace;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Traces for tests. */
public final class Traces {
    /** The decision hash that document 000 prints for its sample. */
    public static final Digest SAMPLE_HASH =
            Digest.parse("414b8caba4a9ce68d69ae32b428246046dc5d2622844614768b6fc6b47b77081");

    private Traces() {}

    /** The sample of document 000, as printed. */
    public static byte[] sample() {
        try (InputStream in = Traces.class.getResourceAsStream("document-000-sample.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A trace in which every component and every kind of step is filled. */
    public static DecisionTrace maximal() {
        Map<String, Object> arguments = Map.of(
                "to",
                "resident@example.org",
                "amount",
                12.5,
                "count",
                3L,
                "urgent",
                true,
                "tags",
                List.of("a", "b"),
                "blocked_at",
                "an argument that counts",
                "nested",
                Map.of("timestamp", "t", "deep", List.of(1L, 2.5)));
        BlockedTool blocked =
                new BlockedTool("send_email", arguments, "2026-01-28T06:59:33.244589+00:00", "Simulation mode");
        List<TraceStep> steps = new ArrayList<>();
        for (String type : StageStep.TYPES.stream().sorted().toList()) {
            steps.add(new StageStep(
                    type,
                    "step-" + type,
                    "2026-01-28T06:59:33.244589+00:00",
                    0.125,
                    Map.of("in", "personal", "n", 1L),
                    Map.of("out", 0.25, "list", List.of("x")),
                    Map.of("note", "n")));
        }
        steps.add(ToolBlockedStep.of("step-blocked", blocked, Map.of("turn", 0L, "index", 0L)));
        steps.add(ToolExecutedStep.of(
                "step-executed",
                "2026-01-28T06:59:34+00:00",
                1.5,
                "search_kb",
                Digest.sha256(new byte[1]),
                "succeeded",
                Digest.sha256(new byte[2]),
                Map.of("turn", 1L)));
        steps.add(ApprovalStep.of(
                "step-approval",
                "2026-01-28T06:59:35+00:00",
                "approval-1",
                "approved",
                "manager-7",
                "2026-01-28T06:59:34.5+00:00",
                "grant-1",
                Map.of("channel", "web")));
        steps.add(new UnknownStep(
                "quantum_check",
                "step-unknown",
                "2026-01-28T06:59:36Z",
                2.0,
                Map.of("q", "?"),
                Map.of("r", "!"),
                Map.of("m", 1L),
                blocked));
        return DecisionTrace.builder()
                .traceId("trace-1")
                .requestId("request-1")
                .requestText("Please mail Ann \ud83d\ude00 at ann@example.org")
                .tenantId("cleveland-gov")
                .userId("emp-12345")
                .createdAt("2026-01-28T06:59:33.244589+00:00")
                .completedAt("2026-01-28T06:59:36.000001+00:00")
                .intent(new IntentResult(
                        "hr_leave",
                        Confidence.of(0.9, "Rule-based", List.of("Matched hr_leave", "Matched fmla")),
                        List.of(new IntentResult.Alternative("hr_policy", 0.25))))
                .risk(RiskResult.of(0.45, List.of("keyword:contract")))
                .governance(new GovernanceResult(
                        true,
                        "Risk level medium",
                        List.of("syntax_valid"),
                        List.of("risk_threshold"),
                        List.of("default")))
                .routing(new RoutingResult(
                        "hr_specialist",
                        Confidence.of(0.85, "maps", List.of("rule 7")),
                        List.of(new RoutingResult.Alternative("concierge", 0.3)),
                        "Intent maps"))
                .modelSelection(new ModelSelection("model-a", "economy", new BigDecimal("0.000123")))
                .policy(new TracePolicy("default", "1", Digest.sha256(new byte[3]), "enforce"))
                .steps(steps)
                .blockedTools(List.of(blocked))
                .responseText("Dear Ann")
                .responseType("hr_leave")
                .errorMessage("a warning about Ann")
                .simulation(true)
                .build();
    }

    /** The maximal trace, sealed with a salt from a seed. */
    public static SealedTrace sealed(long seed) {
        return SealedTrace.seal(maximal(), new Random(seed));
    }

    /** A parsed copy that tests may change. */
    public static Object tree(byte[] json) {
        return Mutable.copy(Objects.requireNonNull(CanonicalJson.parse(json)));
    }
}
