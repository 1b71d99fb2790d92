package io.aios.certify;

import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.onboarding.contract.DeploymentTargetContract;
import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.deploy.PlannedDeployment;
import io.aios.onboarding.deploy.Receipt;
import io.aios.onboarding.deploy.ReplayProof;
import io.aios.trace.json.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The part of ONBOARD-001 that is about deploying: what was approved runs, and a replay proves it. */
final class DeploymentChecks {
    private final Host host;
    private final Checks checks;

    private DeploymentChecks(Host host, Checks checks) {
        this.host = host;
        this.checks = checks;
    }

    static void addTo(Checks checks, Host host) {
        DeploymentChecks group = new DeploymentChecks(host, checks);
        group.deployment();
        group.replay();
        group.targets();
    }

    private void deployment() {
        checks.add(
                "approve_and_deploy_creates_deployment_package",
                "OnboardingStoryTest.aDepartmentBelowTheThresholdHoldsDeploymentUntilAHumanApproves",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    Receipt receipt = run.deploy();
                    same(host.content().hash(), receipt.packageHash(), "package that runs");
                    same(
                            receipt.stateDigest(),
                            run.executor.verify(run.content, run.target).orElseThrow(),
                            "state read back");
                }));
        checks.add(
                "approve_and_deploy_creates_deployment_structure",
                "PackageVerifierTest.aPackageComesBackAsItWasBuilt",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
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
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    same(
                            run.planned.plan().digest(),
                            run.executor.plan(run.content, run.target).plan().digest(),
                            "digest of the plan");
                    same(0L, run.target.state(host.org()).log().count(), "lines in the log");
                }));
        checks.add(
                "a_stale_plan_is_refused",
                "DirectoryTargetTest.theFirstPlanAppliedTwiceIsRefused",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    PlannedDeployment stale = run.executor.plan(run.content, run.target);
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    refused(
                            Exception.class,
                            () -> run.executor.apply(
                                    stale, run.gate.check(stale.request()).orElseThrow()));
                }));
        checks.add(
                "a_deployed_package_leaves_nothing_to_do",
                "PostgresTargetIT.aDeploymentToTheDatabaseReplaysToADirectoryWithTheSameState",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    same(
                            0,
                            run.executor
                                    .plan(run.content, run.target)
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
                    DeploymentRun run = new DeploymentRun(host, folder, host.content(), target);
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
                            () -> run.executor.verify(run.content, target).orElseThrow());
                }));
    }

    private void replay() {
        checks.add(
                "replay_deployment_produces_identical_state",
                "DirectoryTargetTest.replayRepeatsTheWholeHistoryAndTheSecondReplayFindsNothingToDo",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    Receipt receipt = run.deploy();
                    DirectoryTarget fresh = directory(folder);
                    PlannedDeployment replay =
                            run.executor.planReplay(host.org(), run.target, hash -> run.content, fresh);
                    run.gate.approveAll(replay.request(), host.approverCredential(), "replay");
                    ReplayProof proof = run.executor.replay(
                            replay, run.target, run.gate.check(replay.request()).orElseThrow());
                    same(receipt.stateDigest(), proof.orElseThrow().stateDigest(), "state digest of the replay");
                    same(receipt.steps(), proof.orElseThrow().steps(), "steps of the replay");
                }));
        checks.add(
                "replay_waits_for_approval",
                "DirectoryTargetTest.replayWithoutApprovalDoesNothing",
                () -> Folders.with(folder -> {
                    DeploymentRun run = new DeploymentRun(host, folder, host.content());
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    DirectoryTarget fresh = directory(folder);
                    PlannedDeployment replay =
                            run.executor.planReplay(host.org(), run.target, hash -> run.content, fresh);
                    require(!run.gate.check(replay.request()).canDeploy(), "a replay needs no approval");
                    require(fresh.state(host.org()).resources().isEmpty(), "planning a replay wrote something");
                }));
        checks.add(
                "replay_tells_the_first_difference",
                "DirectoryTargetTest.replayTellsTheFirstDifferenceWhenTheOriginalDrifted",
                () -> Folders.with(folder -> {
                    DirectoryTarget target = directory(folder);
                    DeploymentRun run = new DeploymentRun(host, folder, host.content(), target);
                    require(run.deploy().effects() > 0, "nothing was deployed");
                    DirectoryTarget fresh = DirectoryTarget.create(
                            folder.resolve("fresh"), "fresh", new SecureRandom(), DeploymentRun.CLOCK);
                    PlannedDeployment replay = run.executor.planReplay(host.org(), target, hash -> run.content, fresh);
                    run.gate.approveAll(replay.request(), host.approverCredential(), "replay");
                    try (var files = Files.walk(folder.resolve("target"))) {
                        Path prompt = files.filter(file -> file.toString().contains("agents"))
                                .filter(Files::isRegularFile)
                                .findFirst()
                                .orElseThrow();
                        Files.writeString(prompt, "name: \"edited by hand\"\n");
                    }
                    ReplayProof proof = run.executor.replay(
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
                                            DeploymentRun.CLOCK))
                            .get(which)
                            .run()
                            .run()));
        }
    }

    private static DirectoryTarget directory(Path folder) {
        return DirectoryTarget.create(folder.resolve("target"), "certify", new SecureRandom(), DeploymentRun.CLOCK);
    }
}
