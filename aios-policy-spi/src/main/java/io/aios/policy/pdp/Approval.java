package io.aios.policy.pdp;

import io.aios.policy.Decision.ReviewRequest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A human's consent to exactly one request under exactly one set of policies, once.
 *
 * @param id names it; what the caller hands to the decision point
 * @param approver the authenticated id of the human
 * @param roles roles in which the approver may act
 * @param requestDigest {@link ReviewRequest#requestDigest()}: subject, action with arguments, resource and context
 * @param policyDigest {@link ReviewRequest#policyDigest()}
 * @param grantedAt when it was given
 * @param expiresAt from when on it no longer counts
 */
public record Approval(
        String id,
        String approver,
        List<String> roles,
        String requestDigest,
        String policyDigest,
        Instant grantedAt,
        Instant expiresAt) {
    /** Checks and copies. */
    public Approval {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(approver, "approver");
        roles = List.copyOf(roles);
        Objects.requireNonNull(requestDigest, "requestDigest");
        Objects.requireNonNull(policyDigest, "policyDigest");
        Objects.requireNonNull(grantedAt, "grantedAt");
        Objects.requireNonNull(expiresAt, "expiresAt");
    }
}
