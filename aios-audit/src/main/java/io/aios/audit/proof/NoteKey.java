package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import io.aios.trace.json.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.jspecify.annotations.Nullable;

/** A public key that may sign notes: Ed25519, with a name ({@code c2sp.org/signed-note}). Pin it, never take it along. */
public final class NoteKey {
    private static final byte ED25519 = 1;
    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    private final String name;
    private final byte[] key;

    NoteKey(String name, byte[] key) {
        checkName(name);
        this.name = name;
        this.key = key.clone();
    }

    /**
     * Reads the text form {@code name+keyid+base64}.
     *
     * @throws AuditException if it is not an Ed25519 key in that form, or its id does not fit
     */
    public static NoteKey parse(String vkey) {
        String[] parts = vkey.split("\\+", 3);
        if (parts.length != 3) {
            throw new AuditException("not a note key: expected name+keyid+base64");
        }
        byte[] value;
        try {
            value = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new AuditException("not a note key: the key is not base64", e);
        }
        if (value.length != 1 + KEY_BYTES || value[0] != ED25519) {
            throw new AuditException("not a note key: only Ed25519 (1) is known");
        }
        NoteKey key = new NoteKey(parts[0], Arrays.copyOfRange(value, 1, value.length));
        if (!HexFormat.of().toHexDigits(key.keyId()).equals(parts[1])) {
            throw new AuditException("not a note key: its id does not fit name and key");
        }
        return key;
    }

    static void checkName(String name) {
        if (name.isEmpty()
                || name.chars().anyMatch(c -> Character.isWhitespace(c) || c == '+' || c < 0x20 || c == 0x7f)) {
            throw new AuditException("a key's name is not empty and has no spaces, plus or control characters");
        }
    }

    /** The name; for a log's own key this is its origin. */
    public String name() {
        return name;
    }

    /** The first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key). */
    int keyId() {
        byte[] hash = Digest.sha256((name + "\n").getBytes(UTF_8), new byte[] {ED25519}, key)
                .bytes();
        return ByteBuffer.wrap(hash).getInt();
    }

    boolean verifies(byte[] text, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, new Ed25519PublicKeyParameters(key));
        verifier.update(text, 0, text.length);
        return verifier.verifySignature(signature);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NoteKey that && name.equals(that.name) && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return keyId();
    }

    /** {@code name+keyid+base64}. */
    @Override
    public String toString() {
        byte[] value = new byte[1 + KEY_BYTES];
        value[0] = ED25519;
        System.arraycopy(key, 0, value, 1, KEY_BYTES);
        return name + "+" + HexFormat.of().toHexDigits(keyId()) + "+"
                + Base64.getEncoder().encodeToString(value);
    }
}
