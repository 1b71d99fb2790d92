package io.aios.audit;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.UUID;

/**
 * Proof to the caller that an entry is durable. Keep it (or a checkpoint): a log that no longer contains the entry it
 * names has been rolled back.
 *
 * @param org the tenant
 * @param entryId the event's id
 * @param seq the entry's number in the tenant's log, from 0, without gaps
 * @param entryHash SHA-256(0x00 followed by the leaf)
 * @param head the log's end when the entry was written; at least this entry
 */
public record AuditReceipt(OrgId org, UUID entryId, long seq, Digest entryHash, AuditHead head) {
    /** The entry as a correction or an anchor names it. */
    public EntryRef ref() {
        return new EntryRef(seq, entryHash);
    }
}
