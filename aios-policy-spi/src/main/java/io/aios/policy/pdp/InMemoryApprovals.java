package io.aios.policy.pdp;

import io.aios.policy.Decision.ReviewRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Approvals of one process, gone when it ends: for tests, tools and hosts of a single instance. */
public final class InMemoryApprovals implements ApprovalAuthority {
    private final Clock clock;
    private final Supplier<String> ids;
    private final Map<String, Approval> approvals = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    /** Takes the time from the clock and ids, which must not repeat or be guessed, from the supplier. */
    public InMemoryApprovals(Clock clock, Supplier<String> ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** Records the consent of a human whom the host has authenticated, for that long. */
    public synchronized Approval grant(ReviewRequest ask, String approver, List<String> roles, Duration validFor) {
        Instant now = clock.instant();
        Approval approval = new Approval(
                ids.get(), approver, roles, ask.requestDigest(), ask.policyDigest(), now, now.plus(validFor));
        if (approvals.putIfAbsent(approval.id(), approval) != null) {
            throw new IllegalStateException("approval id " + approval.id() + " was given twice; ids must be unique");
        }
        return approval;
    }

    /** Takes an approval back; one that was used stays used. */
    public synchronized void withdraw(String approvalId) {
        approvals.remove(approvalId);
    }

    @Override
    public synchronized Optional<Approval> find(String approvalId) {
        return Optional.ofNullable(approvals.get(approvalId));
    }

    @Override
    public synchronized boolean consume(String approvalId) {
        return approvals.containsKey(approvalId) && used.add(approvalId);
    }
}
