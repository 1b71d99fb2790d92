package io.aios.example.viewer;

import io.aios.trace.DecisionTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.ToolBlockedStep;
import io.aios.trace.TraceStep;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Draws a trace as a timeline: what was asked, each step with what it decided, and what holds the result. */
final class LifeOfADecision {
    private static final int WIDTH = 760;
    private static final int ROW = 46;
    private static final int LINE_X = 36;
    private static final int TEXT_X = 64;
    private static final int DETAIL_X = 290;
    private static final int LONGEST = 56;

    /** One row of the drawing. */
    private record Row(String title, String detail, String colour) {}

    private LifeOfADecision() {}

    /** An SVG document of its own. */
    static String svg(SealedTrace sealed) {
        List<Row> rows = rows(sealed);
        int height = rows.size() * ROW + 24;
        Markup svg = new Markup()
                .raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height + "\" width=\""
                        + WIDTH + "\" height=\"" + height
                        + "\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"14\">")
                .element("title", "The life of decision " + sealed.trace().traceId())
                .raw("<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#ffffff\"/>")
                .raw("<line x1=\"" + LINE_X + "\" y1=\"34\" x2=\"" + LINE_X + "\" y2=\"" + (height - 36)
                        + "\" stroke=\"#c9d1d9\" stroke-width=\"2\"/>");
        for (int index = 0; index < rows.size(); index++) {
            row(svg, rows.get(index), 12 + index * ROW, index % 2 == 0);
        }
        return svg.raw("</svg>\n").toString();
    }

    private static void row(Markup svg, Row row, int top, boolean shaded) {
        int middle = top + ROW / 2;
        if (shaded) {
            svg.raw("<rect x=\"52\" y=\"" + (top + 4) + "\" width=\"" + (WIDTH - 64) + "\" height=\"" + (ROW - 8)
                    + "\" rx=\"6\" fill=\"#f6f8fa\"/>");
        }
        svg.raw("<circle cx=\"" + LINE_X + "\" cy=\"" + middle + "\" r=\"7\" fill=\"" + row.colour()
                        + "\" stroke=\"#ffffff\" stroke-width=\"2\"/>")
                .raw("<text x=\"" + TEXT_X + "\" y=\"" + (middle + 5) + "\" font-weight=\"600\" fill=\"#1f2328\">")
                .text(shorten(row.title(), 26))
                .raw("</text><text x=\"" + DETAIL_X + "\" y=\"" + (middle + 5) + "\" fill=\"#3d444d\">")
                .text(shorten(row.detail(), LONGEST))
                .raw("</text>");
    }

    private static List<Row> rows(SealedTrace sealed) {
        DecisionTrace trace = sealed.trace();
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("asked by " + trace.tenantId(), "\u201c" + trace.requestText() + "\u201d", "#0969da"));
        for (TraceStep step : trace.steps()) {
            rows.add(new Row(step.stepType().replace('_', ' '), words(step, trace), colour(step, trace)));
        }
        rows.add(new Row("same decision, same hash", "trace_hash " + brief(sealed.traceHash()), "#1a7f37"));
        rows.add(new Row("this very record", "record_hash " + brief(sealed.recordHash()), "#1a7f37"));
        return rows;
    }

    private static String colour(TraceStep step, DecisionTrace trace) {
        return switch (step.stepType()) {
            case "tool_call_blocked", "error" -> "#cf222e";
            case "approval" -> "#bf8700";
            case "governance_check" ->
                trace.governance() != null && trace.governance().requiresHitl() ? "#bf8700" : "#1a7f37";
            default -> "#57606a";
        };
    }

    private static String brief(Digest digest) {
        return digest.hex().substring(0, 32) + "\u2026";
    }

    private static String words(TraceStep step, DecisionTrace trace) {
        if (step instanceof ToolBlockedStep blocked && blocked.blockedTool() != null) {
            return blocked.blockedTool().toolName() + " did not run: "
                    + blocked.blockedTool().reason();
        }
        if (step.stepType().equals("governance_check") && trace.governance() != null) {
            return (trace.governance().requiresHitl() ? trace.governance().hitlReason() : "no human needed")
                    + ", policy " + String.join(", ", trace.governance().policyIds());
        }
        List<String> words = new ArrayList<>();
        new TreeMap<>(step.outputData())
                .forEach((name, value) -> words.add(name.replace('_', ' ') + " "
                        + (value instanceof String text ? text : CanonicalJson.text(value))));
        return String.join(", ", words);
    }

    private static String shorten(String text, int longest) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= longest
                ? line
                : line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "\u2026";
    }
}
