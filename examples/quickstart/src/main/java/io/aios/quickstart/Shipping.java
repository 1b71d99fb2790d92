package io.aios.quickstart;

import io.aios.example.servers.OwnFolder;
import io.aios.onboarding.Preview;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalNeed;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.onboarding.approval.Approver;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ship: a package is held, approved by content, deployed, verified and replayed. */
final class Shipping {
    private static final Clock CLOCK = Clock.systemUTC();

    private Shipping() {}

    static void ship(Story story, OrgId org, Chain chain, Path out) {
        Path directory = OwnFolder.fresh(out.resolve("package"));
        DeploymentPackage built = build(org);
        built.writeTo(directory);
        VerifiedPackage content = PackageVerifier.verify(directory).orElseThrow();
        story.chapter("SHIP", "package_hash " + Story.brief(content.hash()) + ", 2 agents, 2 policies");

        ApprovalPolicy policy = ApprovalPolicy.of(new ApprovalRule(1, Set.of("owner"), Duration.ofDays(30)));
        ApprovalGate gate = new ApprovalGate(org, policy, chain.approvals(), new OneOwner(), CLOCK);
        DeploymentExecutor executor = DeploymentExecutor.witnessed("quickstart", chain.witness(), CLOCK);
        DirectoryTarget target =
                DirectoryTarget.create(OwnFolder.fresh(out.resolve("deployments")), "first", new SecureRandom(), CLOCK);
        PlannedDeployment planned = executor.plan(content, target);
        Readiness held = gate.check(planned.request());
        story.check(
                "held: " + below(policy, content) + " needs a human",
                () -> !held.canDeploy()
                        && Preview.of(content, policy).needsApproval().size() == 1);
        gate.approveAll(planned.request(), OneOwner.CREDENTIAL, "read and agreed");
        Receipt receipt = executor.apply(planned, gate.check(planned.request()).orElseThrow());
        story.check(
                "approved by its content, deployed in " + receipt.steps() + " steps, and verified",
                () -> executor.verify(content, target).orElseThrow().equals(receipt.stateDigest()));

        DirectoryTarget again =
                DirectoryTarget.create(OwnFolder.fresh(out.resolve("replayed")), "second", new SecureRandom(), CLOCK);
        PlannedDeployment replay = executor.planReplay(org, target, hash -> content, again);
        story.check(
                "replay waits for approval too",
                () -> !gate.check(replay.request()).canDeploy());
        gate.approveAll(replay.request(), OneOwner.CREDENTIAL, "replay");
        ReplayProof proof =
                executor.replay(replay, target, gate.check(replay.request()).orElseThrow());
        story.check(
                "replayed to the identical state " + Story.brief(receipt.stateDigest()),
                () -> proof instanceof ReplayProof.Identical identical
                        && identical.stateDigest().equals(receipt.stateDigest()));
        story.check(
                "one byte changed in agents/hr_agent.yaml: refused, and the file is named",
                () -> changedFile(directory, out).equals("agents/hr_agent.yaml"));
        story.check(
                "the approvals stand on the audit wall, and it verifies",
                () -> chain.reader().verify(org).isIntact());
    }

    private static String below(ApprovalPolicy policy, VerifiedPackage content) {
        ApprovalNeed need = Preview.of(content, policy).needsApproval().get(0);
        return need.item() + " at " + need.confidence();
    }

    private static DeploymentPackage build(OrgId org) {
        return DeploymentPackage.builder(org)
                .createdAt(CLOCK.instant())
                .createdBy("wizard")
                .department("Human Resources", Confidence.of(0.95))
                .department("Building and Housing", Confidence.of(0.82))
                .agent("hr_agent", Confidence.of(0.97), agent("HR Agent", "kb_search"))
                .agent("building_agent", Confidence.of(0.93), agent("Building Agent", "permit_lookup"))
                .policy(
                        "default_governance",
                        Confidence.of(0.99),
                        RulePolicies.defaultGovernance().body())
                .policy(
                        "cost_optimization",
                        Confidence.of(0.99),
                        RulePolicies.costOptimization().body())
                .build();
    }

    private static Map<String, Object> agent(String title, String tool) {
        return Map.of("title", title, "tools", List.of(tool));
    }

    /** What the verifier says of a copy of the package in which one byte differs. */
    private static String changedFile(Path original, Path out) {
        Path copy = OwnFolder.fresh(out.resolve("changed"));
        try (var files = Files.walk(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(original.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
            Path agent = copy.resolve("agents/hr_agent.yaml");
            byte[] bytes = Files.readAllBytes(agent);
            bytes[bytes.length / 2] ^= 1;
            Files.write(agent, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PackageVerifier.verify(copy)
                .fold(verified -> "not found", findings -> findings.get(0).file());
    }

    /** A host's own sign-in stands here; this one knows a single person. */
    private static final class OneOwner implements ApproverAuthenticator {
        static final String CREDENTIAL = "signed in as dana";
        private static final Approver DANA = new Approver("dana", "Dana Owner", Set.of("owner"));

        @Override
        public Approver authenticate(OrgId org, String credential) {
            if (!credential.equals(CREDENTIAL)) {
                throw new IllegalArgumentException("not signed in");
            }
            return DANA;
        }

        @Override
        public Collection<Approver> approvers(OrgId org) {
            return List.of(DANA);
        }
    }
}
