package io.aios.onboarding.deploy;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.VerifyMode;
import java.nio.file.Path;

/** A process that deploys to a database and is gone at the n-th commit: target id, package, n, where. */
final class DyingMain {
    static final int KILLED = 137;

    private DyingMain() {}

    public static void main(String[] args) {
        DyingDataSource dying = new DyingDataSource(
                Postgres.Elsewhere.application(),
                Integer.parseInt(args[2]),
                DyingDataSource.Where.valueOf(args[3]),
                () -> Runtime.getRuntime().halt(KILLED));
        Fixtures.Ticking clock = new Fixtures.Ticking();
        ApprovalGate gate = Fixtures.gate(clock);
        DeploymentExecutor executor = new DeploymentExecutor("child", clock);
        VerifiedPackage content = PackageVerifier.verify(Path.of(args[1])).orElseThrow();
        try (TenantDb db = TenantDb.over(dying).verify(VerifyMode.OFF).build()) {
            PostgresTarget target = PostgresTarget.open(db, Fixtures.CLEVELAND, args[0], clock);
            PlannedDeployment planned = executor.plan(content, target);
            gate.approveAll(planned.request(), "token-alice", "");
            Receipt receipt =
                    executor.apply(planned, gate.check(planned.request()).orElseThrow());
            throw new IllegalStateException("it lived on: " + receipt.run());
        }
    }
}
