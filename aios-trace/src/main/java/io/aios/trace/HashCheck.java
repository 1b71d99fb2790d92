package io.aios.trace;

import io.aios.trace.json.Digest;
import java.util.function.Function;

/**
 * Whether the hashes inside a trace fit its content.
 *
 * <p>Consistent is not proof: whoever edits a trace can recompute an unkeyed hash. Proof is an audit receipt for the
 * record hash, or a signature.
 */
public sealed interface HashCheck {
    /**
     * Every hash fits.
     *
     * @param profile the profile that was applied
     */
    record Consistent(HashProfile profile) implements HashCheck {}

    /**
     * A hash does not fit.
     *
     * @param field {@code trace_hash} or {@code record_hash}
     * @param expected what the trace says
     * @param actual what its content gives
     */
    record Mismatch(String field, Digest expected, Digest actual) implements HashCheck {}

    /**
     * No accepted profile can tell.
     *
     * @param reason why, and what to do
     */
    record Unverifiable(String reason) implements HashCheck {}

    /** Whether every hash fits. */
    default boolean isConsistent() {
        return this instanceof Consistent;
    }

    /** Handles each case. */
    default <T> T fold(
            Function<? super Consistent, ? extends T> consistent,
            Function<? super Mismatch, ? extends T> mismatch,
            Function<? super Unverifiable, ? extends T> unverifiable) {
        if (this instanceof Consistent c) {
            return consistent.apply(c);
        }
        return this instanceof Mismatch m ? mismatch.apply(m) : unverifiable.apply((Unverifiable) this);
    }

    /**
     * The profile under which every hash fits.
     *
     * @throws InvalidTraceException naming the hash that does not fit, or why none could be checked
     */
    default HashProfile orElseThrow() {
        return fold(
                Consistent::profile,
                m -> {
                    throw new InvalidTraceException(
                            "$." + m.field(), "is " + m.expected() + ", the content gives " + m.actual());
                },
                u -> {
                    throw new InvalidTraceException("$.hash_profile", u.reason());
                });
    }
}
