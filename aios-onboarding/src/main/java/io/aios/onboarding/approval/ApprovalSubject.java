package io.aios.onboarding.approval;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What exactly is approved: change any part and it is another subject.
 *
 * @param org the organisation
 * @param packageHash the package's content
 * @param planDigest the steps, and the state of the target they start from
 * @param lineage the target, by the random name it got when it was created
 */
public record ApprovalSubject(OrgId org, Digest packageHash, Digest planDigest, String lineage) {
    /** Checks that all parts are there. */
    public ApprovalSubject {
        Objects.requireNonNull(org, "org");
        Objects.requireNonNull(packageHash, "packageHash");
        Objects.requireNonNull(planDigest, "planDigest");
        if (lineage.isBlank()) {
            throw new ApprovalException("the target has no lineage");
        }
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("org_id", org.value());
        json.put("package_hash", packageHash.hex());
        json.put("plan_digest", planDigest.hex());
        json.put("target_lineage", lineage);
        return json;
    }
}
