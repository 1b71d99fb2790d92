package io.aios.onboarding.deploy;

import io.aios.onboarding.approval.ApprovalRequest;
import io.aios.onboarding.approval.Candidate;
import io.aios.onboarding.pack.PackageException;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.trace.json.Digest;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A plan with the verified packages and the target it is for; {@link DeploymentExecutor} makes and applies it. */
public final class PlannedDeployment {
    private final Plan plan;
    private final VerifiedPackage content;
    private final Map<Digest, VerifiedPackage> packages;
    private final DeploymentTarget target;
    private final @Nullable String run;

    PlannedDeployment(
            Plan plan,
            VerifiedPackage content,
            Map<Digest, VerifiedPackage> packages,
            DeploymentTarget target,
            @Nullable String run) {
        this.plan = plan;
        this.content = content;
        this.packages = Map.copyOf(packages);
        this.target = target;
        this.run = run;
    }

    /** What it would do. */
    public Plan plan() {
        return plan;
    }

    /** The package that runs afterwards. */
    public VerifiedPackage content() {
        return content;
    }

    /** The target. */
    public DeploymentTarget target() {
        return target;
    }

    /** The unfinished run that applying it would go on with. */
    public Optional<String> run() {
        return Optional.ofNullable(run);
    }

    /** The question to the approval gate; derived anew each time from the plan and the package. */
    public ApprovalRequest request() {
        return new ApprovalRequest(
                plan.subject(), Set.of(content.manifest().createdBy()), Candidate.of(content, plan.changes()), run);
    }

    Collection<VerifiedPackage> packages() {
        return packages.values();
    }

    byte[] bytes(Step step) {
        VerifiedPackage source = packages.get(step.packageHash());
        if (source == null) {
            throw new PackageException("package " + step.packageHash().hex() + " is needed and not at hand");
        }
        return source.bytes(step.key());
    }
}
