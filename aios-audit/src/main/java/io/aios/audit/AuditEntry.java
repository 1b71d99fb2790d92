package io.aios.audit;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An entry as it stands in a log, read back and verified.
 *
 * @param org the tenant
 * @param seq its number, from 0
 * @param hash its entry hash
 * @param id the event's id
 * @param at when it happened, in whole microseconds
 * @param type what happened
 * @param actor who did it
 * @param subject what it was done to
 * @param outcome how it ended
 * @param recordHash record hash of its trace
 * @param packageHash hash of its deployment package
 * @param policy the policy it was decided under
 * @param corrects the earlier entry that it corrects or erases
 * @param payload its payload: present, erased, or never there
 */
public record AuditEntry(
        OrgId org,
        long seq,
        Digest hash,
        UUID id,
        Instant at,
        String type,
        String actor,
        String subject,
        String outcome,
        Optional<Digest> recordHash,
        Optional<Digest> packageHash,
        Optional<PolicyVersion> policy,
        Optional<EntryRef> corrects,
        AuditPayload payload) {
    /** The type of the entry that records the erasure of a payload. */
    public static final String ERASED = "audit.payload.erased";

    /** The entry as a correction or an anchor names it. */
    public EntryRef ref() {
        return new EntryRef(seq, hash);
    }
}
