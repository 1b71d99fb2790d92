package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.ChildJvm;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.onboarding.testing.Prompts;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.VerifyMode;
import io.aios.trace.json.Digest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attack 38 on a database: kills a deployment at every transaction, before it is committed or before its commit is
 * acknowledged, and lets another process go on. In the normal build ten creations, killed in turn before and after; behind
 * {@code aios.slow} fifty creations, updates and deletions, each killed in both ways.
 */
class PostgresCrashIT {
    private static final boolean SLOW = Boolean.getBoolean("aios.slow");
    private static final int STEPS = SLOW ? 50 : 10;
    private static final List<DyingDataSource.Where> BOTH = List.of(DyingDataSource.Where.values());
    private static final AtomicInteger IDS = new AtomicInteger();
    private static Postgres.Database database;
    private static TenantDb db;

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final DeploymentExecutor executor = new DeploymentExecutor("test", clock);

    @TempDir
    Path dir;

    private VerifiedPackage first;
    private VerifiedPackage next;

    @BeforeAll
    static void open() throws Exception {
        database = Postgres.database();
        database.install(PostgresTarget.tables());
        Postgres.execute(
                database.admin(),
                "create table public.effects (target text, key text)",
                """
                create function public.effect() returns trigger language plpgsql security definer
                set search_path = pg_catalog, pg_temp as $$ begin
                    insert into public.effects values (coalesce(new.target_id, old.target_id),
                        coalesce(new.resource_key, old.resource_key));
                    return null; end $$""",
                "create trigger effect after insert or update or delete on aios.deployment_resource"
                        + " for each row execute function public.effect()");
        db = open(database.application());
    }

    /** Unverified: the trigger that counts effects runs as another role, which the verifier rightly refuses. */
    private static TenantDb open(DataSource dataSource) {
        return TenantDb.over(dataSource).verify(VerifyMode.OFF).build();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void build() {
        first = Fixtures.verified(Prompts.version(1, STEPS), dir.resolve("first"));
        next = SLOW ? Fixtures.verified(Prompts.version(2, STEPS), dir.resolve("second")) : first;
    }

    @Test
    void everyTransactionCanDieAndTheRunEndsInTheSameStateWithoutDoingAnythingTwice() {
        Run undisturbed = new Run(DyingDataSource.never(database.application()));
        assertThat(undisturbed.apply()).isEqualTo(STEPS);
        int points = undisturbed.dataSource.commits;
        assertThat(points).isGreaterThanOrEqualTo(2 * STEPS);
        assertThat(effects(undisturbed.id)).isEqualTo(STEPS);
        Digest expected = undisturbed.target().state(Fixtures.CLEVELAND).digest();

        for (int point = 0; point < points; point++) {
            for (DyingDataSource.Where where : BOTH) {
                if (SLOW || where == BOTH.get(point % 2)) {
                    Run run = new Run(new DyingDataSource(database.application(), point, where, () -> {}));
                    String what = "killed " + where + " commit " + point;
                    assertThatThrownBy(run::apply).as(what).isInstanceOf(DeploymentException.class);
                    assertResumes(run, expected, what);
                }
            }
        }
    }

    /** The same with whole processes that are gone from one instruction to the next. */
    @Test
    void aKilledProcessIsGoneOnWithByAnother() throws Exception {
        Run undisturbed = new Run(DyingDataSource.never(database.application()));
        assertThat(undisturbed.apply()).isEqualTo(STEPS);
        int points = undisturbed.dataSource.commits;
        Digest expected = undisturbed.target().state(Fixtures.CLEVELAND).digest();

        for (int point : SLOW ? List.of(3, points / 3, points / 2, points - 3) : List.of(points / 2)) {
            for (DyingDataSource.Where where : BOTH) {
                Run run = new Run(DyingDataSource.never(database.application()));
                try (ChildJvm child = ChildJvm.start(
                        DyingMain.class,
                        List.of(),
                        database.environment(),
                        run.id,
                        dir.resolve(SLOW ? "second" : "first").toString(),
                        Integer.toString(point),
                        where.name())) {
                    assertThat(child.exit()).isEqualTo(DyingMain.KILLED);
                }
                assertResumes(run, expected, "process killed " + where + " commit " + point);
            }
        }
    }

    private void assertResumes(Run run, Digest expected, String what) {
        clock.advance(Duration.ofMinutes(2));
        run.resume(db);
        TargetState state = run.target().state(Fixtures.CLEVELAND);
        assertThat(state.digest()).as(what).isEqualTo(expected);
        assertThat(effects(run.id)).as(what).isEqualTo(STEPS);
        assertThat(state.log().openRun()).as(what).isEmpty();
        assertThat(executor.plan(next, run.target()).plan().steps()).as(what).isEmpty();
    }

    private static int effects(String id) {
        return Integer.parseInt(
                Postgres.query(database.admin(), "select count(*) from public.effects where target = '" + id + "'")
                        .get(0));
    }

    /** A target about to get the next package through a data source that may die. */
    private final class Run {
        private final String id = "crash" + IDS.incrementAndGet();
        private final ApprovalGate gate = Fixtures.gate(clock);
        private final DyingDataSource dataSource;

        Run(DyingDataSource dataSource) {
            this.dataSource = dataSource;
            PostgresTarget fresh = PostgresTarget.create(db, Fixtures.CLEVELAND, id, new Random(1), clock);
            if (!first.equals(next)) {
                PlannedDeployment planned = executor.plan(first, fresh);
                assertThat(executor.apply(planned, gate.check(planned.request()).orElseThrow())
                                .effects())
                        .isEqualTo(STEPS);
                Postgres.execute(database.admin(), "delete from public.effects where target = '" + id + "'");
            }
        }

        PostgresTarget target() {
            return PostgresTarget.open(db, Fixtures.CLEVELAND, id, clock);
        }

        /** Plans through a healthy door; everything that writes goes through the one that may die. */
        int apply() {
            try (TenantDb dying = open(dataSource)) {
                PostgresTarget target = PostgresTarget.open(dying, Fixtures.CLEVELAND, id, clock);
                return deploy(executor.plan(next, target));
            }
        }

        /** Nothing is left to do when death came after the last line. */
        void resume(TenantDb healthy) {
            PlannedDeployment planned =
                    executor.plan(next, PostgresTarget.open(healthy, Fixtures.CLEVELAND, id, clock));
            if (planned.run().isPresent() || !planned.plan().steps().isEmpty()) {
                assertThat(deploy(planned)).isLessThanOrEqualTo(STEPS);
            }
        }

        private int deploy(PlannedDeployment planned) {
            gate.approveAll(planned.request(), "token-alice", "");
            return executor.apply(planned, gate.check(planned.request()).orElseThrow())
                    .effects();
        }
    }
}
