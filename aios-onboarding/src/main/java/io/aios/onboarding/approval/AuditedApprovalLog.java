package io.aios.onboarding.approval;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Approvals as entries of the audit wall: the authority in production. Safe for any number of threads.
 *
 * <p>The entry's leaf names package and plan; who decided, and in what words, stands in the payload. Reading verifies the
 * tenant's whole log first, against the last receipt this object holds, so that a log set back while it runs is noticed.
 */
public final class AuditedApprovalLog implements ApprovalLog {
    private static final String TYPE = "approval.";

    private final AuditLog wall;
    private final AuditReader reader;
    private final Map<OrgId, Held> held = new ConcurrentHashMap<>();

    /** A log that is appended through the wall and read back as its reader role. */
    public AuditedApprovalLog(AuditLog wall, AuditReader reader) {
        this.wall = wall;
        this.reader = reader;
    }

    @Override
    public void append(ApprovalRecord approval) {
        OrgId org = approval.subject().org();
        try {
            AuditReceipt receipt = wall.tenant(org).append(event(approval));
            held.merge(org, Held.entries(receipt.ref()), AuditedApprovalLog::later);
        } catch (AuditException e) {
            throw new ApprovalException("the audit wall did not take the approval record: " + e.getMessage(), e);
        }
    }

    @Override
    public List<ApprovalRecord> read(OrgId org) {
        try {
            return reader
                    .entries(org, held.getOrDefault(org, Held.nothing()), entry -> entry.type()
                            .startsWith(TYPE))
                    .stream()
                    .map(AuditedApprovalLog::approval)
                    .toList();
        } catch (AuditException e) {
            throw new ApprovalException("the approval log cannot be trusted: " + e.getMessage(), e);
        }
    }

    private static Held later(Held one, Held other) {
        return last(one) >= last(other) ? one : other;
    }

    private static long last(Held entries) {
        return entries.entries().keySet().stream().mapToLong(seq -> seq).max().orElse(-1);
    }

    private static AuditEvent event(ApprovalRecord approval) {
        return AuditEvent.of(TYPE + word(approval.resolution()))
                .at(approval.approvedAt())
                .actor("approver")
                .subject("plan:" + approval.subject().planDigest().hex())
                .outcome(word(approval.resolution()))
                .packageHash(approval.subject().packageHash())
                .payload(approval.toJson())
                .build();
    }

    private static ApprovalRecord approval(AuditEntry entry) {
        if (!(entry.payload() instanceof AuditPayload.Present present)) {
            throw new ApprovalException("entry " + entry.seq() + " of " + entry.org().value()
                    + " was an approval and is erased; what it said cannot be honoured, so nothing may be deployed");
        }
        try {
            if (!(CanonicalJson.parse(present.bytes()) instanceof Map<?, ?> json)) {
                throw new ApprovalException("entry " + entry.seq() + " holds no approval record");
            }
            Object expires = json.get("expires_at");
            return new ApprovalRecord(
                    Resolution.valueOf(text(json, "resolution").toUpperCase(Locale.ROOT)),
                    new ApprovalSubject(
                            OrgId.of(text(json, "org_id")),
                            Digest.parse(text(json, "package_hash")),
                            Digest.parse(text(json, "plan_digest")),
                            text(json, "target_lineage")),
                    text(json, "item"),
                    text(json, "person"),
                    text(json, "approved_by"),
                    text(json, "role"),
                    Instant.parse(text(json, "approved_at")),
                    expires == null ? null : Instant.parse((String) expires),
                    text(json, "notes"));
        } catch (InvalidJsonException | IllegalArgumentException | DateTimeException | ClassCastException e) {
            throw new ApprovalException("entry " + entry.seq() + " holds no approval record: " + e.getMessage(), e);
        }
    }

    private static String text(Map<?, ?> json, String name) {
        return Objects.requireNonNullElseGet((String) json.get(name), () -> {
            throw new ApprovalException("an approval record without " + name);
        });
    }

    private static String word(Resolution resolution) {
        return resolution.name().toLowerCase(Locale.ROOT);
    }
}
