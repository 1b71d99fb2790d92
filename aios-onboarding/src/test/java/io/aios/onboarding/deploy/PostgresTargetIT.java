package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.contract.DeploymentTargetContract;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PostgresTargetIT {
    private static final AtomicInteger IDS = new AtomicInteger();
    private static Postgres.Database database;
    private static TenantDb db;

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final DeploymentExecutor executor = new DeploymentExecutor("test", clock);
    private final ApprovalGate gate = Fixtures.gate(clock);

    @TempDir
    Path dir;

    @BeforeAll
    static void open() throws Exception {
        database = Postgres.database();
        database.install(PostgresTarget.tables());
        db = TenantDb.over(database.application()).build();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    private PostgresTarget fresh() {
        return PostgresTarget.create(db, Fixtures.CLEVELAND, "t" + IDS.incrementAndGet(), new SecureRandom(), clock);
    }

    @TestFactory
    Stream<DynamicTest> thePostgresTargetHoldsToTheContract() {
        return DeploymentTargetContract.checks(Fixtures.CLEVELAND, this::fresh).stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check.run()::run));
    }

    @Test
    void aDeploymentToTheDatabaseReplaysToADirectoryWithTheSameState() {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        PostgresTarget target = fresh();
        PlannedDeployment planned = executor.plan(content, target);
        Receipt receipt = executor.apply(planned, approved(planned));
        assertThat(executor.verify(content, target).orElseThrow()).isEqualTo(receipt.stateDigest());

        DirectoryTarget directory = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(1), clock);
        PlannedDeployment replay = executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, directory);

        assertThat(executor.replay(replay, target, approved(replay))
                        .orElseThrow()
                        .stateDigest())
                .isEqualTo(receipt.stateDigest());
        PostgresTarget reopened =
                PostgresTarget.open(db, Fixtures.CLEVELAND, target.identity().id(), clock);
        assertThat(reopened.identity()).isEqualTo(target.identity());
        assertThat(executor.plan(content, reopened).plan().steps()).isEmpty();
    }

    /** Attack 40: a dry run leaves every row of the database and every file as it was. */
    @Test
    void dryRunsLeaveTheDatabaseAndTheFilesByteForByteAsTheyWere() throws Exception {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        PostgresTarget target = fresh();
        PlannedDeployment planned = executor.plan(content, target);
        assertThat(executor.apply(planned, approved(planned)).effects()).isEqualTo(4);
        PostgresTarget other = fresh();
        DirectoryTarget directory = DirectoryTarget.create(dir.resolve("fresh"), "fresh", new Random(1), clock);
        VerifiedPackage next = Fixtures.verified(
                Fixtures.cleveland()
                        .version(2)
                        .prompt("new.md", Confidence.of(1), "New.\n")
                        .build(),
                dir.resolve("next"));
        Map<String, String> rows = database.content();
        Map<String, String> files = files();
        assertThat(rows).containsKeys("aios.deployment_log", "aios.deployment_resource", "aios.deployment_target");

        assertThat(executor.plan(next, target).plan().steps()).hasSize(1);
        assertThat(executor.plan(content, other).plan().steps()).hasSize(4);
        assertThat(executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, other)
                        .plan()
                        .steps())
                .hasSize(4);
        assertThat(executor.planReplay(Fixtures.CLEVELAND, target, hash -> content, directory)
                        .plan()
                        .steps())
                .hasSize(4);
        assertThat(executor.verify(content, target).orElseThrow())
                .isEqualTo(planned.plan().to());

        assertThat(database.content()).isEqualTo(rows);
        assertThat(files()).isEqualTo(files);
        try (Lease lease = target.acquire(Fixtures.CLEVELAND, "test", Duration.ofMinutes(1))) {
            assertThat(lease.token()).isPositive();
        }
        assertThat(database.content()).as("a digest that sees a lease").isNotEqualTo(rows);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(dir)) {
            for (Path file : walk.toList()) {
                String bytes = Files.isRegularFile(file)
                        ? Digest.sha256(Files.readAllBytes(file)).hex()
                        : "folder";
                files.put(file.toString(), bytes + " " + Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    @Test
    void aTransactionThatDiesLeavesNeitherEffectNorLineAndTheRunResumes() {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        PostgresTarget target = fresh();
        PlannedDeployment planned = executor.plan(content, target);
        DeployGrant grant = approved(planned);
        Postgres.execute(
                database.admin(),
                """
                create function aios.die() returns trigger language plpgsql as
                $$ begin if new.seq = 5 then raise exception 'killed'; end if; return new; end $$""",
                "create trigger die before insert on aios.deployment_log for each row execute function aios.die()");
        try {
            assertThatThrownBy(() -> executor.apply(planned, grant).effects())
                    .isInstanceOfSatisfying(
                            DeploymentException.class,
                            e -> assertThat(e.reason()).isEqualTo(DeploymentException.Reason.TARGET));
        } finally {
            Postgres.execute(database.admin(), "drop trigger die on aios.deployment_log", "drop function aios.die()");
        }
        assertThat(target.state(Fixtures.CLEVELAND).log().count()).isEqualTo(5);
        assertThat(target.state(Fixtures.CLEVELAND).resources()).hasSize(2);

        clock.advance(Duration.ofMinutes(2));
        PlannedDeployment resumed = executor.plan(content, target);
        Receipt receipt = executor.apply(resumed, gate.check(resumed.request()).orElseThrow());
        assertThat(receipt.effects()).isEqualTo(2);
        assertThat(receipt.stateDigest()).isEqualTo(planned.plan().to());
    }

    @Test
    void anEditedOrCutLogAndAnotherTenantsTargetAreRefused() {
        VerifiedPackage content = Fixtures.verified(Fixtures.cleveland().build(), dir.resolve("package"));
        PostgresTarget target = fresh();
        PlannedDeployment planned = executor.plan(content, target);
        assertThat(executor.apply(planned, approved(planned)).effects()).isEqualTo(4);
        String here = " where target_id = '" + target.identity().id() + "'";

        Postgres.execute(
                database.admin(),
                "update aios.deployment_resource set body = 'x'" + here + " and resource_key like 'agents/hr%'");
        assertThat(executor.plan(content, target).plan().changes()).containsKeys("drift:agents/hr_agent.yaml");
        Postgres.execute(database.admin(), "delete from aios.deployment_log" + here + " and seq = 9");
        assertThatThrownBy(() -> target.state(Fixtures.CLEVELAND))
                .hasMessageContaining("truncated, edited or replaced");

        OrgId other = OrgId.of("columbus-gov");
        assertThatThrownBy(() -> target.state(other)).hasMessageContaining("not of columbus-gov");
        assertThatThrownBy(
                        () -> PostgresTarget.open(db, other, target.identity().id(), clock))
                .hasMessageContaining("has no target");
        assertThatThrownBy(() -> PostgresTarget.create(
                        db, Fixtures.CLEVELAND, target.identity().id(), new Random(1), clock))
                .hasMessageContaining("already");
    }

    private DeployGrant approved(PlannedDeployment planned) {
        gate.approveAll(planned.request(), "token-alice", "");
        return gate.check(planned.request()).orElseThrow();
    }
}
