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
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.Candidate;
import io.aios.onboarding.approval.PendingApproval;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageItem;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

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

    private final Host host;
    private final Checks checks = new Checks("DirectoryTargetTest");

    private OnboardingChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        OnboardingChecks group = new OnboardingChecks(host);
        group.preview();
        group.wizard();
        group.confidence();
        group.approvals();
        DeploymentChecks.addTo(group.checks, host);
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
                    DeploymentPackage built = wizard.build(DeploymentRun.CLOCK.instant(), "certify");
                    same(OnboardingWizard.State.PACKAGED, wizard.state(), "state");
                    refused(WizardException.class, wizard::checklist);
                    Folders.with(folder -> {
                        DeploymentRun run = new DeploymentRun(host, folder, built);
                        require(!run.gate.check(run.planned.request()).canDeploy(), "nobody had to approve");
                    });
                });
        checks.add("what_cannot_work_blocks_the_package", "OnboardingWizardTest.whatCannotWorkBlocks", () -> {
            OnboardingWizard wizard = new OnboardingWizard(host.org(), host.approvals());
            wizard.discover(Discovery.of(Map.of("tenant_name", "City", "agents", List.of())));
            require(wizard.checklist().stream().anyMatch(OnboardingWizard.Check::blocks), "no agent, and no blocker");
            refused(WizardException.class, () -> wizard.build(DeploymentRun.CLOCK.instant(), "certify"));
        });
    }

    private void confidence() {
        checks.add(
                "hitl_approvals_enforced_via_confidence",
                "OnboardingStoryTest.aDepartmentBelowTheThresholdHoldsDeploymentUntilAHumanApproves",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
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
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    refused(
                            ApprovalException.class,
                            () -> run.executor.apply(
                                    run.planned,
                                    run.gate.check(run.planned.request()).orElseThrow()));
                    require(run.target.state(host.org()).resources().isEmpty(), "a resource was written");
                    same(0L, run.target.state(host.org()).log().count(), "lines in the log");
                }));
        checks.add(
                "an_unknown_credential_proves_nobody",
                "ApprovalGateTest.authorsStrangersAndPeopleWithoutTheRoleCannotDecide",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    refused(ApprovalException.class, () -> run.gate.approveAll(run.planned.request(), "guess", ""));
                }));
        checks.add(
                "an_author_does_not_approve_their_own_package",
                "ApprovalGateTest.authorsStrangersAndPeopleWithoutTheRoleCannotDecide",
                () -> Folders.with(folder -> {
                    String person = host.approvers()
                            .authenticate(host.org(), host.approverCredential())
                            .person();
                    DeploymentRun run = new DeploymentRun(
                            host, folder, small("v1").createdBy(person).build());
                    refused(ApprovalException.class, run::approve);
                }));
        checks.add(
                "a_rejection_holds",
                "ApprovalGateTest.aRejectionHoldsUntilItsAuthorTakesItBack",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
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
                    DeploymentRun run =
                            new DeploymentRun(host, folder, small("v1").build());
                    run.approve();
                    VerifiedPackage edited = DeploymentRun.verified(small("v2").build(), folder.resolve("edited"));
                    require(
                            !run.gate
                                    .check(run.executor.plan(edited, run.target).request())
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
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    run.approve();
                    PlannedDeployment elsewhere =
                            run.executor.plan(run.content, host.targets().get());
                    require(!run.gate.check(elsewhere.request()).canDeploy(), "an approval counts on another target");
                }));
        checks.add(
                "a_grant_is_used_once",
                "ApprovalGateTest.aGrantIsUsedOnceAndByTheSameRunAgain",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    var grant = run.approve();
                    require(run.executor.apply(run.planned, grant).effects() > 0, "nothing was deployed");
                    refused(Exception.class, () -> run.executor.apply(run.planned, grant));
                    require(!run.gate.check(run.planned.request()).canDeploy(), "used approvals can be used again");
                }));
        checks.add(
                "the_approvals_stand_on_the_audit_wall",
                "WallApprovalLogIT.whatOneProcessRecordsAnotherReadsBack",
                () -> Folders.with(folder -> {
                    new DeploymentRun(host, folder, host.content()).approve();
                    require(host.auditReader().verify(host.org()).isIntact(), "the log of approvals does not verify");
                    require(
                            !WallApprovalLog.on(host.wall(), host.auditReader())
                                    .read(host.org())
                                    .isEmpty(),
                            "no approval is there");
                }));
    }

    private PackageBuilder small(String title) {
        return DeploymentPackage.builder(host.org())
                .createdAt(DeploymentRun.CLOCK.instant())
                .createdBy("certify")
                .agent("small", Confidence.of(0.5), Map.of("title", title, "tools", List.of()));
    }
}
