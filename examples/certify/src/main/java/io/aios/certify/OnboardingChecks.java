package io.aios.certify;

import static io.aios.certify.Checks.object;
import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.onboarding.Discovery;
import io.aios.onboarding.OnboardingWizard;
import io.aios.onboarding.Preview;
import io.aios.onboarding.WizardException;
import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.Candidate;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.approval.PendingApproval;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.contract.DeploymentTargetContract;
import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DeploymentTarget;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageItem;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** ONBOARD-001: what runs is what was approved, and a replay proves it. */
final class OnboardingChecks {
    private static final List<String> REQUIRED = List.of(
            "approve_and_deploy_creates_deployment_package",
            "preview_returns_confidence_scores",
            "checklist_approval_workflow",
            "preview_returns_package_hash_and_checksums",
            "approve_and_deploy_creates_deployment_structure",
            "hitl_approvals_enforced_via_confidence",
            "replay_deployment_produces_identical_state");
    private static final Clock CLOCK = Clock.systemUTC();

    private final Host host;
    private final Checks checks = new Checks("DirectoryTargetTest");
    private final DeploymentExecutor executor = new DeploymentExecutor("certify", CLOCK);

    private OnboardingChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        OnboardingChecks group = new OnboardingChecks(host);
        group.preview();
        group.wizard();
        group.confidence();
        group.approvals();
        group.deployment();
        group.replay();
        group.targets();
        PackageChecks.addTo(group.checks, host);
        return new Group("ONBOARD-001", "Packages, approvals and replay", REQUIRED, group.checks.list());
    }

    private void preview() {
        checks.add(
                "preview_returns_confidence_scores",
                "OnboardingStoryTest.thePreviewShowsEveryChecksumAndWhatNeedsAHuman",
                () -> {
                    Map<String, Object> scores = object(preview(host.content()).get("confidences"));
                    for (PackageItem item : host.content().manifest().items()) {
                        require(
                                scores.get(item.id()) instanceof Number,
                                item.id() + " has no confidence in the preview");
                    }
                });
        checks.add(
                "preview_returns_package_hash_and_checksums",
                "OnboardingStoryTest.thePreviewShowsEveryChecksumAndWhatNeedsAHuman",
                () -> {
                    DeploymentPackage content = host.content();
                    Map<String, Object> preview = preview(content);
                    same(content.hash().hex(), preview.get("package_hash"), "package_hash");
                    require(
                            preview.get("manifest_checksums") instanceof List<?> sums
                                    && sums.size() == content.manifest().files().size()
                                    && !sums.isEmpty(),
                            "not every file has a checksum");
                });
    }

    private Map<String, Object> preview(DeploymentPackage content) {
        String json = Preview.of(content, host.approvals()).toJson();
        return object(CanonicalJson.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    private void wizard() {
        checks.add(
                "checklist_approval_workflow", "OnboardingWizardTest.discoveryBecomesAChecklistAndThenAPackage", () -> {
                    OnboardingWizard wizard = new OnboardingWizard(host.org(), host.approvals());
                    refused(WizardException.class, wizard::checklist);
                    wizard.discover(Discovery.of(Map.of(
                            "tenant_name", "City",
                            "departments", List.of(Map.of("name", "HR", "confidence", 0.5)),
                            "agents",
                                    List.of(Map.of(
                                            "name",
                                            "hr_agent",
                                            "confidence",
                                            0.97,
                                            "title",
                                            "HR",
                                            "department",
                                            "HR")))));
                    List<OnboardingWizard.Check> list = wizard.checklist();
                    require(
                            list.stream().anyMatch(line -> line.subject().equals("department:HR") && !line.blocks()),
                            "the checklist does not ask a human about a department at 0.5");
                    DeploymentPackage built = wizard.build(CLOCK.instant(), "certify");
                    same(OnboardingWizard.State.PACKAGED, wizard.state(), "state");
                    refused(WizardException.class, wizard::checklist);
                    Folders.with(folder -> {
                        Run run = new Run(folder, built);
                        require(!run.gate.check(run.planned.request()).canDeploy(), "nobody had to approve");
                    });
                });
        checks.add("what_cannot_work_blocks_the_package", "OnboardingWizardTest.whatCannotWorkBlocks", () -> {
            OnboardingWizard wizard = new OnboardingWizard(host.org(), host.approvals());
            wizard.discover(Discovery.of(Map.of("tenant_name", "City", "agents", List.of())));
            require(wizard.checklist().stream().anyMatch(OnboardingWizard.Check::blocks), "no agent, and no blocker");
            refused(WizardException.class, () -> wizard.build(CLOCK.instant(), "certify"));
        });
    }

    private void confidence() {
        checks.add(
                "hitl_approvals_enforced_via_confidence",
                "OnboardingStoryTest.aDepartmentBelowTheThresholdHoldsDeploymentUntilAHumanApproves",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    List<PendingApproval> pending =
                            run.gate.check(run.planned.request()).pending();
                    require(!pending.isEmpty(), "the package holds nothing below the threshold");
                    refused(
                            ApprovalException.class,
                            () -> run.gate.check(run.planned.request()).orElseThrow());
                    run.approve();
                    require(run.gate.check(run.planned.request()).canDeploy(), "still held after approval");
                }));
        threshold("confidence_0.90_passes", Confidence.of(0.90), false);
        threshold("confidence_0.8999999_needs_a_human", Confidence.of(0.8999999), true);
        threshold("a_missing_confidence_needs_a_human", Confidence.missing(), true);
        threshold("a_confidence_that_is_no_number_needs_a_human", Confidence.of("high"), true);
    }

    private void threshold(String name, Confidence confidence, boolean needed) {
        checks.add(
                name,
                "ApprovalGateTest.theThresholdIsThePolicysAndComparedAsADecimal",
                () -> same(
                        needed,
                        !host.approvals()
                                .withThreshold(ApprovalPolicy.STANDARD_THRESHOLD)
                                .needs(List.of(new Candidate("agent:x", confidence, null)))
                                .isEmpty(),
                        "whether a human is needed"));
    }

    private void approvals() {
        checks.add(
                "nothing_is_written_before_approval",
                "DirectoryTargetTest.nothingIsWrittenBeforeApproval",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    refused(
                            ApprovalException.class,
                            () -> executor.apply(
                                    run.planned,
                                    run.gate.check(run.planned.request()).orElseThrow()));
                    require(run.target.state(host.org()).resources().isEmpty(), "a resource was written");
                    same(0L, run.target.state(host.org()).log().count(), "lines in the log");
                }));
        checks.add(
                "an_unknown_credential_proves_nobody",
                "ApprovalGateTest.authorsStrangersAndPeopleWithoutTheRoleCannotDecide",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    refused(ApprovalException.class, () -> run.gate.approveAll(run.planned.request(), "guess", ""));
                }));
        checks.add(
                "an_author_does_not_approve_their_own_package",
                "ApprovalGateTest.authorsStrangersAndPeopleWithoutTheRoleCannotDecide",
                () -> Folders.with(folder -> {
                    String person = host.approvers()
                            .authenticate(host.org(), host.approverCredential())
                            .person();
                    Run run = new Run(folder, small("v1").createdBy(person).build());
                    refused(ApprovalException.class, run::approve);
                }));
        checks.add(
                "a_rejection_holds",
                "ApprovalGateTest.aRejectionHoldsUntilItsAuthorTakesItBack",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    run.approve();
                    String item = run.gate
                            .approvalsNeeded(run.planned.request())
                            .get(0)
                            .item();
                    run.gate.reject(run.planned.request(), item, host.approverCredential(), "");
                    require(!run.gate.check(run.planned.request()).canDeploy(), "a rejected package may be deployed");
                    run.gate.withdraw(run.planned.request(), item, host.approverCredential(), "");
                    require(
                            !run.gate.check(run.planned.request()).canDeploy(),
                            "a withdrawn answer counts as an approval");
                }));
        checks.add(
                "an_edit_voids_an_approval",
                "ApprovalGateTest.anEditVoidsAnApprovalAndGoingBackRevivesIt",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, small("v1").build());
                    run.approve();
                    VerifiedPackage edited = verified(small("v2").build(), folder.resolve("edited"));
                    require(
                            !run.gate
                                    .check(executor.plan(edited, run.target).request())
                                    .canDeploy(),
                            "an approval of one content counts for another");
                    require(
                            run.gate.check(run.planned.request()).canDeploy(),
                            "the approved content lost its approval");
                }));
        checks.add(
                "an_approval_counts_for_one_target",
                "ApprovalGateTest.anApprovalCountsForOnePlanOneTargetAndOneOrganisation",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    run.approve();
                    PlannedDeployment elsewhere =
                            executor.plan(run.content, host.targets().get());
                    require(!run.gate.check(elsewhere.request()).canDeploy(), "an approval counts on another target");
                }));
        checks.add(
                "a_grant_is_used_once",
                "ApprovalGateTest.aGrantIsUsedOnceAndByTheSameRunAgain",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    var grant = run.approve();
                    require(executor.apply(run.planned, grant).effects() > 0, "nothing was deployed");
                    refused(Exception.class, () -> executor.apply(run.planned, grant));
                    require(!run.gate.check(run.planned.request()).canDeploy(), "used approvals can be used again");
                }));
        checks.add(
                "the_approvals_stand_on_the_audit_wall",
                "WallApprovalLogIT.whatOneProcessRecordsAnotherReadsBack",
                () -> Folders.with(folder -> {
                    new Run(folder, host.content()).approve();
                    require(host.auditReader().verify(host.org()).isIntact(), "the log of approvals does not verify");
                    require(
                            !WallApprovalLog.on(host.wall(), host.auditReader())
                                    .read(host.org())
                                    .isEmpty(),
                            "no approval is there");
                }));
    }

    private void deployment() {
        checks.add(
                "approve_and_deploy_creates_deployment_package",
                "OnboardingStoryTest.aDepartmentBelowTheThresholdHoldsDeploymentUntilAHumanApproves",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    Receipt receipt = run.deploy();
                    same(host.content().hash(), receipt.packageHash(), "package that runs");
                    same(
                            receipt.stateDigest(),
                            executor.verify(run.content, run.target).orElseThrow(),
                            "state read back");
                }));
        checks.add(
                "approve_and_deploy_creates_deployment_structure",
                "PackageVerifierTest.aPackageComesBackAsItWasBuilt",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    for (String name : List.of("manifest.json", "SHA256SUMS", "agents", "policies")) {
                        require(Files.exists(folder.resolve("package").resolve(name)), name + " is not in the package");
                    }
                    for (String path : run.target.state(host.org()).resources().keySet()) {
                        same(
                                Digest.sha256(run.content.bytes(path)),
                                Digest.sha256(run.target.read(host.org(), path).orElseThrow()),
                                path + " on the target");
                    }
                }));
        checks.add(
                "planning_writes_nothing_and_says_the_same_twice",
                "DirectoryTargetTest.planningWritesNothingAndIsTheSameTwice",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    same(
                            run.planned.plan().digest(),
                            executor.plan(run.content, run.target).plan().digest(),
                            "digest of the plan");
                    same(0L, run.target.state(host.org()).log().count(), "lines in the log");
                }));
        checks.add(
                "a_stale_plan_is_refused",
                "DirectoryTargetTest.theFirstPlanAppliedTwiceIsRefused",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    PlannedDeployment stale = executor.plan(run.content, run.target);
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    refused(
                            Exception.class,
                            () -> executor.apply(
                                    stale, run.gate.check(stale.request()).orElseThrow()));
                }));
        checks.add(
                "a_deployed_package_leaves_nothing_to_do",
                "PostgresTargetIT.aDeploymentToTheDatabaseReplaysToADirectoryWithTheSameState",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    same(
                            0,
                            executor.plan(run.content, run.target)
                                    .plan()
                                    .steps()
                                    .size(),
                            "steps left");
                }));
        checks.add(
                "drift_is_shown_and_stops_the_next_plan_from_hiding_it",
                "DirectoryTargetTest.driftIsShownAndNeverOverwrittenSilently",
                () -> Folders.with(folder -> {
                    DirectoryTarget target = directory(folder);
                    Run run = new Run(folder, host.content(), target);
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    try (var files = Files.walk(folder.resolve("target"))) {
                        Path agent = files.filter(file -> file.toString().contains("agents"))
                                .filter(Files::isRegularFile)
                                .findFirst()
                                .orElseThrow();
                        Files.writeString(agent, "name: \"edited by hand\"\n");
                    }
                    refused(
                            DeploymentException.class,
                            () -> executor.verify(run.content, target).orElseThrow());
                }));
    }

    private void replay() {
        checks.add(
                "replay_deployment_produces_identical_state",
                "DirectoryTargetTest.replayRepeatsTheWholeHistoryAndTheSecondReplayFindsNothingToDo",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    Receipt receipt = run.deploy();
                    DirectoryTarget fresh = directory(folder);
                    PlannedDeployment replay = executor.planReplay(host.org(), run.target, hash -> run.content, fresh);
                    run.gate.approveAll(replay.request(), host.approverCredential(), "replay");
                    ReplayProof proof = executor.replay(
                            replay, run.target, run.gate.check(replay.request()).orElseThrow());
                    same(receipt.stateDigest(), proof.orElseThrow().stateDigest(), "state digest of the replay");
                    same(receipt.steps(), proof.orElseThrow().steps(), "steps of the replay");
                }));
        checks.add(
                "replay_waits_for_approval",
                "DirectoryTargetTest.replayWithoutApprovalDoesNothing",
                () -> Folders.with(folder -> {
                    Run run = new Run(folder, host.content());
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    DirectoryTarget fresh = directory(folder);
                    PlannedDeployment replay = executor.planReplay(host.org(), run.target, hash -> run.content, fresh);
                    require(!run.gate.check(replay.request()).canDeploy(), "a replay needs no approval");
                    require(fresh.state(host.org()).resources().isEmpty(), "planning a replay wrote something");
                }));
        checks.add(
                "replay_tells_the_first_difference",
                "DirectoryTargetTest.replayTellsTheFirstDifferenceWhenTheOriginalDrifted",
                () -> Folders.with(folder -> {
                    DirectoryTarget target = directory(folder);
                    Run run = new Run(folder, host.content(), target);
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    DirectoryTarget fresh =
                            DirectoryTarget.create(folder.resolve("fresh"), "fresh", new SecureRandom(), CLOCK);
                    PlannedDeployment replay = executor.planReplay(host.org(), target, hash -> run.content, fresh);
                    run.gate.approveAll(replay.request(), host.approverCredential(), "replay");
                    try (var files = Files.walk(folder.resolve("target"))) {
                        Path prompt = files.filter(file -> file.toString().contains("agents"))
                                .filter(Files::isRegularFile)
                                .findFirst()
                                .orElseThrow();
                        Files.writeString(prompt, "name: \"edited by hand\"\n");
                    }
                    ReplayProof proof = executor.replay(
                            replay, target, run.gate.check(replay.request()).orElseThrow());
                    require(
                            proof instanceof ReplayProof.Different,
                            "a replay of a drifted original counts as identical");
                }));
    }

    private void targets() {
        for (DeploymentTargetContract.Check check : DeploymentTargetContract.checks(host.org(), host.targets())) {
            checks.add("host target: " + check.name(), "PostgresTargetIT", check.run()::run);
        }
        AtomicInteger number = new AtomicInteger();
        for (int index = 0;
                index
                        < DeploymentTargetContract.checks(host.org(), host.targets())
                                .size();
                index++) {
            int which = index;
            String name = DeploymentTargetContract.checks(host.org(), host.targets())
                    .get(which)
                    .name();
            checks.add(
                    "directory target: " + name,
                    "DirectoryTargetContractTest",
                    () -> Folders.with(folder -> DeploymentTargetContract.checks(
                                    host.org(),
                                    () -> DirectoryTarget.create(
                                            folder.resolve("t" + number.incrementAndGet()),
                                            "certify",
                                            new SecureRandom(),
                                            CLOCK))
                            .get(which)
                            .run()
                            .run()));
        }
    }

    private PackageBuilder small(String title) {
        return DeploymentPackage.builder(host.org())
                .createdAt(CLOCK.instant())
                .createdBy("certify")
                .agent("small", Confidence.of(0.5), Map.of("title", title, "tools", List.of()));
    }

    private static DirectoryTarget directory(Path folder) {
        return DirectoryTarget.create(folder.resolve("target"), "certify", new SecureRandom(), CLOCK);
    }

    private static VerifiedPackage verified(DeploymentPackage content, Path root) {
        content.writeTo(root);
        return PackageVerifier.verify(root).orElseThrow();
    }

    /** A package on its way to a target, through a gate whose log is the audit wall. */
    private final class Run {
        final VerifiedPackage content;
        final DeploymentTarget target;
        final PlannedDeployment planned;
        final ApprovalGate gate;

        Run(Path folder, DeploymentPackage built) {
            this(folder, built, host.targets().get());
        }

        Run(Path folder, DeploymentPackage built, DeploymentTarget onto) {
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
    }
}
