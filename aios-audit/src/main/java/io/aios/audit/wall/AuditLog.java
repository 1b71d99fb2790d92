package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.tenancy.OrgId;
import java.util.concurrent.CompletableFuture;

/** Where events are appended; each tenant has a log of its own. Safe for use by any number of threads. */
public sealed interface AuditLog permits AuditWall {
    /** The log of one tenant. */
    Tenant tenant(OrgId org);

    /** One tenant's log. */
    sealed interface Tenant permits TenantAppender {
        /**
         * Appends an event and returns when it is durable. Never joins a transaction of the caller.
         *
         * @throws io.aios.audit.AuditUnavailableException if the wall did not acknowledge it in time; appending the
         *     same event again (with its id) is safe
         * @throws io.aios.audit.AuditRefusedException if its id names another event, or it corrects an entry that is not
         *     there
         */
        @CanIgnoreReturnValue
        AuditReceipt append(AuditEvent event);

        /**
         * As {@link #append}, without waiting for the disk; waits for room in the bounded queue only. The future fails
         * with what {@code append} throws.
         */
        CompletableFuture<AuditReceipt> appendAsync(AuditEvent event);

        /** Appends an event as a correction of an earlier entry, which stays as it is. */
        @CanIgnoreReturnValue
        AuditReceipt correct(EntryRef original, AuditEvent correction);
    }
}
