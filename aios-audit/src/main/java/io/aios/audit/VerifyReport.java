package io.aios.audit;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.List;
import java.util.function.Function;

/** What the verifier found in one tenant's log. */
public sealed interface VerifyReport {
    /** The tenant. */
    OrgId org();

    /**
     * Every leaf, link, number, column and payload agrees, and so does every checkpoint and receipt it was held
     * against.
     *
     * @param org the tenant
     * @param head the log's end
     * @param root the Merkle root over all entries
     * @param heldTo the largest size that something outside the database (checkpoint, receipt) confirmed; entries after
     *     it are checked by the chain alone
     */
    record Intact(OrgId org, AuditHead head, Digest root, long heldTo) implements VerifyReport {}

    /**
     * As {@link Intact}, but payloads were erased, each with its erasure entry.
     *
     * @param org the tenant
     * @param head the log's end
     * @param root the Merkle root over all entries
     * @param heldTo as in {@link Intact}
     * @param count how many payloads are erased
     * @param seqs the first of them, at most 1,000
     */
    record Erased(OrgId org, AuditHead head, Digest root, long heldTo, long count, List<Long> seqs)
            implements VerifyReport {
        /** Copies. */
        public Erased {
            seqs = List.copyOf(seqs);
        }
    }

    /**
     * An entry is not what was written.
     *
     * @param org the tenant
     * @param seq the first bad entry
     * @param what what is wrong with it
     */
    record Tampered(OrgId org, long seq, String what) implements VerifyReport {}

    /**
     * Entries that something outside the database confirms are gone from the end.
     *
     * @param org the tenant
     * @param size entries found
     * @param expected entries there must be at least
     */
    record Truncated(OrgId org, long size, long expected) implements VerifyReport {}

    /**
     * The log is consistent in itself but is not the one that was held: its history was rewritten.
     *
     * @param org the tenant
     * @param size the held size at which root or entry differ
     * @param what what differs
     */
    record RolledBack(OrgId org, long size, String what) implements VerifyReport {}

    /**
     * A payload is gone and no erasure entry says why.
     *
     * @param org the tenant
     * @param seq the entry without its payload
     */
    record Missing(OrgId org, long seq) implements VerifyReport {}

    /**
     * No verdict could be reached; this is never good news.
     *
     * @param org the tenant
     * @param reason why not
     */
    record Unverifiable(OrgId org, String reason) implements VerifyReport {}

    /** Whether nothing is wrong: {@link Intact} only. */
    default boolean isIntact() {
        return this instanceof Intact;
    }

    /** Whether the chain holds: {@link Intact} or {@link Erased}. */
    default boolean chainHolds() {
        return this instanceof Intact || this instanceof Erased;
    }

    /**
     * How many entries at the end nothing outside the database confirms yet: the exposure window as it was found. A
     * superuser could have rewritten them. -1 when the chain does not hold.
     */
    default long exposed() {
        return fold(
                intact -> intact.head().size() - intact.heldTo(),
                erased -> erased.head().size() - erased.heldTo(),
                broken -> -1L);
    }

    /** Calls the first function for {@link Intact}, the second for {@link Erased}, the third for all else. */
    default <T> T fold(
            Function<? super Intact, ? extends T> onIntact,
            Function<? super Erased, ? extends T> onErased,
            Function<? super VerifyReport, ? extends T> onBroken) {
        if (this instanceof Intact intact) {
            return onIntact.apply(intact);
        } else if (this instanceof Erased erased) {
            return onErased.apply(erased);
        }
        return onBroken.apply(this);
    }

    /**
     * The log's end, when the chain holds.
     *
     * @throws NotIntactException otherwise
     */
    default AuditHead orElseThrow() {
        return fold(Intact::head, Erased::head, broken -> {
            throw new NotIntactException(broken);
        });
    }
}
