package io.aios.policy.pdp;

import java.util.Optional;

/**
 * Where approvals are kept. The decision point is given an id only and takes the approval itself from here, so that a
 * caller cannot forge one. Whatever it throws leaves the review a review.
 */
public interface ApprovalAuthority {
    /** The approval of that id; empty when there is none or it was withdrawn. */
    Optional<Approval> find(String approvalId);

    /** Marks it as used. True for exactly one caller, over all processes that share the authority. */
    boolean consume(String approvalId);
}
