package io.aios.trace;

import io.aios.trace.json.Digest;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Computes and checks the hashes of traces. */
public final class TraceHashes {
    private static final Set<HashProfile> ONLY_JCS = Set.of(HashProfile.AIOS_JCS_1);
    private static final HashCheck CONSISTENT = new HashCheck.Consistent(HashProfile.AIOS_JCS_1);

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
        return check(trace, ONLY_JCS);
    }

    /**
     * Checks the hashes of a trace under the one profile that it belongs to, if the caller accepts that profile.
     *
     * <p>There is no fallback: a hash that fits under another profile does not count.
     */
    public static HashCheck check(DecisionTrace trace, Set<HashProfile> accepted) {
        HashCheck decision = decision(trace, accepted, profile -> profile.decisionHash(trace));
        return decision.equals(CONSISTENT) ? recordToo(trace) : decision;
    }

    /** As {@link #check(DecisionTrace)}, by way of the bytes. */
    static HashCheck check(StoredTrace stored) {
        HashCheck decision = decision(stored);
        return decision.equals(CONSISTENT) ? recordToo(stored.trace()) : decision;
    }

    /**
     * Reads a trace that names {@code aios-jcs-1} strictly and checks its decision hash only.
     *
     * <p>Cheaper than both hashes; what the decision hash leaves out, ids and times above all, stays unchecked.
     *
     * @throws InvalidTraceException naming the path of what is wrong
     */
    public static HashCheck checkDecision(byte[] json) {
        return decision(TraceReader.read(json));
    }

    private static HashCheck decision(StoredTrace stored) {
        return decision(stored.trace(), ONLY_JCS, profile -> stored.decision().digest());
    }

    private static HashCheck decision(
            DecisionTrace trace, Set<HashProfile> accepted, Function<HashProfile, Digest> content) {
        HashProfile profile = HashProfile.of(trace);
        if (profile == null) {
            return new HashCheck.Unverifiable(
                    "hash_profile '" + trace.hashProfile() + "' is not known to this version");
        }
        if (!accepted.contains(profile)) {
            return new HashCheck.Unverifiable(
                    "the trace belongs to profile " + profile.id() + ", which the caller did not accept by name");
        }
        return compare("trace_hash", trace.traceHash(), () -> content.apply(profile), profile);
    }

    private static HashCheck recordToo(DecisionTrace trace) {
        if (trace.commitSalt() == null) {
            return new HashCheck.Unverifiable("commit_salt is missing, so record_hash cannot be computed");
        }
        return compare("record_hash", trace.recordHash(), () -> record(trace), HashProfile.AIOS_JCS_1);
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
