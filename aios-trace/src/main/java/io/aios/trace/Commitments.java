package io.aios.trace;

import io.aios.trace.json.CanonicalWriter;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands in a record's pre-image for its personal leaves: computed from the salt, or kept after erasure. */
interface Commitments {
    /** The key of the object that replaces a leaf. */
    String KEY = "$commit";

    /** The commitment of the leaf at a JSON pointer. */
    Digest at(String pointer, Object value);

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
            return kept;
        };
    }

    /** HMAC by hand on copied digest states: a quarter of the cost of a {@code Mac} for two dozen short pointers. */
    final class Salted implements Commitments {
        private static final byte[] PREFIX = "aios-commit/1\n".getBytes(StandardCharsets.US_ASCII);
        private static final int BLOCK = 64;

        private final MessageDigest inner = sha256();
        private final MessageDigest outer = sha256();
        private final MessageDigest start = sha256();
        private final CanonicalWriter scratch = new CanonicalWriter(512);

        private Salted(byte[] salt) {
            byte[] pad = Arrays.copyOf(salt, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                pad[i] ^= 0x36;
            }
            inner.update(pad);
            for (int i = 0; i < BLOCK; i++) {
                pad[i] ^= 0x36 ^ 0x5c;
            }
            outer.update(pad);
            start.update(PREFIX);
        }

        @Override
        public Digest at(String pointer, @Nullable Object value) {
            MessageDigest mac = copy(inner);
            mac.update(pointer.getBytes(StandardCharsets.UTF_8));
            MessageDigest finish = copy(outer);
            finish.update(mac.digest());
            MessageDigest commit = copy(start);
            commit.update(finish.digest());
            scratch.reset().value(value).updateTo(commit);
            return Digest.of(commit.digest());
        }

        private static MessageDigest copy(MessageDigest state) {
            try {
                return (MessageDigest) state.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("the platform's SHA-256 cannot be copied", e);
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
