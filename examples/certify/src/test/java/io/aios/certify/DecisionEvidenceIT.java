package io.aios.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.DecisionEvidence;
import io.aios.audit.verify.DecisionReport;
import io.aios.audit.verify.DecisionReport.Broken;
import io.aios.audit.verify.DecisionReport.Link;
import io.aios.audit.verify.DecisionReport.Proven;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One decision, followed from its trace to a signed checkpoint by our verifier and by one that shares no line with it. */
class DecisionEvidenceIT {
    private static final Path VERIFIER = Path.of(System.getProperty("aios.root"), "docs/spec/verify.py");

    @TempDir
    static Path folder;

    private static Host host;
    private static OneDecision made;

    @BeforeAll
    static void produce() throws IOException {
        host = new EmbeddedHost();
        made = OneDecision.produce(host, folder);
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @Test
    void bothVerifiersAcceptTheFile() throws Exception {
        DecisionReport report = DecisionEvidence.verify(made.file(), made.key());

        assertThat(report).isInstanceOfSatisfying(Proven.class, proven -> {
            assertThat(proven.org()).isEqualTo(host.org());
            assertThat(proven.packageHash()).isEqualTo(host.content().hash());
            assertThat(proven.policy().id()).isEqualTo("default_governance");
            assertThat(proven.approvals()).isPositive();
        });
        assertThat(python(made.file())).startsWith("trace ");
    }

    @Test
    void theSampleBesideTheSpecificationIsAccepted() throws IOException {
        Path vectors = VERIFIER.resolveSibling("vectors");
        NoteKey pinned =
                NoteKey.parse(Files.readString(vectors.resolve("decision.vkey")).strip());

        assertThat(DecisionEvidence.verify(vectors.resolve("decision.jsonl"), pinned))
                .isInstanceOf(Proven.class);
    }

    static Stream<Arguments> edits() {
        return Stream.of(
                edit(Link.TRACE, "trace", "FMLA leave", "FMLA love"),
                edit(Link.TRACE, "trace", "hr_specialist", "hr_specialisu"),
                edit(Link.CHECKPOINT, "checkpoint or entry", "certify.example/log\\n", "certify.example/log\\n1"),
                edit(Link.CHECKPOINT, "checkpoint or entry", "\"size\\\":\\\"", "\"size\\\":\\\"1"),
                edit(Link.ENTRY, "checkpoint or entry", "approval.used", "approval.uses"),
                edit(Link.ENTRY, "checkpoint or entry", "\"omitted\":\"0\"", "\"omitted\":\"1\""),
                edit(Link.PACKAGE, "package", "  policies/default_governance", "  policies/Default_governance"),
                edit(Link.APPROVAL, "approval", "  manifest.json", "  Manifest.json"));
    }

    private static Arguments edit(Link ours, String pythons, String find, String replacement) {
        return Arguments.of(ours, pythons, find, replacement);
    }

    @ParameterizedTest(name = "{2} -> {3}")
    @MethodSource("edits")
    void bothNameTheLinkThatAnEditBreaks(Link ours, String pythons, String find, String replacement) throws Exception {
        String text = Files.readString(made.file());
        assertThat(text).contains(find);
        Path edited = Files.writeString(folder.resolve("edited.jsonl"), text.replace(find, replacement));

        assertThat(DecisionEvidence.verify(edited, made.key()))
                .isInstanceOfSatisfying(
                        Broken.class, broken -> assertThat(broken.link()).isEqualTo(ours));
        assertThat(python(edited)).startsWith("BAD: " + pythons + ": ");
    }

    @Test
    void bothRefuseAnotherKey() throws Exception {
        NoteKey other =
                NoteSigner.generate(made.key().name(), new SecureRandom()).key();

        assertThat(DecisionEvidence.verify(made.file(), other).<Object>fold(proven -> "none", Broken::link))
                .isEqualTo(Link.CHECKPOINT);
        Files.writeString(folder.resolve("other.vkey"), other + "\n");
        assertThat(python(made.file(), folder.resolve("other.vkey"))).startsWith("BAD: checkpoint or entry: ");
    }

    @Test
    void bothMissThePolicyOfAnEntryThatNamesNone() throws Exception {
        SealedTrace other = SimulationRunner.strict(host.pipeline(), TraceSettings.defaults())
                .run(new io.aios.trace.simulation.DecisionRequest(
                        "May I take leave?", host.org().value(), "emp-1"))
                .sealed();
        var receipt = host.wall()
                .tenant(host.org())
                .append(AuditEvent.of("trace.simulated")
                        .actor("someone")
                        .subject("something")
                        .outcome("success")
                        .recordHash(other.recordHash())
                        .build());
        NoteSigner signer = NoteSigner.generate("certify.example/log", new SecureRandom());
        DirectoryCheckpointStore kept = new DirectoryCheckpointStore(folder.resolve("more"));
        assertThat(CheckpointSigner.open(host.auditLogins().signer(), signer, kept)
                        .publish()
                        .size())
                .isPositive();
        Path entries = folder.resolve("more.jsonl");
        assertThat(host.auditReader().export(host.org(), signer.key(), kept, entry -> true, false, entries))
                .isEqualTo(receipt.seq() + 1);
        Path file = folder.resolve("no-policy.jsonl");
        DecisionEvidence.write(other, Files.readAllBytes(folder.resolve("package/SHA256SUMS")), entries, file);
        Files.writeString(folder.resolve("more.vkey"), signer.key() + "\n");

        assertThat(DecisionEvidence.verify(file, signer.key()).<Object>fold(proven -> "none", Broken::link))
                .isEqualTo(Link.POLICY);
        assertThat(python(file, folder.resolve("more.vkey"))).startsWith("BAD: policy: ");
    }

    @Test
    void aFileThatIsNoEvidenceIsRefused() throws IOException {
        for (String text : List.of("", "{}\n", "[]\n", "{\"v\":\"aios-decision-evidence/2\"}\n", "\u0000")) {
            Path file = Files.writeString(folder.resolve("odd.jsonl"), text);
            assertThat(DecisionEvidence.verify(file, made.key())).isInstanceOf(Broken.class);
        }
    }

    private static String python(Path file) throws Exception {
        return python(file, made.file().resolveSibling("evidence.vkey"));
    }

    /** What the verifier written from the specifications says, on either stream. */
    private static String python(Path file, Path vkey) throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/python3")))
                .as("python3 is installed")
                .isTrue();
        Process process = new ProcessBuilder(
                        "/usr/bin/python3", "-B", VERIFIER.toString(), "decision", file.toString(), vkey.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
