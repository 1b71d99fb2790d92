package io.aios.audit.verify;

import io.aios.audit.AuditHead;
import io.aios.audit.EntryRef;
import io.aios.audit.proof.EntryHash;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.List;
import java.util.Optional;

/**
 * A log as far as one reading verified it, and what it was held to: what a later reading may go on from. Only {@link
 * LogVerifier} makes one, so it stands for a verification in this process. At most 63 hashes and what was held.
 */
public final class VerifiedLog {
    private final OrgId org;
    private final String log;
    private final AuditHead head;
    private final List<Digest> edge;
    private final Held held;

    VerifiedLog(OrgId org, String log, AuditHead head, List<Digest> edge, Held held) {
        this.org = org;
        this.log = log;
        this.head = head;
        this.edge = edge;
        this.held = held;
    }

    /** The tenant. */
    public OrgId org() {
        return org;
    }

    /** Number of verified entries. */
    public long size() {
        return head.size();
    }

    /** The last verified entry; empty when the log was. */
    public Optional<EntryRef> end() {
        return head.size() == 0 ? Optional.empty() : Optional.of(new EntryRef(head.size() - 1, head.hash()));
    }

    /** Whether a row is the last verified entry, by the hash of its leaf; so is then everything before it. */
    public boolean endsWith(EntryRow row) {
        return end().equals(Optional.of(
                new EntryRef(row.seq(), EntryHash.of(row.leaf().value()))));
    }

    /** Whether all that is held of these entries was compared with them. */
    public boolean answers(Held asked) {
        return asked.log().map(log::equals).orElse(true)
                && asked.entries().entrySet().stream()
                        .allMatch(entry -> entry.getKey() >= size()
                                || entry.getValue().equals(held.entries().get(entry.getKey()))
                                || end().equals(Optional.of(new EntryRef(entry.getKey(), entry.getValue()))))
                && asked.roots().entrySet().stream()
                        .allMatch(root -> root.getKey() > size()
                                || root.getValue().equals(held.roots().get(root.getKey())));
    }

    String log() {
        return log;
    }

    Digest hash() {
        return head.hash();
    }

    List<Digest> edge() {
        return edge;
    }
}
