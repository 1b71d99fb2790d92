package io.aios.trace;

import io.aios.trace.json.CanonicalWriter;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;

/** What stands in a record's pre-image for its personal leaves: computed from the salt, or kept after erasure. */
interface Commitments {
    /** The key of the object that replaces a leaf. */
    String KEY = "$commit";

    /** The commitment of the leaf at a JSON pointer. */
    byte[] at(String pointer, Object value);

    /**
     * {@code SHA-256("aios-commit/1\n" ‖ HMAC-SHA-256(salt, pointer) ‖ JCS(value))}.
     *
     * @param saltHex 64 hex digits
     */
    static Commitments salted(String saltHex) {
        return new Salted(Digest.parse(saltHex).bytes());
    }

    /** Commitments that were kept when the leaves were erased. */
    static Commitments kept(Map<String, Digest> byPointer) {
        return (pointer, value) -> {
            Digest kept = byPointer.get(pointer);
            if (kept == null) {
                throw new InvalidTraceException("$" + pointer.replace('/', '.'), "is not erased, the rest is");
            }
            return kept.bytes();
        };
    }

    /** HMAC by hand: both keyed blocks are hashed once, not once for each of two dozen short pointers. */
    final class Salted implements Commitments {
        private static final byte[] PREFIX = "aios-commit/1\n".getBytes(StandardCharsets.US_ASCII);
        private static final int BLOCK = 64;
        private static final int HASH = 32;

        private final Keyed inner;
        private final Keyed outer;
        private final MessageDigest sha = sha256();
        private final byte[] innerHash = new byte[HASH];
        /** The prefix, then the HMAC. */
        private final byte[] head = Arrays.copyOf(PREFIX, PREFIX.length + HASH);

        private final CanonicalWriter scratch = new CanonicalWriter(256);

        private Salted(byte[] salt) {
            inner = new Keyed(salt, 0x36);
            outer = new Keyed(salt, 0x5c);
        }

        @Override
        public byte[] at(String pointer, Object value) {
            inner.hash(pointer.getBytes(StandardCharsets.UTF_8), innerHash, 0);
            outer.hash(innerHash, head, PREFIX.length);
            scratch.reset().raw(head).value(value).updateTo(sha);
            return sha.digest();
        }

        /** SHA-256 after a block that depends on the key. */
        private static final class Keyed {
            private final byte[] block;
            private final MessageDigest begun = sha256();

            Keyed(byte[] key, int pad) {
                block = Arrays.copyOf(key, BLOCK);
                for (int i = 0; i < BLOCK; i++) {
                    block[i] ^= (byte) pad;
                }
                begun.update(block);
            }

            void hash(byte[] text, byte[] target, int at) {
                try {
                    MessageDigest digest = again();
                    digest.update(text);
                    int unused = digest.digest(target, at, HASH);
                } catch (DigestException e) {
                    throw new IllegalStateException("there is room for a digest", e);
                }
            }

            private MessageDigest again() {
                try {
                    return (MessageDigest) begun.clone();
                } catch (CloneNotSupportedException e) {
                    MessageDigest digest = sha256();
                    digest.update(block);
                    return digest;
                }
            }
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
