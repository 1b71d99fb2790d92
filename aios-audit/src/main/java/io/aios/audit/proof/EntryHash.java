package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.trace.json.Digest;

/** The hashes of {@code aios-audit/1}; each has its own first byte, so none can stand in for another. */
public final class EntryHash {
    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};
    private static final byte[] GENESIS = "aios-audit/1 genesis\n".getBytes(UTF_8);
    private static final byte[] PAYLOAD = "aios-audit/1 payload\n".getBytes(UTF_8);

    private EntryHash() {}

    /** SHA-256(0x00 ‖ leaf): the chain's link and the Merkle tree's leaf hash (RFC 9162, 2.1.1). */
    public static Digest of(byte[] leaf) {
        return Digest.sha256(LEAF, leaf);
    }

    /** SHA-256(0x01 ‖ left ‖ right): an inner node of the Merkle tree. */
    public static Digest node(Digest left, Digest right) {
        return Digest.sha256(NODE, left.bytes(), right.bytes());
    }

    /** The {@code prev} of a log's first entry. */
    public static Digest genesis(String log) {
        return Digest.sha256(GENESIS, log.getBytes(UTF_8));
    }

    /** What a leaf commits to of its payload; {@code salt} is 32 random bytes that live and die with the payload. */
    public static Digest payload(byte[] salt, byte[] bytes) {
        return Digest.sha256(PAYLOAD, salt, bytes);
    }
}
