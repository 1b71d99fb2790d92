package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MerkleProofTest {
    private static final int SIZE = 300;

    private static List<Digest> leaves() {
        List<Digest> leaves = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            leaves.add(EntryHash.of(("leaf " + i).getBytes(UTF_8)));
        }
        return leaves;
    }

    /** The definition of RFC 9162, 2.1.1, word for word. */
    private static Digest naive(List<Digest> leaves) {
        if (leaves.isEmpty()) {
            return Digest.sha256();
        }
        if (leaves.size() == 1) {
            return leaves.get(0);
        }
        int k = 1;
        while (k * 2 < leaves.size()) {
            k *= 2;
        }
        return EntryHash.node(naive(leaves.subList(0, k)), naive(leaves.subList(k, leaves.size())));
    }

    @Test
    void theRootOfEverySizeUpTo300EqualsTheDefinition() {
        List<Digest> leaves = leaves();
        MerkleTree tree = new MerkleTree();
        for (int n = 0; n <= SIZE; n++) {
            assertThat(tree.root()).isEqualTo(naive(leaves.subList(0, n)));
            assertThat(MerkleTree.resume(tree.size(), tree.edge()).root()).isEqualTo(tree.root());
            if (n < SIZE) {
                tree.add(leaves.get(n));
            }
        }
    }

    @Test
    void everyLeafOfEverySizeUpTo300IsProvedAndNoOther() {
        List<Digest> leaves = leaves();
        ProofTree tree = new ProofTree();
        leaves.forEach(tree::add);
        for (int n = 1; n <= SIZE; n++) {
            Digest root = naive(leaves.subList(0, n));
            for (int i = 0; i < n; i += n < 40 ? 1 : 7) {
                List<Digest> proof = tree.inclusion(i, n);
                assertThat(MerkleProof.includes(leaves.get(i), i, n, root, proof))
                        .isTrue();
                assertThat(MerkleProof.includes(leaves.get((i + 1) % SIZE), i, n, root, proof))
                        .isFalse();
                assertThat(MerkleProof.includes(leaves.get(i), i + 1, n, root, proof))
                        .isFalse();
                assertThat(MerkleProof.includes(leaves.get(i), n, n, root, proof))
                        .isFalse();
            }
        }
    }

    @Test
    void everyPairOfSizesUpTo300IsConsistent() {
        List<Digest> leaves = leaves();
        ProofTree tree = new ProofTree();
        leaves.forEach(tree::add);
        List<Digest> roots = new ArrayList<>();
        for (int n = 0; n <= SIZE; n++) {
            roots.add(naive(leaves.subList(0, n)));
        }
        for (int n = 0; n <= SIZE; n++) {
            for (int m = 0; m <= n; m += n < 40 ? 1 : 11) {
                List<Digest> proof = tree.consistency(m, n);
                assertThat(MerkleProof.extendsTree(m, roots.get(m), n, roots.get(n), proof))
                        .isEqualTo(m > 0);
                if (m > 0 && m < n) {
                    assertThat(MerkleProof.extendsTree(m, roots.get(m - 1), n, roots.get(n), proof))
                            .isFalse();
                    assertThat(MerkleProof.extendsTree(m, roots.get(m), n, roots.get(n - 1), proof))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void allPublishedInclusionVectorsAgree() throws IOException {
        int count = 0;
        for (Map<?, ?> vector : vectors("inclusion")) {
            boolean wanted = !Boolean.TRUE.equals(vector.get("wantErr"));
            Digest leaf = digest(vector.get("leafHash"));
            // A leaf of another length must not equal a root of another length either.
            Digest root = digest(vector.get("root"));
            List<Digest> proof = digests(vector.get("proof"));
            boolean got = !String.valueOf(vector.get("leafHash")).isEmpty()
                    && vector.get("leafHash") != null
                    && MerkleProof.includes(leaf, number(vector, "leafIdx"), number(vector, "treeSize"), root, proof);
            assertThat(got).as("%s", vector.get("desc")).isEqualTo(wanted);
            count++;
        }
        assertThat(count).isEqualTo(98);
    }

    @Test
    void allPublishedConsistencyVectorsAgree() throws IOException {
        int count = 0;
        for (Map<?, ?> vector : vectors("consistency")) {
            boolean wanted = !Boolean.TRUE.equals(vector.get("wantErr"));
            Digest root1 = digest(vector.get("root1"));
            Digest root2 = digest(vector.get("root2"));
            List<Digest> proof = digests(vector.get("proof"));
            boolean got =
                    MerkleProof.extendsTree(number(vector, "size1"), root1, number(vector, "size2"), root2, proof);
            assertThat(got).as("%s", vector).isEqualTo(wanted);
            count++;
        }
        assertThat(count).isEqualTo(98);
    }

    private static List<Map<?, ?>> vectors(String kind) throws IOException {
        Path folder = Path.of(System.getProperty("aios.vectors", "../shared/vectors"), "rfc6962", kind);
        assumeTrue(Files.isDirectory(folder), "the vectors of others are not here: " + folder);
        List<Map<?, ?>> vectors = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                // Some indexes are beyond what canonical JSON carries as a number.
                String text = Files.readString(file).replaceAll(": (\\d{16,})", ": \"$1\"");
                vectors.add((Map<?, ?>) Objects.requireNonNull(CanonicalJson.parse(text.getBytes(UTF_8))));
            }
        }
        return vectors;
    }

    private static long number(Map<?, ?> vector, String name) {
        return Long.parseUnsignedLong(
                String.valueOf(Objects.requireNonNull(vector.get(name))).replace(".0", ""));
    }

    /** A hash of another length cannot be said in our types: it is stood for by one that equals nothing else. */
    private static Digest digest(Object base64) {
        byte[] bytes = base64 == null ? new byte[0] : Base64.getDecoder().decode((String) base64);
        return bytes.length == 32 ? Digest.of(bytes) : Digest.sha256("of another length".getBytes(UTF_8), bytes);
    }

    private static List<Digest> digests(Object list) {
        List<Digest> digests = new ArrayList<>();
        for (Object item : list == null ? List.of() : (List<?>) list) {
            digests.add(digest(item));
        }
        return digests;
    }
}
