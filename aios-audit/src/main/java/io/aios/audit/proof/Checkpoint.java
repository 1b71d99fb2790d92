package io.aios.audit.proof;

import io.aios.audit.AuditException;
import io.aios.trace.json.Digest;
import java.util.Base64;
import java.util.List;

/**
 * A signed statement of a log's size and root ({@code c2sp.org/tlog-checkpoint}).
 *
 * @param origin the log's name
 * @param size number of leaves
 * @param root Merkle root over them
 */
public record Checkpoint(String origin, long size, Digest root) {
    private static final int MAX_DIGITS = 18;

    /** Checks. */
    public Checkpoint {
        NoteKey.checkName(origin);
        if (size < 0) {
            throw new IllegalArgumentException("a log cannot have " + size + " leaves");
        }
    }

    /** The text that is signed. */
    public String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root.bytes()) + "\n";
    }

    /** The signed note; the signer's name must be the origin. */
    public SignedNote sign(NoteSigner signer) {
        if (!signer.key().name().equals(origin)) {
            throw new IllegalArgumentException("log " + origin + " cannot be signed by a key named "
                    + signer.key().name());
        }
        return SignedNote.sign(text(), signer);
    }

    /**
     * The checkpoint in a note that the log's pinned key signed.
     *
     * @param log the log's own key; its name is the origin that the checkpoint must carry
     * @throws AuditException if the note is not signed by that key, names another origin or is no checkpoint
     */
    public static Checkpoint verify(String note, NoteKey log) {
        Checkpoint checkpoint = parse(SignedNote.parse(note).verify(List.of(log)));
        if (!checkpoint.origin().equals(log.name())) {
            throw new AuditException(
                    "checkpoint of log " + checkpoint.origin() + " where " + log.name() + " was expected");
        }
        return checkpoint;
    }

    private static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || !lines[1].matches("0|[1-9][0-9]*") || lines[1].length() > MAX_DIGITS) {
            throw new AuditException("not a checkpoint: expected origin, size and root, one a line");
        }
        byte[] root;
        try {
            root = Base64.getDecoder().decode(lines[2]);
        } catch (IllegalArgumentException e) {
            throw new AuditException("not a checkpoint: the root is not base64", e);
        }
        if (root.length != 32 || !Base64.getEncoder().encodeToString(root).equals(lines[2])) {
            throw new AuditException("not a checkpoint: the root is not 32 bytes of base64");
        }
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), Digest.of(root));
    }
}
