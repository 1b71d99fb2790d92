package io.aios.example.auditor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEvent;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.AuditLeaf.AuditPosition;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.proof.ProofTree;
import io.aios.audit.verify.EvidenceWriter;
import io.aios.tenancy.OrgId;
import io.aios.trace.SealedTrace;
import io.aios.trace.json.Digest;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verifies published evidence and evidence made here, with nothing but files. */
class AuditorTest {
    private static final Path VECTORS = Path.of(System.getProperty("aios.root"), "docs", "spec", "vectors");
    private static final Path SAMPLE = VECTORS.resolve("evidence.jsonl");
    private static final Path SAMPLE_KEY = VECTORS.resolve("evidence.vkey");
    private static final OrgId ORG = OrgId.of("cleveland-gov");
    private static final String LOG = "00112233445566778899aabbccddeeff";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    Path files;

    @Test
    void nothingThatCouldReachADatabaseIsOnTheClassPath() {
        for (String absent : List.of(
                "org.jdbi.v3.core.Jdbi",
                "com.zaxxer.hikari.HikariDataSource",
                "org.postgresql.Driver",
                "io.zonky.test.db.postgres.embedded.EmbeddedPostgres")) {
            assertThatThrownBy(() -> Class.forName(absent)).isInstanceOf(ClassNotFoundException.class);
        }
        assertThat(DriverManager.drivers()).isEmpty();
    }

    @Test
    void publishedEvidenceIsProven() {
        assertThat(run(SAMPLE, SAMPLE_KEY)).isZero();
        assertThat(printed()).contains("11 of 21 entries of tenant cleveland-gov shown, 10 not");
    }

    @Test
    void aChangedByteAnywhereIsRefusedWithItsLine() throws IOException {
        byte[] sample = Files.readAllBytes(SAMPLE);
        Path changed = files.resolve("changed.jsonl");
        for (int at = 0; at < sample.length; at += 29) {
            byte[] bytes = sample.clone();
            bytes[at] ^= 1;
            Files.write(changed, bytes);
            assertThat(run(changed, SAMPLE_KEY)).as("byte %d", at).isEqualTo(1);
        }
        assertThat(printed()).contains("NOT PROVEN").doesNotContain("shown,");
    }

    @Test
    void aDroppedLineIsRefused() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(SAMPLE));
        lines.remove(4);
        Path dropped = Files.write(files.resolve("dropped.jsonl"), lines);
        assertThat(run(dropped, SAMPLE_KEY)).isEqualTo(1);
        assertThat(printed()).contains("how many entries are shown and omitted");
    }

    @Test
    void evidenceSignedByAnotherKeyOfTheSameNameIsRefused() throws IOException {
        NoteSigner other = NoteSigner.generate("example.org/audit", new SecureRandom());
        Path key = Files.writeString(files.resolve("other.vkey"), other.key() + "\n");
        assertThat(run(SAMPLE, key)).isEqualTo(1);
    }

    @Test
    void aTraceIsProvenByTheEntryThatNamesIt() throws IOException {
        SealedTrace trace = simulated("emp-1");
        Path key = files.resolve("log.vkey");
        Path evidence = evidence(key, trace, simulated("emp-2"));

        Path file = Files.write(files.resolve("trace.json"), trace.bytes());
        assertThat(run(evidence, key, file)).isZero();
        assertThat(printed()).contains("trace.json: is the trace of entry 0").contains("PROVEN");

        byte[] edited = new String(trace.bytes(), StandardCharsets.UTF_8)
                .replace("\"success\":true", "\"success\":false")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(run(evidence, key, Files.write(files.resolve("edited.json"), edited)))
                .isEqualTo(1);
        assertThat(printed()).contains("edited.json: ").contains("NOT PROVEN");

        Path stranger =
                Files.write(files.resolve("stranger.json"), simulated("emp-3").bytes());
        assertThat(run(evidence, key, file, stranger)).isEqualTo(1);
        assertThat(printed()).contains("stranger.json: fits its hashes, but no entry shown names it");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(run(SAMPLE, files.resolve("none.vkey"))).isEqualTo(2);
        assertThat(printed()).contains("none.vkey");
        assertThat(Program.run(List.of("one"), out())).isEqualTo(2);
    }

    private static SealedTrace simulated(String user) {
        return SimulationRunner.lenient(RuleBasedPipeline.standard(), TraceSettings.defaults())
                .run(new DecisionRequest("I need to request FMLA leave", ORG.value(), user))
                .sealed();
    }

    /** What a log with these traces would have been exported as; the key to pin goes into a file of its own. */
    private Path evidence(Path keyFile, SealedTrace... traces) throws IOException {
        NoteSigner signer = NoteSigner.generate("example.org/audit", new SecureRandom());
        Files.writeString(keyFile, signer.key() + "\n");
        ProofTree tree = new ProofTree();
        List<byte[]> leaves = new ArrayList<>();
        Digest prev = EntryHash.genesis(LOG);
        for (SealedTrace trace : traces) {
            AuditEvent event = AuditEvent.of("trace.sealed")
                    .id(new UUID(7, leaves.size()))
                    .at(Instant.parse("2026-01-01T00:00:00Z"))
                    .actor("user:1")
                    .subject("trace:1")
                    .outcome("success")
                    .recordHash(trace.recordHash())
                    .build();
            AuditLeaf leaf = AuditLeaf.of(event, LOG, ORG, new AuditPosition(leaves.size(), prev), new byte[32]);
            leaves.add(leaf.bytes());
            tree.add(leaf.hash());
            prev = leaf.hash();
        }
        HeadLeaf head = new HeadLeaf(LOG, tree.size(), tree.root(tree.size()));
        ProofTree meta = new ProofTree().add(head.hash());
        String note = new Checkpoint("example.org/audit", 1, meta.root(1))
                .sign(signer)
                .toString();
        Path file = files.resolve("evidence.jsonl");
        try (Writer writer = Files.newBufferedWriter(file)) {
            EvidenceWriter evidence = new EvidenceWriter(writer);
            evidence.header(ORG, note, head, 0, meta.inclusion(0, 1), leaves.size());
            for (int i = 0; i < leaves.size(); i++) {
                evidence.entry(leaves.get(i), tree.inclusion(i, leaves.size()), null);
            }
        }
        return file;
    }

    private int run(Path... arguments) {
        return Program.run(List.of(arguments).stream().map(Path::toString).toList(), out());
    }

    private PrintStream out() {
        return new PrintStream(printed, true, StandardCharsets.UTF_8);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
