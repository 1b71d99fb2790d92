package io.aios.onboarding.approval;

import io.aios.onboarding.pack.PlainText;
import io.aios.trace.ApprovalStep;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of the approval log.
 *
 * @param resolution what happened
 * @param subject what it is about
 * @param item the item decided; {@code *} for the subject as a whole
 * @param person who did it, by person id
 * @param approvedBy who did it, as people know them
 * @param role the role it was done in
 * @param approvedAt when, at microseconds
 * @param expiresAt when it stops counting, or null for never
 * @param notes what they wrote; one visible line, may be empty
 */
public record ApprovalRecord(
        Resolution resolution,
        ApprovalSubject subject,
        String item,
        String person,
        String approvedBy,
        String role,
        Instant approvedAt,
        @Nullable Instant expiresAt,
        String notes) {
    /** The item that stands for all of a subject. */
    public static final String WHOLE = "*";

    /** What a record says. */
    public enum Resolution {
        /** A person agrees to an item. */
        APPROVED,
        /** A person forbids an item; holds until they take it back. */
        REJECTED,
        /** A person takes back what they said about an item. */
        WITHDRAWN,
        /** A deployment run used the approvals of the subject; {@code notes} is the run. */
        USED,
        /** Somebody deploys the subject without approvals; {@code notes} says why. */
        BREAK_GLASS
    }

    /** Checks the visible text and truncates the times to microseconds. */
    public ApprovalRecord {
        Objects.requireNonNull(resolution, "resolution");
        Objects.requireNonNull(subject, "subject");
        PlainText.require("item", item, 300);
        PlainText.require("approved_by", approvedBy, 200);
        PlainText.require("role", role, 100);
        PlainText.optional("notes", notes, 2000);
        approvedAt = approvedAt.truncatedTo(ChronoUnit.MICROS);
        expiresAt = expiresAt == null ? null : expiresAt.truncatedTo(ChronoUnit.MICROS);
    }

    /** An id that names exactly this record. */
    public String approvalId() {
        return Digest.sha256(CanonicalJson.bytes(toJson())).hex().substring(0, 32);
    }

    /** The record for a log, JSON-shaped. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>(subject.toJson());
        json.put("schema", "aios-approval/1");
        json.put("resolution", resolution.name().toLowerCase(Locale.ROOT));
        json.put("item", item);
        json.put("person", person);
        json.put("approved_by", approvedBy);
        json.put("role", role);
        json.put("approved_at", approvedAt.toString());
        if (expiresAt != null) {
            json.put("expires_at", expiresAt.toString());
        }
        json.put("notes", notes);
        return json;
    }

    /**
     * The step that tells of it in a decision trace; names and notes stay out.
     *
     * @param stepId the step's id in that trace
     */
    public ApprovalStep toTraceStep(String stepId) {
        return ApprovalStep.of(
                stepId,
                approvedAt.toString(),
                approvalId(),
                resolution.name().toLowerCase(Locale.ROOT),
                person,
                approvedAt.toString(),
                subject.planDigest().hex(),
                Map.of("package_hash", subject.packageHash().hex(), "target_lineage", subject.lineage()));
    }

    /** Whether an approval still counts at a time: not from the future, not yet at its end. */
    boolean countsAt(Instant now) {
        return !approvedAt.isAfter(now) && (expiresAt == null || now.isBefore(expiresAt));
    }
}
