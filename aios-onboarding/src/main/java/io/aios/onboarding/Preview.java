package io.aios.onboarding;

import io.aios.onboarding.approval.ApprovalNeed;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.Candidate;
import io.aios.onboarding.approval.PendingApproval;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.FileEntry;
import io.aios.onboarding.pack.Manifest;
import io.aios.onboarding.pack.PackageContent;
import io.aios.onboarding.pack.PackageItem;
import io.aios.trace.json.CanonicalJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people see before they decide: the package's hash, every checksum, every confidence, and what needs them.
 *
 * @param content the package
 * @param needsApproval the items a human must decide and has not
 * @param allApproved whether nothing is left to decide
 */
public record Preview(PackageContent content, List<ApprovalNeed> needsApproval, boolean allApproved) {
    /** Copies the list. */
    public Preview {
        needsApproval = List.copyOf(needsApproval);
    }

    /** The preview of a package that nobody has decided on yet. */
    public static Preview of(PackageContent content, ApprovalPolicy policy) {
        List<ApprovalNeed> needs = policy.needs(Candidate.of(content, Map.of()));
        return new Preview(content, needs, needs.isEmpty());
    }

    /** The preview of a package with the decisions of its approval gate. */
    public static Preview of(PackageContent content, Readiness readiness) {
        List<ApprovalNeed> needs =
                readiness.pending().stream().map(PendingApproval::need).toList();
        return new Preview(content, needs, readiness.canDeploy());
    }

    /**
     * The preview as JSON (RFC 8785): {@code org_id, package_hash, manifest_checksums, created_at, agents_count,
     * all_approved, confidences, needs_approval}.
     */
    public String toJson() {
        Manifest manifest = content.manifest();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("org_id", manifest.orgId().value());
        json.put("package_hash", content.hash().hex());
        json.put(
                "manifest_checksums",
                manifest.files().stream().map(Preview::checksum).toList());
        json.put("created_at", manifest.createdAt().toString());
        json.put("agents_count", (long) manifest.agentsCount());
        json.put("all_approved", allApproved);
        json.put("confidences", confidences(manifest));
        json.put("needs_approval", needsApproval.stream().map(Preview::need).toList());
        return CanonicalJson.text(json);
    }

    private static Map<String, Object> checksum(FileEntry file) {
        return Map.of("path", file.path(), "sha256", file.sha256().hex());
    }

    private static Map<String, @Nullable Object> confidences(Manifest manifest) {
        Map<String, @Nullable Object> confidences = new LinkedHashMap<>();
        for (PackageItem item : manifest.items()) {
            confidences.put(item.id(), number(item.confidence()));
        }
        return confidences;
    }

    private static Map<String, @Nullable Object> need(ApprovalNeed need) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        int colon = need.item().indexOf(':');
        json.put("item", need.item());
        json.put("type", colon < 0 ? need.item() : need.item().substring(0, colon));
        json.put("name", colon < 0 ? need.item() : need.item().substring(colon + 1));
        json.put("confidence", number(need.confidence()));
        json.put("reason", String.join("; ", need.reasons()));
        return json;
    }

    private static @Nullable Object number(Confidence confidence) {
        return confidence.score() == null ? null : (Object) confidence.score().doubleValue();
    }
}
