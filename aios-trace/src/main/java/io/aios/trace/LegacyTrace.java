package io.aios.trace;

import io.aios.trace.json.Digest;
import java.util.EnumSet;

/** A trace of the original Python system: kept and exported as the bytes it came in. */
public final class LegacyTrace {
    private final byte[] bytes;
    private final DecisionTrace trace;
    private final HashProfile profile;
    private final Digest traceHash;

    private LegacyTrace(byte[] bytes, DecisionTrace trace, HashProfile profile, Digest traceHash) {
        this.bytes = bytes;
        this.trace = trace;
        this.profile = profile;
        this.traceHash = traceHash;
    }

    /**
     * Reads a trace of the original system and checks its hash.
     *
     * @param profile the legacy profile that the caller expects
     * @throws InvalidTraceException if it is malformed, belongs to another profile, or its hash does not fit
     */
    public static LegacyTrace read(byte[] json, HashProfile profile) {
        DecisionTrace trace = TraceCodec.read(json);
        if (profile == HashProfile.AIOS_JCS_1) {
            throw new InvalidTraceException("$.hash_profile", "aios-jcs-1 is no legacy profile; use SealedTrace.read");
        }
        HashProfile checked = TraceHashes.check(trace, EnumSet.of(profile)).orElseThrow();
        return new LegacyTrace(json.clone(), trace, checked, Checks.present(trace.traceHash(), "$.trace_hash"));
    }

    /** The bytes as they were read. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The record. */
    public DecisionTrace trace() {
        return trace;
    }

    /** The profile under which the hash fits. */
    public HashProfile profile() {
        return profile;
    }

    /** The decision hash of the original system. */
    public Digest traceHash() {
        return traceHash;
    }

    @Override
    public String toString() {
        return "LegacyTrace[" + trace.traceId() + ", " + profile.id() + ", trace_hash " + traceHash + "]";
    }
}
