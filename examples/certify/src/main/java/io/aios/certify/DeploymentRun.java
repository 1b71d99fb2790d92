package io.aios.certify;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DeploymentTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import java.nio.file.Path;
import java.time.Clock;

/** A package on its way to a target, through a gate whose log is the audit wall. */
final class DeploymentRun {
    static final Clock CLOCK = Clock.systemUTC();

    private final Host host;
    final DeploymentExecutor executor = new DeploymentExecutor("certify", CLOCK);
    final VerifiedPackage content;
    final DeploymentTarget target;
    final PlannedDeployment planned;
    final ApprovalGate gate;

    DeploymentRun(Host host, Path folder, DeploymentPackage built) {
        this(host, folder, built, host.targets().get());
    }

    DeploymentRun(Host host, Path folder, DeploymentPackage built, DeploymentTarget onto) {
        this.host = host;
        content = verified(built, folder.resolve("package"));
        target = onto;
        planned = executor.plan(content, target);
        gate = new ApprovalGate(
                host.org(),
                host.approvals(),
                WallApprovalLog.on(host.wall(), host.auditReader()),
                host.approvers(),
                CLOCK);
    }

    DeployGrant approve() {
        gate.approveAll(planned.request(), host.approverCredential(), "certify");
        return gate.check(planned.request()).orElseThrow();
    }

    Receipt deploy() {
        return executor.apply(planned, approve());
    }

    static VerifiedPackage verified(DeploymentPackage content, Path root) {
        content.writeTo(root);
        return PackageVerifier.verify(root).orElseThrow();
    }
}
