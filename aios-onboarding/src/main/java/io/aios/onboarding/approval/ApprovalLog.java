package io.aios.onboarding.approval;

import io.aios.tenancy.OrgId;
import java.util.List;

/**
 * The authority on approvals: append-only, so that a deleted withdrawal or rejection cannot revive anything.
 *
 * <p>An implementation keeps records in one order per organisation, returns from {@link #append} only when the record is
 * durable, and verifies what it reads.
 */
public interface ApprovalLog {
    /**
     * Adds a record at the end.
     *
     * @throws ApprovalException when it is not known to be durable
     */
    void append(ApprovalRecord approval);

    /**
     * All records of an organisation in order.
     *
     * @throws ApprovalException when they cannot be proved complete and unchanged
     */
    List<ApprovalRecord> read(OrgId org);
}
