package io.aios.onboarding.deploy;

import io.aios.onboarding.approval.ApprovalSubject;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment would do, from exactly which state; writing nothing. Immutable, and its digest is what people approve.
 *
 * @param kind whether it deploys a package or replays a history
 * @param org the organisation
 * @param packageHash the package that runs afterwards
 * @param target the target
 * @param serial how many lines the target's log had
 * @param from the state digest it starts from
 * @param to the state digest it ends with
 * @param steps what it does, in order
 * @param changes what always needs a human, by item id
 */
public record Plan(
        Kind kind,
        OrgId org,
        Digest packageHash,
        TargetIdentity target,
        long serial,
        Digest from,
        Digest to,
        List<Step> steps,
        SortedMap<String, String> changes) {
    private static final String SCHEMA = "aios-plan/1";

    /** The two sorts of plans. */
    public enum Kind {
        /** Brings a package onto a target. */
        DEPLOY,
        /** Repeats what another target's log says. */
        REPLAY
    }

    /** Copies the collections. */
    public Plan {
        steps = List.copyOf(steps);
        changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    }

    /** SHA-256 of the plan in canonical JSON. */
    public Digest digest() {
        return Digest.sha256(CanonicalJson.bytes(toJson()));
    }

    /** What approvals of this plan are bound to. */
    public ApprovalSubject subject() {
        return new ApprovalSubject(org, packageHash, digest(), target.lineage());
    }

    /** The plan for people: one line a step, the same text for the same plan. */
    public String render() {
        StringBuilder text = new StringBuilder()
                .append(kind == Kind.DEPLOY ? "deploy " : "replay ")
                .append(packageHash.hex(), 0, 12)
                .append(" for ")
                .append(org.value())
                .append(" to ")
                .append(target.id())
                .append('\n');
        for (Step step : steps) {
            String sign = step.action().equals("create") ? "+ " : step.action().equals("delete") ? "- " : "~ ";
            text.append(sign).append(step.key()).append('\n');
        }
        changes.forEach((item, change) ->
                text.append("! ").append(item).append(": ").append(change).append('\n'));
        if (steps.isEmpty()) {
            text.append("nothing to do\n");
        }
        return text.toString();
    }

    /** The plan, JSON-shaped. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("kind", kind == Kind.DEPLOY ? "deploy" : "replay");
        json.put("org_id", org.value());
        json.put("package_hash", packageHash.hex());
        json.put("target_id", target.id());
        json.put("target_lineage", target.lineage());
        json.put("serial", serial);
        json.put("from", from.hex());
        json.put("to", to.hex());
        json.put("steps", steps.stream().map(Step::toJson).toList());
        json.put("changes", changes);
        return json;
    }

    static Plan fromJson(JsonFields json) {
        if (!json.string("schema").equals(SCHEMA)) {
            throw new DeploymentException(DeploymentException.Reason.LOG, "a plan of another schema");
        }
        return new Plan(
                json.string("kind").equals("deploy") ? Kind.DEPLOY : Kind.REPLAY,
                OrgId.of(json.string("org_id")),
                json.digest("package_hash"),
                new TargetIdentity(json.string("target_id"), json.string("target_lineage")),
                json.integer("serial"),
                json.digest("from"),
                json.digest("to"),
                json.list("steps").stream().map(Step::fromJson).toList(),
                new TreeMap<>(json.strings("changes")));
    }
}
