package io.aios.trace;

import io.aios.trace.json.Digest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A trace that is finished: record, bytes and both hashes of {@code aios-jcs-1} belong together.
 *
 * <p>Store, chain and export take sealed traces only.
 */
public final class SealedTrace {
    private static final HexFormat HEX = HexFormat.of();

    private final DecisionTrace trace;
    private final Digest traceHash;
    private final Digest recordHash;

    private SealedTrace(DecisionTrace trace, Digest traceHash, Digest recordHash) {
        this.trace = trace;
        this.traceHash = traceHash;
        this.recordHash = recordHash;
    }

    /**
     * Seals a trace once: draws its salt and computes both hashes.
     *
     * @param salts a {@code SecureRandom} outside tests; who can guess the salt can guess erased text
     * @throws InvalidTraceException if the trace is sealed already or belongs to another profile
     */
    public static SealedTrace seal(DecisionTrace draft, RandomGenerator salts) {
        if (!HashProfile.AIOS_JCS_1.id().equals(draft.hashProfile())) {
            throw new InvalidTraceException("$.hash_profile", "only aios-jcs-1 can be sealed");
        }
        if (draft.traceHash() != null || draft.recordHash() != null || draft.commitSalt() != null) {
            throw new InvalidTraceException("$.trace_hash", "the trace is sealed already");
        }
        byte[] salt = new byte[32];
        salts.nextBytes(salt);
        Digest traceHash = TraceHashes.decision(draft);
        DecisionTrace salted = draft.toBuilder()
                .commitSalt(HEX.formatHex(salt))
                .traceHash(traceHash)
                .build();
        Digest recordHash = TraceHashes.record(salted);
        return new SealedTrace(salted.toBuilder().recordHash(recordHash).build(), traceHash, recordHash);
    }

    /**
     * Reads a sealed trace and checks both hashes.
     *
     * @throws InvalidTraceException if it is malformed, belongs to another profile, or a hash does not fit
     */
    public static SealedTrace read(byte[] json) {
        StoredTrace stored = TraceReader.read(json);
        HashProfile unused = TraceHashes.check(stored).orElseThrow();
        DecisionTrace trace = stored.trace();
        return new SealedTrace(trace, present(trace.traceHash()), present(trace.recordHash()));
    }

    private static Digest present(@Nullable Digest checked) {
        return Checks.present(checked, "$.trace_hash");
    }

    /** The record. */
    public DecisionTrace trace() {
        return trace;
    }

    /** Canonical JSON of the whole trace, salt and hashes included. */
    public byte[] bytes() {
        return TraceCodec.write(trace);
    }

    /** Decision hash: equal across replays; an oracle for guessable text, so it goes when the text goes. */
    public Digest traceHash() {
        return traceHash;
    }

    /** Record hash: covers everything and stays valid after erasure; the one for audit logs. */
    public Digest recordHash() {
        return recordHash;
    }

    /** The trace without its personal leaves and salt; its record hash stays what it was. */
    public ErasedTrace erase() {
        return ErasedTrace.of(this);
    }

    /** Two sealed traces are equal if their record hashes are. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SealedTrace that && recordHash.equals(that.recordHash);
    }

    @Override
    public int hashCode() {
        return recordHash.hashCode();
    }

    @Override
    public String toString() {
        return "SealedTrace[" + trace.traceId() + ", record_hash " + recordHash + "]";
    }
}
