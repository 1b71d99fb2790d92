package io.aios.example.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.verify.DecisionReport;
import io.aios.audit.verify.DecisionReport.Link;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCall;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ViewerTest {
    private static final Path DRAWING = Path.of(System.getProperty("aios.root"), "docs/images/life-of-a-decision.svg");
    private static final String HOSTILE =
            "</text></svg><script>alert(1)</script>\"' onload=x \u202egpj.exe\u0000 & ]]> <img src=x onerror=y>";

    private static SealedTrace trace(String request) {
        TraceSettings pinned = TraceSettings.defaults()
                .withClock(Clock.fixed(Instant.parse("2026-01-28T06:59:33.244589Z"), ZoneOffset.UTC))
                .withIds(() -> "e98747b7-373e-43f3-b597-f1be7e6a5763")
                .withSalts(new Random(1));
        return SimulationRunner.lenient(
                        RuleBasedPipeline.standard().withResponse((situation, tools) -> {
                            var unused = tools.execute(ToolCall.of("kb_search", Map.of("query", request), 0, 0));
                            return new Response("The portal takes the request.", "hr_leave");
                        }),
                        pinned)
                .run(new DecisionRequest(request, "cleveland-gov", "emp-12345"))
                .sealed();
    }

    @Test
    void theDrawingInTheDocumentationIsOfARealTrace() throws IOException {
        String svg = LifeOfADecision.svg(trace("I need to request FMLA leave for medical treatment"));
        if (Boolean.getBoolean("aios.drawing.update") && System.getenv("CI") == null) {
            Files.createDirectories(DRAWING.getParent());
            Files.writeString(DRAWING, svg);
        }

        assertThat(DRAWING).content().isEqualTo(svg);
        assertThat(svg)
                .contains("kb_search did not run")
                .contains("hr_specialist")
                .contains("trace_hash");
    }

    @Test
    void theDrawingIsWellFormedAndHoldsTextOnly() throws Exception {
        Document drawing = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        LifeOfADecision.svg(trace(HOSTILE)).getBytes(StandardCharsets.UTF_8)));

        assertThat(drawing.getDocumentElement().getTagName()).isEqualTo("svg");
        for (String active : List.of("script", "img", "image", "a", "use", "foreignObject", "style")) {
            assertThat(drawing.getElementsByTagName(active).getLength()).isZero();
        }
    }

    @Test
    void hostileTextStaysTextOnThePage() {
        String page = DecisionPage.html(trace(HOSTILE), new DecisionReport.Broken(Link.TRACE, HOSTILE), List.of());

        assertThat(page)
                .doesNotContain("<script", "<img", "\u202e", "\u0000", "onload=x \u202e")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "[U+202E]");
        assertThat(page.split("</svg>", -1)).hasSize(2);
    }

    @Test
    void thePageLoadsNothing() {
        String page = DecisionPage.html(
                        trace("May I take leave?"), new DecisionReport.Broken(Link.ENTRY, "nothing"), List.of())
                .replace("xmlns=\"http://www.w3.org/2000/svg\"", "");

        assertThat(page)
                .contains("default-src 'none'", "@page { size: A4")
                .doesNotContain("src=", "href=", "url(", "@import", "http:", "https:")
                .contains("Not proven: the link ENTRY does not hold");
    }

    @Test
    void whatCannotBeReadIsNamed(@TempDir Path folder) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        assertThat(Viewer.run(List.of(), out)).isEqualTo(2);
        assertThat(Viewer.run(List.of("none.jsonl", folder.resolve("none.vkey").toString(), "out"), out))
                .isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("arguments:")
                .contains("none.vkey");
    }
}
