package io.aios.audit.proof;

import java.security.SecureRandom;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** A private Ed25519 key that signs notes under a name. */
public final class NoteSigner {
    private final Ed25519PrivateKeyParameters secret;
    private final NoteKey key;

    private NoteSigner(String name, Ed25519PrivateKeyParameters secret) {
        this.secret = secret;
        this.key = new NoteKey(name, secret.generatePublicKey().getEncoded());
    }

    /** The signer with this 32-byte seed (RFC 8032). */
    public static NoteSigner ofSeed(String name, byte[] seed) {
        if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
        }
        return new NoteSigner(name, new Ed25519PrivateKeyParameters(seed));
    }

    /** A new key. */
    public static NoteSigner generate(String name, SecureRandom random) {
        return new NoteSigner(name, new Ed25519PrivateKeyParameters(random));
    }

    /** The public key, to be pinned by whoever verifies. */
    public NoteKey key() {
        return key;
    }

    byte[] sign(byte[] text) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, secret);
        signer.update(text, 0, text.length);
        return signer.generateSignature();
    }

    /** The name only. */
    @Override
    public String toString() {
        return "NoteSigner[" + key.name() + "]";
    }
}
