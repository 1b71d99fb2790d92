package io.aios.audit.verify;

import io.aios.audit.PolicyVersion;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.function.Function;

/** What a decision's evidence file proves. */
public sealed interface DecisionReport {
    /** The links of the chain, in the order in which they are checked. */
    enum Link {
        /** The signed checkpoint, or the tenant's head in it. */
        CHECKPOINT,
        /** An audit entry, or the one that must name the trace. */
        ENTRY,
        /** The trace and its hashes. */
        TRACE,
        /** The policy that decided. */
        POLICY,
        /** The package that carried the policy. */
        PACKAGE,
        /** The approval under which the package was deployed. */
        APPROVAL
    }

    /**
     * The decision is in the log that the pinned key signed, and was made under an approved and deployed package.
     *
     * @param org the tenant
     * @param traceId the trace
     * @param recordHash its record hash, as the audit entry carries it
     * @param policy the policy that decided
     * @param packageHash the package that carried it
     * @param approvals how many of its approvals the file shows
     * @param size entries of the log at the checkpoint
     */
    record Proven(
            OrgId org,
            String traceId,
            Digest recordHash,
            PolicyVersion policy,
            Digest packageHash,
            long approvals,
            long size)
            implements DecisionReport {}

    /**
     * The file proves nothing.
     *
     * @param link the first link that does not hold
     * @param what what is wrong with it
     */
    record Broken(Link link, String what) implements DecisionReport {}

    /** Calls the function that fits and returns what it returns. */
    default <T> T fold(Function<? super Proven, ? extends T> proven, Function<? super Broken, ? extends T> broken) {
        return this instanceof Proven p ? proven.apply(p) : broken.apply((Broken) this);
    }
}
