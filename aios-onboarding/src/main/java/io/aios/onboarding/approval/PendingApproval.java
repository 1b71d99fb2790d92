package io.aios.onboarding.approval;

import java.util.List;

/**
 * A need that is not met yet.
 *
 * @param need the item and why a human must decide
 * @param approvals how many persons approved so far
 * @param quorum how many must
 * @param rejectedBy the persons who forbid it
 */
public record PendingApproval(ApprovalNeed need, int approvals, int quorum, List<String> rejectedBy) {
    /** Copies the list. */
    public PendingApproval {
        rejectedBy = List.copyOf(rejectedBy);
    }

    @Override
    public String toString() {
        return need.item() + " (" + String.join("; ", need.reasons()) + "): "
                + (rejectedBy.isEmpty()
                        ? approvals + " of " + quorum + " approvals"
                        : "rejected by " + String.join(", ", rejectedBy));
    }
}
