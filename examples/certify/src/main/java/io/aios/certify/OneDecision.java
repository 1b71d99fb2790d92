package io.aios.certify;

import io.aios.audit.AuditEvents;
import io.aios.audit.Pseudonyms;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.DecisionEvidence;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.onboarding.pack.PackagePolicies;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.policy.Policy;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * One request from the package to the checkpoint, and its evidence in one file.
 *
 * @param file the evidence
 * @param key the public key of the log, which an auditor gets on another way than the file
 */
record OneDecision(Path file, NoteKey key) {
    private static final String ORIGIN = "certify.example/log";

    /** The package is approved and deployed, its policies decide a request, and all of it is signed. */
    static OneDecision produce(Host host, Path folder) throws IOException {
        DeploymentRun run = new DeploymentRun(host, folder, host.content());
        Checks.same(run.content.hash(), run.deploy().packageHash(), "package that runs");
        SealedTrace trace = decided(host, run.content);
        byte[] tenantKey = new byte[32];
        new SecureRandom().nextBytes(tenantKey);
        var unused = host.wall().tenant(host.org()).append(AuditEvents.trace(trace, Pseudonyms.of(tenantKey)));
        NoteSigner signer = NoteSigner.generate(ORIGIN, new SecureRandom());
        DirectoryCheckpointStore kept = new DirectoryCheckpointStore(folder.resolve("checkpoints"));
        var checkpoint =
                CheckpointSigner.open(host.auditLogins().signer(), signer, kept).publish();
        Path entries = folder.resolve("entries.jsonl");
        long shown = host.auditReader()
                .export(
                        host.org(),
                        signer.key(),
                        kept,
                        entry -> entry.type().startsWith("approval.")
                                || entry.recordHash()
                                        .filter(trace.recordHash()::equals)
                                        .isPresent(),
                        false,
                        entries);
        Checks.require(shown > 1 && checkpoint.size() > 0, "the log shows neither approval nor trace");
        Path file = folder.resolve("evidence.jsonl");
        DecisionEvidence.write(trace, Files.readAllBytes(folder.resolve("package/SHA256SUMS")), entries, file);
        Files.writeString(folder.resolve("evidence.vkey"), signer.key() + "\n");
        return new OneDecision(file, signer.key());
    }

    private static SealedTrace decided(Host host, VerifiedPackage content) {
        Policy[] policies = PackagePolicies.of(content).toArray(Policy[]::new);
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.of(policies)) {
            return SimulationRunner.strict(RuleBasedPipeline.standard(decisions), TraceSettings.defaults())
                    .run(new DecisionRequest(
                            "I need to request FMLA leave for medical treatment",
                            host.org().value(),
                            "emp-12345"))
                    .sealed();
        }
    }
}
