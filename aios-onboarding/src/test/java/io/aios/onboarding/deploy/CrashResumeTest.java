package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attack 38: kills a deployment of 50 steps at every change of the disk, before, inside and after it (in the normal build at every
 * 23rd change), and lets another process go on.
 */
class CrashResumeTest {
    private static final int STEPS = 50;
    private static final List<CrashingDisk.Where> WHERE = List.of(CrashingDisk.Where.values());
    private final Fixtures.Ticking clock = new Fixtures.Ticking();

    @TempDir
    Path dir;

    private VerifiedPackage first;
    private VerifiedPackage second;

    @BeforeEach
    void build() {
        first = Fixtures.verified(Prompts.version(1, STEPS), dir.resolve("first"));
        second = Fixtures.verified(Prompts.version(2, STEPS), dir.resolve("second"));
    }

    @Test
    void everyPointOfDeathEndsInTheSameStateWithoutDoingAnythingTwice() throws Exception {
        Run undisturbed = new Run("undisturbed", CrashingDisk.never());
        assertThat(undisturbed.apply().effects()).isEqualTo(STEPS);
        int points = undisturbed.disk.changes;
        assertThat(undisturbed.disk.placed).isEqualTo(STEPS);
        assertThat(points).isGreaterThanOrEqualTo(3 * STEPS);
        int rounds = 0;
        boolean slow = Boolean.getBoolean("aios.slow");
        int stride = slow ? 1 : 23;
        for (int point = 0; point < points; point += stride) {
            CrashingDisk.Where where = WHERE.get(point % 3);
            rounds += round(point, where, undisturbed);
            if (slow) {
                rounds += round(point, WHERE.get((point + 1) % 3), undisturbed);
                rounds += round(point, WHERE.get((point + 2) % 3), undisturbed);
            }
        }
        assertThat(rounds).isGreaterThanOrEqualTo(points / stride);
    }

    private int round(int point, CrashingDisk.Where where, Run undisturbed) throws Exception {
        Run run = new Run("at-" + point + "-" + where, new CrashingDisk(point, where));
        assertThatThrownBy(run::apply).isInstanceOf(DeploymentException.class);
        int before = run.disk.placed;

        Run again = run.inAnotherProcess();
        int effects = again.resume();

        String what = "killed " + where + " change " + point;
        assertThat(again.target.state(Fixtures.CLEVELAND).digest())
                .as(what)
                .isEqualTo(undisturbed.target.state(Fixtures.CLEVELAND).digest());
        assertThat(before + again.disk.placed).as(what).isEqualTo(STEPS);
        assertThat(effects).as(what).isEqualTo(again.disk.placed);
        assertThat(again.target.state(Fixtures.CLEVELAND).log().runs()).as(what).hasSize(2);
        assertThat(new DeploymentExecutor("test", clock)
                        .plan(second, again.target)
                        .plan()
                        .steps())
                .isEmpty();
        return 1;
    }

    /** A target with the first package on it, about to get the second. */
    private final class Run {
        private final Path root;
        private final CrashingDisk disk;
        private final DirectoryTarget target;
        private final ApprovalGate gate;
        private final DeploymentExecutor executor = new DeploymentExecutor("test", clock);

        Run(String name, CrashingDisk disk) throws IOException {
            this.root = dir.resolve(name);
            this.disk = disk;
            this.gate = Fixtures.gate(clock);
            prepared(root);
            this.target = DirectoryTarget.open(root, clock, disk);
        }

        private Run(Run dead) {
            this.root = dead.root;
            this.disk = CrashingDisk.never();
            this.gate = dead.gate;
            this.target = DirectoryTarget.open(root, clock, disk);
        }

        Run inAnotherProcess() {
            clock.advance(Duration.ofMinutes(2));
            return new Run(this);
        }

        Receipt apply() {
            PlannedDeployment planned = executor.plan(second, target);
            gate.approveAll(planned.request(), "token-alice", "");
            return executor.apply(planned, gate.check(planned.request()).orElseThrow());
        }

        /** Nothing is left to do when death came after the last line. */
        int resume() {
            PlannedDeployment planned = executor.plan(second, target);
            if (planned.run().isEmpty() && planned.plan().steps().isEmpty()) {
                return 0;
            }
            return executor.apply(planned, gate.check(planned.request()).orElseThrow())
                    .effects();
        }
    }

    private void prepared(Path root) throws IOException {
        Path template = dir.resolve("template");
        if (!Files.exists(template)) {
            DirectoryTarget target = DirectoryTarget.create(template, "city-hall", new Random(1), clock);
            DirectoryTarget quick = DirectoryTarget.open(template, clock, CrashingDisk.never());
            ApprovalGate gate = Fixtures.gate(clock);
            DeploymentExecutor executor = new DeploymentExecutor("test", clock);
            PlannedDeployment planned = executor.plan(first, quick);
            assertThat(executor.apply(planned, gate.check(planned.request()).orElseThrow())
                            .effects())
                    .isEqualTo(50);
            assertThat(target.state(Fixtures.CLEVELAND).resources()).hasSize(50);
        }
        try (var files = Files.walk(template)) {
            for (Path file : files.toList()) {
                Files.copy(file, root.resolve(template.relativize(file).toString()));
            }
        }
    }
}
