package io.aios.onboarding.approval;

import java.time.Duration;
import java.util.Set;

/**
 * How many people of which roles decide, and for how long that holds.
 *
 * @param quorum how many distinct persons, at least 1
 * @param roles any one of these makes a person eligible; never empty
 * @param validity how long an approval lasts; it has ended at exactly that age
 */
public record ApprovalRule(int quorum, Set<String> roles, Duration validity) {
    /** Checks the numbers. */
    public ApprovalRule {
        roles = Set.copyOf(roles);
        if (quorum < 1) {
            throw new ApprovalException("quorum " + quorum + " is below 1");
        }
        if (roles.isEmpty()) {
            throw new ApprovalException("a rule without roles makes nobody eligible");
        }
        if (validity.isZero() || validity.isNegative()) {
            throw new ApprovalException("validity " + validity + " is not positive");
        }
    }

    boolean eligible(Approver approver) {
        return approver.roles().stream().anyMatch(roles::contains);
    }
}
