package io.aios.onboarding.approval;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditPayload;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The approval log on the audit wall: appended as the writer role, read and verified as the reader role.
 *
 * <p>Who decided what about which subject stands in the chained entry; names, items and notes in its erasable payload.
 * When a payload was erased, an approval no longer counts, and a rejection or withdrawal forbids the whole subject.
 */
public final class WallApprovalLog implements ApprovalLog {
    private static final String TYPE = "approval.";

    private final AuditLog writer;
    private final WallReader reader;

    private WallApprovalLog(AuditLog writer, WallReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /** The log on a wall; whatever this object appended or read must still be there whenever it reads. */
    public static WallApprovalLog on(AuditLog writer, AuditReader reader) {
        return new WallApprovalLog(writer, WallReader.of(reader, TYPE));
    }

    /** The same, also held to what is known of the wall from outside, such as checkpoints kept elsewhere. */
    public WallApprovalLog heldTo(Function<OrgId, Held> known) {
        return new WallApprovalLog(writer, reader.heldTo(known));
    }

    @Override
    public void append(ApprovalRecord approval) {
        ApprovalSubject subject = approval.subject();
        AuditEvent event = AuditEvent.of(TYPE + word(approval.resolution()))
                .at(approval.approvedAt())
                .actor(approval.person())
                .subject(subject(subject))
                .outcome(word(approval.resolution()))
                .packageHash(subject.packageHash())
                .payload(approval.toJson())
                .build();
        try {
            reader.appended(writer.tenant(subject.org()).append(event));
        } catch (AuditException e) {
            throw new ApprovalException("the audit wall did not take the approval record: " + e.getMessage(), e);
        }
    }

    @Override
    public List<ApprovalRecord> read(OrgId org) {
        List<AuditEntry> entries;
        try {
            entries = reader.entries(org, entry -> true);
        } catch (AuditException e) {
            throw new ApprovalException(
                    "the approval log of " + org.value() + " cannot be trusted: " + e.getMessage(), e);
        }
        List<ApprovalRecord> approvals = new ArrayList<>();
        for (AuditEntry entry : entries) {
            if (entry.payload() instanceof AuditPayload.Present present) {
                approvals.add(checked(entry, ApprovalRecords.parse(present.json())));
            } else {
                erased(entry, approvals);
            }
        }
        return approvals;
    }

    private static ApprovalRecord checked(AuditEntry entry, ApprovalRecord approval) {
        boolean same = entry.outcome().equals(word(approval.resolution()))
                && entry.type().equals(TYPE + entry.outcome())
                && entry.actor().equals(approval.person())
                && entry.subject().equals(subject(approval.subject()))
                && entry.org().equals(approval.subject().org())
                && entry.packageHash()
                        .filter(approval.subject().packageHash()::equals)
                        .isPresent();
        if (!same) {
            throw new ApprovalException("approval entry " + entry.seq() + " of "
                    + entry.org().value() + " says another thing than its payload");
        }
        return approval;
    }

    private static void erased(AuditEntry entry, List<ApprovalRecord> approvals) {
        Resolution resolution = ApprovalRecords.resolution(entry.outcome());
        if (resolution == Resolution.APPROVED || resolution == Resolution.BREAK_GLASS) {
            return;
        }
        String[] parts = entry.subject().split(":", -1);
        if (parts.length != 2 || entry.packageHash().isEmpty()) {
            throw new ApprovalException("approval entry " + entry.seq() + " names no subject");
        }
        approvals.add(new ApprovalRecord(
                resolution == Resolution.USED ? Resolution.USED : Resolution.REJECTED,
                new ApprovalSubject(entry.org(), entry.packageHash().get(), Digest.parse(parts[1]), parts[0]),
                ApprovalRecord.WHOLE,
                entry.actor(),
                entry.actor(),
                "erased",
                entry.at(),
                null,
                "erased"));
    }

    private static String subject(ApprovalSubject subject) {
        return subject.lineage() + ":" + subject.planDigest().hex();
    }

    private static String word(Resolution resolution) {
        return resolution.name().toLowerCase(Locale.ROOT);
    }
}
