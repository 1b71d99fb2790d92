package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story as a stranger sees it. */
class QuickstartIT {
    @TempDir
    Path out;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void theStoryFitsOnAScreenAndEveryCheckHolds() throws IOException {
        int exit = run("--out", out.toString());

        List<String> lines = lines();
        assertThat(lines).hasSizeLessThanOrEqualTo(40);
        assertThat(lines).allMatch(line -> line.codePointCount(0, line.length()) <= 80);
        assertThat(lines).noneMatch(line -> line.contains("FAIL")).noneMatch(line -> line.contains("\u001b"));
        assertThat(lines.get(lines.size() - 1)).matches("ALL \\d+ CHECKS HELD");
        assertThat(exit).isZero();
        assertThat(out.resolve("trace.json")).content().contains("\"trace_hash\":");
        assertThat(out.resolve("package/SHA256SUMS")).content().contains("agents/hr_agent.yaml");
        assertThat(out.resolve("report.md")).content().contains("CHECKS HELD");
    }

    @Test
    void aFolderOfFixturesRunsThroughTheSamePath() throws IOException {
        Path fixtures = Files.createDirectory(out.resolve("fixtures"));
        Files.writeString(fixtures.resolve("leave.json"), """
                {"version": "1.0.0", "description": "one", "fixtures": [
                  {"id": "leave", "request_text": "I need to request FMLA leave", "tenant_id": "test-tenant",
                   "user_id": "employee-123", "expected": {"intent": "hr_leave", "risk_level": "low",
                   "agent": "hr_specialist", "model_tier": "economy", "requires_hitl": false}}]}
                """);

        assertThat(run("--out", out.resolve("new").toString(), "--fixtures", fixtures.toString()))
                .isZero();
        assertThat(lines()).anyMatch(line -> line.contains("1 of 1 fixtures"));
    }

    @Test
    void aFixtureWhoseExpectationDoesNotHoldMakesTheExitCodeOne() throws IOException {
        Path fixture = out.resolve("wrong.json");
        Files.writeString(fixture, """
                {"version": "1.0.0", "description": "one", "fixtures": [
                  {"id": "wrong", "request_text": "I need to request FMLA leave", "tenant_id": "test-tenant",
                   "user_id": "employee-123", "expected": {"intent": "it_support", "risk_level": "low",
                   "agent": "hr_specialist", "model_tier": "economy", "requires_hitl": false}}]}
                """);

        assertThat(run("--out", out.resolve("new").toString(), "--fixtures", fixture.toString()))
                .isEqualTo(1);
        assertThat(lines()).anyMatch(line -> line.contains("FAIL"));
    }

    @Test
    void aTenantThatIsAPathIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertThat(run("--out", out.resolve("nothing").toString(), "--tenant", "../etc"))
                .isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("--tenant")
                .hasLineCount(1);
        assertThat(out.resolve("nothing")).doesNotExist();
    }

    @Test
    void aFolderOfSomebodyElseIsNotEmptied() throws IOException {
        Path precious = Files.createDirectory(out.resolve("package")).resolve("precious.txt");
        Files.writeString(precious, "mine");

        assertThat(run("--out", out.toString())).isEqualTo(2);
        assertThat(precious).hasContent("mine");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(out.toString())
                .hasLineCount(1);
    }

    @Test
    void aFixtureWhoseIdIsAPathIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path fixture = out.resolve("evil.json");
        Files.writeString(fixture, """
                {"version": "1.0.0", "description": "one", "fixtures": [
                  {"id": "../../evil", "request_text": "I need to request FMLA leave", "tenant_id": "test-tenant",
                   "user_id": "employee-123", "expected": {"intent": "hr_leave"}}]}
                """);

        assertThat(run("--out", out.resolve("new").toString(), "--fixtures", fixture.toString()))
                .isEqualTo(2);
        assertThat(out.resolve("new")).doesNotExist();
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertThat(run("--tenat", "a")).isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("--tenat");
    }

    private int run(String... args) {
        return Quickstart.run(List.of(args), new PrintStream(printed, true, StandardCharsets.UTF_8), false);
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
