package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.InvalidEventException;
import io.aios.tenancy.OrgId;
import java.util.concurrent.CompletableFuture;

/** Hands the events of one tenant to the group commit. */
final class TenantAppender implements AuditLog.Tenant {
    private final OrgId org;
    private final GroupCommit groupCommit;

    TenantAppender(OrgId org, GroupCommit groupCommit) {
        this.org = org;
        this.groupCommit = groupCommit;
    }

    @Override
    @CanIgnoreReturnValue
    public AuditReceipt append(AuditEvent event) {
        return groupCommit.await(org, appendAsync(event));
    }

    @Override
    public CompletableFuture<AuditReceipt> appendAsync(AuditEvent event) {
        if (event.type().startsWith("audit.")) {
            throw new InvalidEventException("type " + event.type() + " is reserved for the wall's own entries");
        }
        return groupCommit.submit(org, event);
    }

    @Override
    @CanIgnoreReturnValue
    public AuditReceipt correct(EntryRef original, AuditEvent correction) {
        return append(correction.correcting(original));
    }
}
