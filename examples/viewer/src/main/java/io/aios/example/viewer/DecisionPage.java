package io.aios.example.viewer;

import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.verify.DecisionReport;
import io.aios.trace.BlockedTool;
import io.aios.trace.DecisionTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceStep;
import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A decision and its evidence as one HTML page: no script, nothing loaded, fit for A4. */
final class DecisionPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>
            :root { color-scheme: light; }
            body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #d1d9e0; }
            table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #eaeef2; }
            code, pre { font: 12.5px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
            .time { white-space: nowrap; }
            .verdict { padding: .7rem 1rem; border-radius: 6px; font-weight: 600; }
            .good { background: #dafbe1; color: #116329; } .bad { background: #ffebe9; color: #a40e26; }
            .drawing svg { max-width: 100%; height: auto; } blockquote { margin: 0; padding-left: 1rem; border-left: 3px solid #d1d9e0; }
            @page { size: A4; margin: 16mm; }
            @media print { body { margin: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; } tr, svg, details { break-inside: avoid; } }
            </style>
            """;

    private DecisionPage() {}

    static String html(SealedTrace sealed, DecisionReport report, List<AuditLeaf> entries) {
        DecisionTrace trace = sealed.trace();
        Markup page = new Markup()
                .raw(HEAD)
                .element("title", "Decision " + trace.traceId())
                .raw("</head>\n<body>\n");
        page.element("h1", "Decision " + trace.traceId());
        verdict(page, report);
        page.raw("<h2>The request</h2><blockquote>").text(trace.requestText()).raw("</blockquote>");
        page.raw("<h2>Its life</h2><div class=\"drawing\">")
                .raw(LifeOfADecision.svg(sealed))
                .raw("</div>");
        facts(page, sealed);
        steps(page, trace);
        blocked(page, trace);
        log(page, entries);
        page.raw("<h2>The record</h2><pre>").text(new String(sealed.bytes(), StandardCharsets.UTF_8));
        return page.raw("</pre>\n</body>\n</html>\n").toString();
    }

    private static void verdict(Markup page, DecisionReport report) {
        String text = report.fold(
                proven -> "Proven: recorded in a signed log of " + proven.size() + " entries, decided under policy "
                        + proven.policy().id() + " of the deployed package " + proven.packageHash(),
                broken -> "Not proven: the link " + broken.link() + " does not hold: " + broken.what());
        page.raw("<p class=\"verdict " + report.fold(proven -> "good", broken -> "bad") + "\">")
                .text(text)
                .raw("</p>");
    }

    private static void facts(Markup page, SealedTrace sealed) {
        DecisionTrace trace = sealed.trace();
        page.raw("<h2>Facts</h2><table>");
        fact(page, "tenant", trace.tenantId());
        fact(page, "asked by", trace.userId());
        fact(page, "at", trace.createdAt());
        fact(page, "simulation", trace.simulation() ? "yes: no tool could run" : "no");
        fact(page, "answer", trace.responseText());
        fact(page, "trace_hash", sealed.traceHash());
        fact(page, "record_hash", sealed.recordHash());
        page.raw("</table>");
    }

    private static void fact(Markup page, String name, Object value) {
        page.raw("<tr>").element("th", name).element("td", value).raw("</tr>");
    }

    private static void steps(Markup page, DecisionTrace trace) {
        page.raw("<h2>Steps</h2><table><tr><th>step</th><th>given</th><th>decided</th></tr>");
        for (TraceStep step : trace.steps()) {
            page.raw("<tr>")
                    .element("td", step.stepType())
                    .raw("<td>")
                    .element("code", CanonicalJson.text(step.inputData()))
                    .raw("</td><td>")
                    .element("code", CanonicalJson.text(step.outputData()))
                    .raw("</td></tr>");
        }
        page.raw("</table>");
    }

    private static void blocked(Markup page, DecisionTrace trace) {
        if (trace.blockedTools().isEmpty()) {
            return;
        }
        page.raw("<h2>Tools that were stopped</h2><table><tr><th>tool</th><th>arguments</th><th>why</th></tr>");
        for (BlockedTool tool : trace.blockedTools()) {
            page.raw("<tr>")
                    .element("td", tool.toolName())
                    .raw("<td>")
                    .element("code", CanonicalJson.text(tool.arguments()))
                    .raw("</td>")
                    .element("td", tool.reason())
                    .raw("</tr>");
        }
        page.raw("</table>");
    }

    private static void log(Markup page, List<AuditLeaf> entries) {
        page.raw("<h2>Entries of the audit log that the evidence shows</h2>")
                .raw("<table><tr><th>seq</th><th>at</th><th>what</th><th>outcome</th><th>entry hash</th></tr>");
        for (AuditLeaf entry : entries) {
            page.raw("<tr>")
                    .element("td", entry.seq())
                    .raw("<td class=\"time\">")
                    .text(entry.at())
                    .raw("</td>")
                    .element("td", entry.type())
                    .element("td", entry.outcome())
                    .raw("<td>")
                    .element("code", entry.hash())
                    .raw("</td></tr>");
        }
        page.raw("</table>");
    }
}
