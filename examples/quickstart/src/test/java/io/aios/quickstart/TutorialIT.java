package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEvents;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Pseudonyms;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.audit.wall.AuditWall;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.example.servers.PostgresServer;
import io.aios.onboarding.Preview;
import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.onboarding.approval.Approver;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.onboarding.deploy.WallWitness;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.DecisionTrace;
import io.aios.trace.ErasedTrace;
import io.aios.trace.HashCheck;
import io.aios.trace.RoutingResult;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceHashes;
import io.aios.trace.TraceStep;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolCallAttemptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's steps, in its order, in one run on two PostgreSQL servers. */
class TutorialIT {
    private static final String CREDENTIAL = "signed in as dana";

    @TempDir
    Path files;

    @Test
    void theTutorialRunsFromTheFirstTraceToTheVerifiedReplay() throws Exception {
        // tag::decide[]
        OrgId cleveland = OrgId.of("cleveland-gov");
        PolicyDecisionPoint decisions = PolicyDecisionPoint.of(
                RulePolicies.defaultGovernance(), RulePolicies.toolAllowList("tools", "1", List.of("kb_search")));
        DecisionPipeline pipeline = RuleBasedPipeline.standard(decisions);

        DecisionRequest request = new DecisionRequest(
                "I need to request FMLA leave for medical treatment", cleveland.value(), "emp-12345");
        SimulationResult result = SimulationRunner.strict(pipeline, TraceSettings.defaults())
                .run(request)
                .requireClean();

        DecisionTrace trace = result.trace();
        List<String> path = trace.steps().stream().map(TraceStep::stepType).toList();
        Optional<RoutingResult> routing = Optional.ofNullable(trace.routing()); // agent hr_specialist
        // end::decide[]
        assertThat(path)
                .containsExactly(
                        "intent_classification",
                        "risk_assessment",
                        "governance_check",
                        "agent_routing",
                        "model_selection",
                        "response_generation");
        assertThat(routing.map(RoutingResult::selectedAgent)).contains("hr_specialist");

        // tag::policy[]
        Subject hr = Subject.of("agent", "hr_specialist");
        Decision known = decisions.decide(PolicyRequest.toolCall(hr, "kb_search", Map.of("query", "leave")));
        Decision unknown = decisions.decide(PolicyRequest.toolCall(hr, "drop_table", Map.of()));

        boolean allowed = known.isPermit(); // true
        List<String> reasons = unknown.outcome().reasonCodes(); // [tool_not_allowed]
        // end::policy[]
        assertThat(allowed).isTrue();
        assertThat(unknown).isInstanceOf(Decision.Deny.class);
        assertThat(reasons).containsExactly("tool_not_allowed");

        // tag::tools[]
        DecisionPipeline curious = pipeline.withResponse((situation, tools) -> {
            try {
                var unused = tools.execute(ToolCall.of("kb_search", Map.of("query", "leave"), 0, 0));
            } catch (ToolCallAttemptedException swallowed) {
                // as agent frameworks do
            }
            return new Response("Your request is with HR.", "hr_leave");
        });
        SimulationResult tried =
                SimulationRunner.strict(curious, TraceSettings.defaults()).run(request);

        String blocked = tried.blockedTools().get(0).toolName(); // kb_search
        // tried.requireClean() throws ToolCallAttemptedException although the agent caught the first one
        // end::tools[]
        assertThat(blocked).isEqualTo("kb_search");
        assertThatThrownBy(tried::requireClean).isInstanceOf(ToolCallAttemptedException.class);

        // tag::hashes[]
        SimulationResult again =
                SimulationRunner.strict(pipeline, TraceSettings.defaults()).run(request);

        boolean sameDecision = again.traceHash().equals(result.traceHash()); // true
        boolean sameRecord = again.recordHash().equals(result.recordHash()); // false
        // end::hashes[]
        assertThat(sameDecision).isTrue();
        assertThat(sameRecord).isFalse();

        // tag::edit[]
        SealedTrace sealed = result.sealed();
        byte[] stored = sealed.bytes(); // canonical JSON, both hashes inside

        SealedTrace readBack = SealedTrace.read(stored); // throws InvalidTraceException when a hash does not fit
        DecisionTrace edited =
                readBack.trace().toBuilder().responseText("Denied.").build();
        HashCheck check = TraceHashes.check(edited); // Mismatch

        ErasedTrace erased = sealed.erase();
        boolean stillFits = erased.check().isConsistent(); // true, without the person's text
        // end::edit[]
        assertThat(readBack).isEqualTo(sealed);
        assertThat(check).isInstanceOf(HashCheck.Mismatch.class);
        assertThat(stillFits).isTrue();

        try (PostgresServer primary = PostgresServer.start();
                PostgresServer second = PostgresServer.start()) {
            DataSource primaryAdmin = primary.admin();
            DataSource wallAdmin = second.admin();
            // tag::schema[]
            RlsSchema schema =
                    RlsSchema.builder().table(TenantTable.decisionTraces()).build();
            schema.create(primaryAdmin); // roles, table, policies, grants; an administrator, once
            // end::schema[]
            String password = primary.newPassword();
            PostgresServer.run(
                    primaryAdmin, List.of("alter role " + schema.appRole() + " password '" + password + "'"));
            DataSource application = primary.as(schema.appRole(), password);

            // tag::isolate[]
            TenantDb db = TenantDb.over(application).build(); // verifies the isolation first
            db.write(
                    cleveland,
                    tx -> tx.createUpdate(
                                    "insert into decision_traces (org_id, trace_id, trace_hash, record_hash, body)"
                                            + " values (current_org(), :id, :traceHash, :recordHash, :body)")
                            .bind("id", sealed.trace().traceId())
                            .bind("traceHash", sealed.traceHash().hex())
                            .bind("recordHash", sealed.recordHash().hex())
                            .bind("body", sealed.bytes())
                            .execute());

            int own = db.<Integer, RuntimeException>read(cleveland, TutorialIT::traces); // 1
            int foreign = db.<Integer, RuntimeException>read(OrgId.of("dayton-gov"), TutorialIT::traces); // 0
            // end::isolate[]
            assertThat(own).isEqualTo(1);
            assertThat(foreign).isZero();
            db.close();

            // tag::wall[]
            AuditRoles roles = AuditRoles.standard();
            String writerPassword = primary.newPassword();
            String readerPassword = primary.newPassword();
            String signerPassword = primary.newPassword();
            AuditSchema.into(wallAdmin)
                    .password(roles.writer(), writerPassword)
                    .password(roles.reader(), readerPassword)
                    .password(roles.signer(), signerPassword)
                    .install();
            AuditWall wall = AuditWall.writer(second.as(roles.writer(), writerPassword))
                    .primary(application) // to make sure that the wall is another server
                    .open();
            // end::wall[]
            try (wall) {
                // tag::append[]
                byte[] pseudonymKey = new byte[32]; // one for each tenant, from your vault
                new SecureRandom().nextBytes(pseudonymKey);
                AuditReceipt receipt =
                        wall.tenant(cleveland).append(AuditEvents.trace(sealed, Pseudonyms.of(pseudonymKey)));

                AuditReader reader = AuditReader.open(second.as(roles.reader(), readerPassword));
                VerifyReport intact = reader.verify(cleveland); // Intact, 1 entry
                // end::append[]
                assertThat(receipt.seq()).isZero();
                assertThat(intact.isIntact()).isTrue();

                // tag::checkpoint[]
                NoteSigner key = NoteSigner.generate("example.org/audit", new SecureRandom());
                DirectoryCheckpointStore elsewhere = new DirectoryCheckpointStore(files.resolve("checkpoints"));
                DataSource signerLogin = second.as(roles.signer(), signerPassword);
                Checkpoint checkpoint =
                        CheckpointSigner.open(signerLogin, key, elsewhere).publish();

                VerifyReport held = reader.verify(cleveland, key.key(), elsewhere); // Intact, held to size 1
                // end::checkpoint[]
                assertThat(checkpoint.size()).isEqualTo(1);
                assertThat(held.isIntact()).isTrue();

                tamper(wallAdmin, reader, cleveland, key, elsewhere);
                deploy(cleveland, decisions, wall, reader);
            }
        }
        decisions.close();
    }

    private static int traces(Handle handle) {
        // tag::count[]
        return handle.createQuery("select count(*) from decision_traces") // no WHERE
                .mapTo(Integer.class)
                .one();
        // end::count[]
    }

    private static void tamper(
            DataSource superuser,
            AuditReader reader,
            OrgId cleveland,
            NoteSigner key,
            DirectoryCheckpointStore elsewhere) {
        // tag::tamper[]
        List<String> flip = List.of(
                "set session_replication_role = replica", // switches triggers off; only a superuser may
                "update aios_audit.entry set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where seq = 0");
        PostgresServer.run(superuser, flip);
        VerifyReport tampered = reader.verify(cleveland, key.key(), elsewhere); // Tampered, seq 0
        PostgresServer.run(superuser, flip); // and back
        VerifyReport repaired = reader.verify(cleveland, key.key(), elsewhere); // Intact
        // end::tamper[]
        assertThat(tampered).isInstanceOf(VerifyReport.Tampered.class);
        assertThat(((VerifyReport.Tampered) tampered).seq()).isZero();
        assertThat(repaired.isIntact()).isTrue();
    }

    private void deploy(OrgId cleveland, PolicyDecisionPoint decisions, AuditWall wall, AuditReader reader)
            throws Exception {
        Clock clock = Clock.systemUTC();
        Path folder = Files.createDirectories(files.resolve("data"));
        // tag::package[]
        DeploymentPackage draft = DeploymentPackage.builder(cleveland)
                .createdAt(clock.instant())
                .createdBy("wizard")
                .department("Building and Housing", Confidence.of(0.82))
                .agent("hr_agent", Confidence.of(0.97), Map.of("title", "HR Agent", "tools", List.of("kb_search")))
                .policy(RulePolicies.defaultGovernance(), Confidence.of(0.99))
                .build();
        draft.writeTo(folder.resolve("package"));
        VerifiedPackage content =
                PackageVerifier.verify(folder.resolve("package")).orElseThrow();

        ApprovalPolicy policy = ApprovalPolicy.of(new ApprovalRule(1, Set.of("owner"), Duration.ofDays(30)));
        Preview preview = Preview.of(content, policy); // 0.82 is below 0.90: a human must decide
        // end::package[]
        assertThat(preview.needsApproval()).hasSize(1);
        assertThat(preview.allApproved()).isFalse();

        // tag::hold[]
        ApprovalGate gate = new ApprovalGate(cleveland, policy, WallApprovalLog.on(wall, reader), new SignIn(), clock);
        DeploymentExecutor executor = DeploymentExecutor.witnessed("tutorial", new WallWitness(wall, reader), clock);
        DirectoryTarget target = DirectoryTarget.create(folder.resolve("live"), "live", new SecureRandom(), clock);
        PlannedDeployment plan = executor.plan(content, target); // writes nothing

        Readiness before = gate.check(plan.request()); // Held
        // before.orElseThrow() throws ApprovalException and names department:Building and Housing
        // end::hold[]
        assertThat(before.canDeploy()).isFalse();
        assertThatThrownBy(before::orElseThrow)
                .isInstanceOf(ApprovalException.class)
                .hasMessageContaining("department:Building and Housing");

        // tag::deploy[]
        gate.approveAll(plan.request(), CREDENTIAL, "read and agreed");
        Receipt receipt = executor.apply(plan, gate.check(plan.request()).orElseThrow());
        boolean asPlanned = executor.verify(content, target).orElseThrow().equals(receipt.stateDigest()); // true
        // end::deploy[]
        assertThat(asPlanned).isTrue();

        // tag::replay[]
        DirectoryTarget fresh = DirectoryTarget.create(folder.resolve("fresh"), "fresh", new SecureRandom(), clock);
        PlannedDeployment replay = executor.planReplay(cleveland, target, hash -> content, fresh);
        gate.approveAll(replay.request(), CREDENTIAL, "prove what is running");
        ReplayProof proof =
                executor.replay(replay, target, gate.check(replay.request()).orElseThrow());

        int steps = proof.orElseThrow().steps(); // Identical: same steps, same state digest
        boolean onTheWall = reader.verify(cleveland).isIntact(); // approvals and deployments stand there too
        // end::replay[]
        assertThat(steps).isPositive();
        assertThat(onTheWall).isTrue();
        assertThat(decisions.decide(PolicyRequest.toolCall(Subject.of("agent", "a"), "x", Map.of())))
                .isInstanceOf(Decision.Deny.class);
    }

    // tag::signin[]
    /** A host's own sign-in stands here; this one knows a single person. */
    private static final class SignIn implements ApproverAuthenticator {
        private static final Approver DANA = new Approver("dana", "Dana Owner", Set.of("owner"));

        @Override
        public Approver authenticate(OrgId org, String credential) {
            if (!credential.equals(CREDENTIAL)) {
                throw new ApprovalException("not signed in");
            }
            return DANA;
        }

        @Override
        public Collection<Approver> approvers(OrgId org) {
            return List.of(DANA);
        }
    }
    // end::signin[]
}
