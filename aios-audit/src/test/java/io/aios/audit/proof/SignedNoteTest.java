package io.aios.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditException;
import io.aios.trace.json.Digest;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SignedNoteTest {
    private final NoteSigner ours = NoteSigner.generate("example.org/audit", new SecureRandom());
    private final NoteSigner witness = NoteSigner.generate("witness.example/w1", new SecureRandom());
    private final NoteSigner namesake = NoteSigner.generate("example.org/audit", new SecureRandom());
    private final String text = new Checkpoint("example.org/audit", 7, Digest.sha256()).text();

    private String note(SignedNote.Line... lines) {
        return new SignedNote(text, List.of(lines)).toString();
    }

    private SignedNote.Line by(NoteSigner signer) {
        return SignedNote.sign(text, signer).signatures().get(0);
    }

    private SignedNote.Line badly(NoteSigner signer) {
        byte[] signature = by(signer).signatureBytes();
        signature[5] ^= 1;
        return new SignedNote.Line(
                signer.key().name(), signer.key().keyId(), Base64.getEncoder().encodeToString(signature));
    }

    private static Digest numbered(int i) {
        byte[] bytes = new byte[32];
        ByteBuffer.wrap(bytes).putInt(i);
        return Digest.of(bytes);
    }

    @Test
    void signatureLinesOfUnknownKeysAreIgnored() {
        assertThat(Checkpoint.verify(note(by(witness), by(ours), badly(witness)), ours.key())
                        .size())
                .isEqualTo(7);
        assertThat(Checkpoint.verify(note(by(namesake), by(ours)), ours.key()).size())
                .as("the same name with another key is another key")
                .isEqualTo(7);
    }

    @Test
    void aBadSignatureOfAPinnedKeyRejectsTheNoteWhateverStandsBesideIt() {
        for (String note : List.of(note(badly(ours)), note(by(ours), badly(ours)), note(badly(ours), by(ours)))) {
            assertThatThrownBy(() -> Checkpoint.verify(note, ours.key()))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("does not verify");
        }
    }

    @Test
    void onlyAPinnedKeyCounts() {
        assertThatThrownBy(() -> Checkpoint.verify(note(by(witness)), ours.key()))
                .hasMessageContaining("no pinned key signed");
        assertThatThrownBy(() -> Checkpoint.verify(note(by(namesake)), ours.key()))
                .hasMessageContaining("no pinned key signed");
    }

    @Test
    void aCheckpointSaysTheOriginOfItsKeyOrIsRefused() {
        String other = new Checkpoint("example.org/other", 7, Digest.sha256()).text();
        String note = SignedNote.sign(other, ours).toString();
        assertThatThrownBy(() -> Checkpoint.verify(note, ours.key())).isInstanceOf(AuditException.class);
    }

    @Test
    void aProofForOneOfAMillionEntriesTakesAtMostTwoKilobytesWithItsCheckpoint() {
        ProofTree tree = new ProofTree();
        int size = 1_000_000;
        for (int i = 0; i < size; i++) {
            tree.add(numbered(i));
        }
        Digest root = tree.root(size);
        String note = new Checkpoint("example.org/audit", size, root).sign(ours).toString();
        for (int index : new int[] {0, 1, 524_287, 524_288, 777_777, size - 1}) {
            List<Digest> proof = tree.inclusion(index, size);
            Digest leaf = numbered(index);
            assertThat(MerkleProof.includes(leaf, index, size, root, proof)).isTrue();
            String lines = proof.stream().map(Digest::hex).collect(Collectors.joining("\",\""));
            assertThat(lines.length() + note.length()).as("entry %s", index).isLessThanOrEqualTo(2048);
        }
    }
}
