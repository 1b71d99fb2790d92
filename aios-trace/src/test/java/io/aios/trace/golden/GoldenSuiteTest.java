package io.aios.trace.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.aios.trace.Vectors;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class GoldenSuiteTest {
    private static final SimulationRunner RUNNER =
            SimulationRunner.lenient(RuleBasedPipeline.standard(), TraceSettings.defaults());

    @TempDir
    Path folder;

    /** Rewrites our fixtures when asked to with -Daios.golden.update=true; the differences are shown. */
    @BeforeAll
    static void updateOnRequest() {
        if (Boolean.getBoolean("aios.golden.update")) {
            int changed = GoldenFiles.update(
                    Path.of("src/test/resources/golden"), RUNNER, System.getenv(), System.err::println);
            assertThat(changed).isNotNegative();
        }
    }

    // tag::factory[]
    @TestFactory
    Stream<DynamicTest> ourAgentsKeepDeciding() {
        var runner = SimulationRunner.strict(RuleBasedPipeline.standard(), TraceSettings.defaults());
        return GoldenSuite.load(Path.of("src/test/resources/golden"), runner).cases().stream()
                .map(golden -> dynamicTest(golden.name(), golden::verify));
    }
    // end::factory[]

    @Test
    void theTwentyFixturesOfTheOriginalSystemPass() {
        List<GoldenFixture> fixtures =
                GoldenSuite.read(Vectors.bytes("legacy-trace-hash/golden_traces.json"), "golden_traces.json");
        GoldenReport report = GoldenSuite.of(fixtures, RUNNER).run();
        assertThat(report.failures()).extracting(GoldenOutcome::difference).isEmpty();
        assertThat(report.passed()).isEqualTo(20);
    }

    @Test
    void ourOwnFixturesAreTwentyOrMoreAndPinTheHash() {
        GoldenSuite suite = GoldenSuite.load(Path.of("src/test/resources/golden"), RUNNER);
        assertThat(suite.fixtures()).hasSizeGreaterThanOrEqualTo(20);
        assertThat(suite.fixtures())
                .allSatisfy(fixture -> assertThat(fixture.expected())
                        .containsKeys("intent", "risk_level", "agent", "model_tier", "requires_hitl", "trace_hash"));
    }

    @Test
    void aDifferenceIsReadable() throws IOException {
        DecisionPipeline calling = RuleBasedPipeline.standard().withResponse((situation, tools) -> {
            ToolOutcome outcome = tools.execute(ToolCall.of("search", Map.of("q", "b"), 0, 0));
            return new DecisionPipeline.Response(outcome.getClass().getSimpleName(), "x");
        });
        Path unused = write("a.json", """
                {"version":"1.0.0","fixtures":[{"id":"one","request_text":"I need leave","tenant_id":"t","user_id":"u",
                 "expected":{"agent":"concierge","path":["intent_classification","kb_query"],
                 "tools":[{"tool_name":"search","arguments":{"q":"a"}}]}}]}
                """);
        GoldenSuite suite = GoldenSuite.load(folder, SimulationRunner.lenient(calling, TraceSettings.defaults()));
        assertThatThrownBy(() -> suite.cases().get(0).verify())
                .isInstanceOf(GoldenMismatchException.class)
                .hasMessageContaining("one: decided otherwise")
                .hasMessageContaining("agent: expected \"concierge\", was \"hr_specialist\"")
                .hasMessageContaining("[1] expected \"kb_query\", was \"risk_assessment\"")
                .hasMessageContaining("was {\"arguments\":{\"q\":\"b\"},\"tool_name\":\"search\"}");
        String report = new String(suite.run().toJson(), StandardCharsets.UTF_8);
        assertThat(report)
                .contains("\"failed\":1", "\"passed\":0", "\"total\":1", "\"changed\":[\"agent\",\"path\",\"tools\"]");
    }

    @Test
    void anUpdateRewritesOnlyWhatIsExpectedAndShowsAChangedHashWithTheDecision() throws IOException {
        Path file = write("a.json", """
                {"version":"1.0.0","description":"d","fixtures":[
                 {"id":"one","request_text":"I need leave","tenant_id":"t","user_id":"u",
                  "expected":{"trace_hash":"0000000000000000000000000000000000000000000000000000000000000000"}},
                 {"id":"two","request_text":"I need leave","tenant_id":"t","user_id":"u","expected":{"agent":"hr_specialist"}}]}
                """);
        List<String> shown = new ArrayList<>();
        assertThat(GoldenFiles.update(folder, RUNNER, Map.of(), shown::add)).isEqualTo(1);
        assertThat(shown)
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .contains("only the hash differs", "intent: \"hr_leave\"", "agent: \"hr_specialist\""));
        assertThat(GoldenSuite.load(file, RUNNER).run().passed()).isEqualTo(2);
        assertThat(Files.readString(file)).doesNotContain("risk_level").contains("\"description\": \"d\"");
        assertThat(GoldenFiles.update(folder, RUNNER, Map.of(), shown::add)).isZero();
    }

    @Test
    void anUpdateIsRefusedInCi() throws IOException {
        Path file = write("a.json", """
                {"version":"1.0.0","fixtures":[{"id":"one","request_text":"x","tenant_id":"t","user_id":"u",
                 "expected":{"agent":"nobody"}}]}
                """);
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> GoldenFiles.update(folder, RUNNER, Map.of("CI", "true"), text -> {}))
                .isInstanceOf(GoldenFormatException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void filesThatCouldNotFailOrAreOddAreRefused() {
        for (String odd : List.of(
                "[]",
                "{}",
                "{\"version\":\"2.0.0\",\"fixtures\":[]}",
                "{\"version\":\"1.0.0\",\"fixtures\":[],\"x\":1}",
                "{\"version\":\"1.0.0\",\"fixtures\":[1]}",
                "{\"version\":\"1.0.0\",\"fixtures\":[{\"id\":\"a\"}]}",
                fixture("{}"),
                fixture("{\"mood\":\"good\"}"),
                fixture("{\"agent\":\"a\"}").replace("\"t\"", "7"),
                fixture("{\"agent\":\"a\"}").replace("\"q\"", "\" \""))) {
            assertThatThrownBy(() -> GoldenSuite.read(odd.getBytes(StandardCharsets.UTF_8), "f.json"))
                    .as(odd)
                    .isInstanceOf(GoldenFormatException.class);
        }
        List<GoldenFixture> one =
                GoldenSuite.read(fixture("{\"agent\":\"a\"}").getBytes(StandardCharsets.UTF_8), "f.json");
        assertThatThrownBy(() -> GoldenSuite.of(List.of(one.get(0), one.get(0)), RUNNER))
                .isInstanceOf(GoldenFormatException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> GoldenSuite.of(List.of(), RUNNER)).isInstanceOf(GoldenFormatException.class);
    }

    private static String fixture(String expected) {
        return "{\"version\":\"1.0.0\",\"fixtures\":[{\"id\":\"a\",\"request_text\":\"q\",\"tenant_id\":\"t\","
                + "\"user_id\":\"u\",\"expected\":" + expected + "}]}";
    }

    private Path write(String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json);
    }
}
