package io.aios.trace;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a decision hash is computed. Frozen and append-only: a profile never changes, a change is a new profile. */
public enum HashProfile {
    /** SHA-256 of the RFC 8785 form of {@code {"kind","profile","trace"}}; the profile of all new traces. */
    AIOS_JCS_1("aios-jcs-1"),
    /** The original Python system, for traces without {@code hash_profile} and {@code policy_version}. */
    AIOS_PY_1("aios-py-1"),
    /** The original Python system after it added {@code policy_version} and {@code policy_hash}. */
    AIOS_PY_1P("aios-py-1p");

    private final String id;

    HashProfile(String id) {
        this.id = id;
    }

    /** The name inside traces and pre-images. */
    public String id() {
        return id;
    }

    /** The bytes whose SHA-256 is the decision hash. */
    public byte[] decisionPreimage(DecisionTrace trace) {
        return switch (this) {
            case AIOS_JCS_1 -> TraceWriter.decision(trace).toBytes();
            case AIOS_PY_1 -> PythonPreimage.of(trace, false).getBytes(StandardCharsets.US_ASCII);
            case AIOS_PY_1P -> PythonPreimage.of(trace, true).getBytes(StandardCharsets.US_ASCII);
        };
    }

    /** The decision hash of a trace under this profile, whatever profile the trace names. */
    public Digest decisionHash(DecisionTrace trace) {
        return this == AIOS_JCS_1 ? TraceWriter.decision(trace).digest() : Digest.sha256(decisionPreimage(trace));
    }

    /** The one profile that can have made a trace's hash, or null if the trace names one that is not known. */
    static @Nullable HashProfile of(DecisionTrace trace) {
        String named = trace.hashProfile();
        if (named == null) {
            return trace.policyVersion() == null ? AIOS_PY_1 : AIOS_PY_1P;
        }
        return named.equals(AIOS_JCS_1.id) ? AIOS_JCS_1 : null;
    }
}
