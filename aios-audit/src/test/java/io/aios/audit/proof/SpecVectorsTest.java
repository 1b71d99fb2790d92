package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.audit.AuditEvent;
import io.aios.audit.EntryRef;
import io.aios.audit.InvalidEventException;
import io.aios.audit.PolicyVersion;
import io.aios.audit.verify.EntryRow;
import io.aios.audit.verify.EvidenceReport;
import io.aios.audit.verify.EvidenceVerifier;
import io.aios.audit.verify.EvidenceWriter;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors beside the written format are what this code writes, and what an independent reader accepts. */
class SpecVectorsTest {
    private static final Path SPEC = Path.of("..", "docs", "spec");
    private static final Path VECTORS = SPEC.resolve("vectors");
    private static final String LOG = "000102030405060708090a0b0c0d0e0f";
    private static final OrgId ORG = OrgId.of("cleveland-gov");
    private static final byte[] SALT = Digest.sha256("salt".getBytes(UTF_8)).bytes();

    @TempDir
    private Path directory;

    private static List<AuditLeaf> leaves() {
        List<AuditLeaf> leaves = new ArrayList<>();
        Digest prev = EntryHash.genesis(LOG);
        for (int seq = 0; seq < 21; seq++) {
            AuditEvent.Builder event = AuditEvent.of(seq % 2 == 0 ? "policy.decided" : "tool.called")
                    .id(new UUID(0x0123456789ab7000L + seq, 0x8000000000000000L + seq))
                    .at(Instant.ofEpochSecond(seq * 500_000_000L, seq * 1_000_001L))
                    .actor("user:" + seq)
                    .subject("trace." + seq)
                    .outcome("permit");
            if (seq % 3 == 0) {
                event.recordHash(Digest.sha256(new byte[] {(byte) seq}));
            }
            if (seq % 4 == 0) {
                event.packageHash(Digest.sha256(new byte[] {0, (byte) seq}));
            }
            if (seq % 5 == 0) {
                event.policy(new PolicyVersion("default", "1." + seq, Digest.sha256()));
            }
            if (seq % 7 == 0) {
                event.payload(Map.of("text", "Wer wei\u00df was? " + seq));
            } else if (seq % 7 == 1) {
                event.encryptedPayload(new byte[] {1, 2, (byte) seq}, "A256GCM", "vault:key-1");
            }
            AuditEvent built = event.build();
            if (seq == 20) {
                built = built.correcting(new EntryRef(3, leaves.get(3).hash()));
            }
            AuditLeaf leaf = AuditLeaf.of(built, LOG, ORG, new AuditLeaf.AuditPosition(seq, prev), SALT);
            leaves.add(leaf);
            prev = leaf.hash();
        }
        return leaves;
    }

    private static String chain() {
        StringBuilder out = new StringBuilder();
        MerkleTree tree = new MerkleTree();
        for (AuditLeaf leaf : leaves()) {
            tree.add(leaf.hash());
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("leaf", new String(leaf.bytes(), UTF_8));
            line.put("hash", leaf.hash().hex());
            line.put("root", tree.root().hex());
            out.append(CanonicalJson.text(line)).append('\n');
        }
        return out.toString();
    }

    private static String refused() {
        String good = new String(leaves().get(0).bytes(), UTF_8);
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("a space", good.replaceFirst(",", ", "));
        bad.put("a newline at the end", good + "\n");
        bad.put("another version", good.replace("aios-audit/1", "aios-audit/2"));
        bad.put("an escape", good.replace("user:0", "user\\u003a0"));
        bad.put("a letter beyond ASCII", good.replace("user:0", "us\u00e9r:0"));
        bad.put("a full-width digit", good.replace("\"seq\":\"0\"", "\"seq\":\"\uff10\""));
        bad.put("a duplicate key", good.replace("\"seq\":", "\"seq\":\"0\",\"seq\":"));
        bad.put("an unknown key", good.replace("\"seq\":", "\"secret\":\"x\",\"seq\":"));
        bad.put("keys out of order", good.replace("{\"actor\"", "{\"v\":\"aios-audit/1\",\"actor\""));
        bad.put("a number instead of a string", good.replace("\"seq\":\"0\"", "\"seq\":0"));
        bad.put("a leading zero", good.replace("\"seq\":\"0\"", "\"seq\":\"00\""));
        bad.put("upper-case hex", good.replace(LOG, LOG.toUpperCase(Locale.ROOT)));
        bad.put("nanoseconds", good.replace(".000000Z", ".000000000Z"));
        bad.put("a time with an offset", good.replace(".000000Z", ".000000+00:00"));
        bad.put("the 30th of February", good.replace("1970-01-01", "1970-02-30"));
        bad.put("a time before 1970", good.replace("1970-01-01", "1969-12-31"));
        bad.put("an empty name", good.replace("user:0", ""));
        bad.put("a long name", good.replace("user:0", "u".repeat(129)));
        bad.put("a tenant in capitals", good.replace("cleveland-gov", "Cleveland-gov"));
        bad.put("null", good.replace("\"refs\":{", "\"refs\":null,\"x\":{"));
        bad.put("a comma too many", good.replace("},\"seq\"", ",},\"seq\""));
        bad.put("nothing", "");
        StringBuilder out = new StringBuilder();
        bad.forEach((why, text) ->
                out.append(CanonicalJson.text(Map.of("why", why, "text", text))).append('\n'));
        return out.toString();
    }

    /** Signed with a key made of a constant: evidence for tests, for nothing else. */
    private static NoteSigner signer() {
        return NoteSigner.ofSeed("example.org/audit", Digest.sha256("vectors".getBytes(UTF_8)).bytes());
    }

    private static String evidence() throws IOException {
        List<AuditLeaf> leaves = leaves();
        ProofTree tree = new ProofTree();
        leaves.forEach(leaf -> tree.add(leaf.hash()));
        HeadLeaf head = new HeadLeaf(LOG, leaves.size(), tree.root(leaves.size()));
        ProofTree meta = new ProofTree();
        for (int i = 0; i < 5; i++) {
            meta.add(new HeadLeaf(LOG.replace('0', 'f'), i, Digest.sha256()).hash());
        }
        meta.add(head.hash());
        Checkpoint checkpoint = new Checkpoint(signer().key().name(), 6, meta.root(6));
        StringWriter out = new StringWriter();
        EvidenceWriter writer = new EvidenceWriter(out);
        writer.header(ORG, checkpoint.sign(signer()).toString(), head, 5, meta.inclusion(5, 6), 11);
        for (int seq : new int[] {0, 1, 2, 3, 7, 8, 14, 15, 18, 19, 20}) {
            EntryRow.StoredPayload payload = seq % 7 != 0
                    ? null
                    : new EntryRow.StoredPayload(
                            new EntryRow.Bytes(SALT),
                            new EntryRow.Bytes(CanonicalJson.bytes(Map.of("text", "Wer wei\u00df was? " + seq))));
            writer.entry(leaves.get(seq).bytes(), tree.inclusion(seq, leaves.size()), payload);
        }
        return out.toString();
    }

    private static void same(String name, String content) throws IOException {
        Path file = VECTORS.resolve(name);
        if (Boolean.getBoolean("aios.vectors.write")) {
            Files.createDirectories(VECTORS);
            Files.writeString(file, content, UTF_8);
        }
        assertThat(Files.readString(file, UTF_8)).isEqualTo(content);
    }

    @Test
    void thePublishedVectorsAreWhatThisCodeWrites() throws IOException {
        same("chain.jsonl", chain());
        same("refused.jsonl", refused());
        same("evidence.jsonl", evidence());
        same("evidence.vkey", signer().key() + "\n");
    }

    @Test
    void aLeafIsCanonicalJsonAndReadsBackAsItself() {
        for (AuditLeaf leaf : leaves()) {
            assertThat(CanonicalJson.canonicalize(leaf.bytes())).isEqualTo(leaf.bytes());
            assertThat(AuditLeaf.parse(leaf.bytes())).isEqualTo(leaf);
        }
    }

    @Test
    void everyFlippedBitOfALeafIsAnotherLeafOrNone() {
        AuditLeaf leaf = leaves().get(0);
        byte[] bytes = leaf.bytes();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] copy = bytes.clone();
            copy[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                AuditLeaf other = AuditLeaf.parse(copy);
                assertThat(other).isNotEqualTo(leaf);
                assertThat(other.bytes()).isEqualTo(copy);
            } catch (InvalidEventException e) {
                assertThat(e).hasMessageContaining("at byte");
            }
        }
    }

    @Test
    void everyRefusedVectorIsRefusedHereToo() {
        for (String line : refused().split("\n", -1)) {
            if (!line.isEmpty()) {
                Map<?, ?> vector = (Map<?, ?>) Objects.requireNonNull(CanonicalJson.parse(line.getBytes(UTF_8)));
                byte[] text = String.valueOf(vector.get("text")).getBytes(UTF_8);
                assertThatThrownBy(() -> AuditLeaf.parse(text))
                        .as("%s", vector.get("why"))
                        .isInstanceOf(InvalidEventException.class);
            }
        }
    }

    @Test
    void theEvidenceVectorProvesWhatItShows() {
        assertThat(EvidenceVerifier.verify(VECTORS.resolve("evidence.jsonl"), signer().key()))
                .isEqualTo(new EvidenceReport.Proven(ORG, LOG, 21, 11, 10));
    }

    @Test
    void aVerifierWrittenFromTheSpecAloneAgrees() throws Exception {
        assertThat(Files.readAllLines(SPEC.resolve("verify.py"), UTF_8)).hasSizeLessThanOrEqualTo(150);
        assertThat(python("chain", "chain.jsonl")).isEqualTo("0 21 entries");
        assertThat(python("refused", "refused.jsonl")).startsWith("0 ").endsWith("refused");
        assertThat(python("evidence", "evidence.jsonl", VECTORS.resolve("evidence.vkey").toString()))
                .isEqualTo("0 11 entries shown, 10 omitted");
    }

    @Test
    void theVerifierWrittenFromTheSpecAloneRefusesTamperedTwins() throws Exception {
        byte[] good = Files.readAllBytes(VECTORS.resolve("evidence.jsonl"));
        Path twin = directory.resolve("twin.jsonl");
        for (int at = 20; at < good.length; at += good.length / 12) {
            byte[] copy = good.clone();
            copy[at] ^= 1;
            Files.write(twin, copy);
            assertThat(python("evidence", twin.toString(), VECTORS.resolve("evidence.vkey").toString()))
                    .as("byte %s", at)
                    .startsWith("1 ");
        }
    }

    private String python(String command, String file, String... more) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "python3", SPEC.resolve("verify.py").toString(), command, VECTORS.resolve(file).toString()));
        line.addAll(Arrays.asList(more));
        Process process;
        try {
            process = new ProcessBuilder(line).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "python3 is not here: " + e.getMessage());
            return "";
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + output;
    }
}
