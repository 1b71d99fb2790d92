package io.aios.onboarding.approval;

import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides from records alone: what each person said last about each item of exactly this subject. */
final class Evaluation {
    private final ApprovalPolicy policy;
    private final ApprovalRequest request;
    private final Collection<Approver> approvers;
    private final Instant now;

    Evaluation(ApprovalPolicy policy, ApprovalRequest request, Collection<Approver> approvers, Instant now) {
        this.policy = policy;
        this.request = request;
        this.now = now;
        this.approvers = approvers;
    }

    List<PendingApproval> pending(List<ApprovalRecord> records) {
        if (brokenGlass(records)) {
            return List.of();
        }
        List<PendingApproval> pending = new ArrayList<>();
        for (ApprovalNeed need : policy.needs(request.candidates())) {
            Map<String, ApprovalRecord> last = new HashMap<>();
            for (ApprovalRecord said : records) {
                if (isVote(said) && said.subject().equals(request.subject())) {
                    if (said.item().equals(need.item())) {
                        last.put(said.person(), said);
                    } else if (said.item().equals(ApprovalRecord.WHOLE)) {
                        last.put("whole subject, " + said.person(), said);
                    }
                }
            }
            judge(need, last, pending);
        }
        return pending;
    }

    private void judge(ApprovalNeed need, Map<String, ApprovalRecord> last, List<PendingApproval> pending) {
        ApprovalRule rule = policy.ruleFor(need.item());
        List<String> rejected = new ArrayList<>();
        int approvals = 0;
        for (ApprovalRecord said : last.values()) {
            if (said.resolution() == Resolution.REJECTED) {
                rejected.add(said.approvedBy());
            } else if (said.resolution() == Resolution.APPROVED
                    && said.item().equals(need.item())
                    && counts(said, rule)) {
                approvals++;
            }
        }
        if (!rejected.isEmpty() || approvals < rule.quorum()) {
            rejected.sort(null);
            pending.add(new PendingApproval(need, approvals, rule.quorum(), rejected));
        }
    }

    private boolean counts(ApprovalRecord said, ApprovalRule rule) {
        return approvers.stream().anyMatch(known -> known.person().equals(said.person()) && rule.eligible(known))
                && !request.authors().contains(said.person())
                && said.countsAt(now)
                && now.isBefore(said.approvedAt().plus(rule.validity()));
    }

    private boolean brokenGlass(List<ApprovalRecord> records) {
        return records.stream()
                .anyMatch(said -> said.resolution() == Resolution.BREAK_GLASS
                        && said.subject().equals(request.subject())
                        && said.expiresAt() != null
                        && said.countsAt(now));
    }

    private static boolean isVote(ApprovalRecord said) {
        return said.resolution() == Resolution.APPROVED
                || said.resolution() == Resolution.REJECTED
                || said.resolution() == Resolution.WITHDRAWN;
    }

    /** The first run that used this subject, or null. */
    static @Nullable String usedBy(ApprovalSubject subject, List<ApprovalRecord> records) {
        for (ApprovalRecord said : records) {
            if (said.resolution() == Resolution.USED && said.subject().equals(subject)) {
                return said.notes();
            }
        }
        return null;
    }
}
