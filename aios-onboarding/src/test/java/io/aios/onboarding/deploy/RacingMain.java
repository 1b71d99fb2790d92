package io.aios.onboarding.deploy;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.tenancy.TenantDb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;

/**
 * A process that plans at once and applies when told, target after target: the package, then a name a line, and an empty
 * line to go. It answers {@code ready}, then {@code won <effects>} or {@code refused <reason>}.
 */
final class RacingMain {
    private RacingMain() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Clock clock = Clock.systemUTC();
        VerifiedPackage content = PackageVerifier.verify(Path.of(args[0])).orElseThrow();
        if (args[1].equals("directory")) {
            run(in, out, content, clock, name -> DirectoryTarget.open(Path.of(name), clock));
            return;
        }
        try (TenantDb db = TenantDb.over(Postgres.Elsewhere.application()).build()) {
            run(in, out, content, clock, name -> PostgresTarget.open(db, Fixtures.CLEVELAND, name, clock));
        }
    }

    private static void run(
            BufferedReader in,
            PrintStream out,
            VerifiedPackage content,
            Clock clock,
            Function<String, DeploymentTarget> targets)
            throws IOException {
        DeploymentExecutor executor =
                new DeploymentExecutor("racer." + ProcessHandle.current().pid(), clock);
        for (String name = in.readLine(); name != null; name = in.readLine()) {
            ApprovalGate gate = Fixtures.gate(clock);
            PlannedDeployment planned = executor.plan(content, targets.apply(name));
            gate.approveAll(planned.request(), "token-alice", "");
            out.println("ready");
            String go = in.readLine();
            if (go == null) {
                return;
            }
            try {
                int effects = executor.apply(
                                planned, gate.check(planned.request()).orElseThrow())
                        .effects();
                out.println("won " + effects);
            } catch (DeploymentException e) {
                out.println("refused " + e.reason());
            }
        }
    }
}
