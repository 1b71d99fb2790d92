package io.aios.onboarding.approval;

import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.trace.json.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads approval records back; whatever is not exactly one is refused. */
final class ApprovalRecords {
    private ApprovalRecords() {}

    static ApprovalRecord parse(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> map) || !"aios-approval/1".equals(map.get("schema"))) {
            throw new ApprovalException("an approval record has another schema");
        }
        try {
            String expires = map.containsKey("expires_at") ? text(map, "expires_at") : null;
            ApprovalRecord approval = new ApprovalRecord(
                    resolution(text(map, "resolution")),
                    new ApprovalSubject(
                            OrgId.of(text(map, "org_id")),
                            Digest.parse(text(map, "package_hash")),
                            Digest.parse(text(map, "plan_digest")),
                            text(map, "target_lineage")),
                    text(map, "item"),
                    text(map, "person"),
                    text(map, "approved_by"),
                    text(map, "role"),
                    Instant.parse(text(map, "approved_at")),
                    expires == null ? null : Instant.parse(expires),
                    text(map, "notes"));
            if (!approval.toJson().equals(map)) {
                throw new ApprovalException("an approval record has unknown fields");
            }
            return approval;
        } catch (TenancyException | DateTimeException | IllegalArgumentException e) {
            throw new ApprovalException("an approval record cannot be read: " + e.getMessage(), e);
        }
    }

    static Resolution resolution(String word) {
        for (Resolution resolution : Resolution.values()) {
            if (resolution.name().toLowerCase(Locale.ROOT).equals(word)) {
                return resolution;
            }
        }
        throw new ApprovalException("an approval record has the unknown resolution " + word);
    }

    private static String text(Map<?, ?> map, String field) {
        if (map.get(field) instanceof String text) {
            return text;
        }
        throw new ApprovalException("an approval record has no text \"" + field + "\"");
    }
}
