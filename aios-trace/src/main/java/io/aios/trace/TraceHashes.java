package io.aios.trace;

import io.aios.trace.json.Digest;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Computes and checks the hashes of traces. */
public final class TraceHashes {
    private TraceHashes() {}

    /** The decision hash under {@code aios-jcs-1}: equal across replays of the same decision. */
    public static Digest decision(DecisionTrace trace) {
        return HashProfile.AIOS_JCS_1.decisionHash(trace);
    }

    /**
     * The record hash under {@code aios-jcs-1}: everything but itself, personal leaves as commitments.
     *
     * @throws InvalidTraceException if the trace has no {@code commit_salt}
     */
    public static Digest record(DecisionTrace trace) {
        String salt = trace.commitSalt();
        if (salt == null) {
            throw new InvalidTraceException("$.commit_salt", "is required for a record hash; seal the trace");
        }
        return TraceWriter.record(trace, Commitments.salted(salt)).digest();
    }

    /** Checks the hashes of a trace that names {@code aios-jcs-1}; every other trace is unverifiable. */
    public static HashCheck check(DecisionTrace trace) {
        return check(trace, EnumSet.of(HashProfile.AIOS_JCS_1));
    }

    /**
     * Checks the hashes of a trace under the one profile that it belongs to, if the caller accepts that profile.
     *
     * <p>There is no fallback: a hash that fits under another profile does not count.
     */
    public static HashCheck check(DecisionTrace trace, Set<HashProfile> accepted) {
        HashProfile profile = HashProfile.of(trace);
        if (profile == null) {
            return new HashCheck.Unverifiable(
                    "hash_profile '" + trace.hashProfile() + "' is not known to this version");
        }
        if (!accepted.contains(profile)) {
            return new HashCheck.Unverifiable(
                    "the trace belongs to profile " + profile.id() + ", which the caller did not accept by name");
        }
        HashCheck decision = compare("trace_hash", trace.traceHash(), () -> profile.decisionHash(trace), profile);
        if (profile != HashProfile.AIOS_JCS_1 || !decision.isConsistent()) {
            return decision;
        }
        if (trace.commitSalt() == null) {
            return new HashCheck.Unverifiable("commit_salt is missing, so record_hash cannot be computed");
        }
        return compare("record_hash", trace.recordHash(), () -> record(trace), profile);
    }

    static HashCheck compare(String field, @Nullable Digest expected, Supplier<Digest> content, HashProfile profile) {
        if (expected == null) {
            return new HashCheck.Unverifiable("the trace has no " + field);
        }
        Digest actual = content.get();
        return expected.equals(actual)
                ? new HashCheck.Consistent(profile)
                : new HashCheck.Mismatch(field, expected, actual);
    }
}
