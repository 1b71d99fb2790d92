package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.onboarding.testing.ChildJvm;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import io.aios.onboarding.testing.Prompts;
import io.aios.tenancy.TenantDb;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack 39 with two real processes: both hold an approved plan for one target and start at the same word. */
class RacingProcessesIT {
    private static final int STEPS = 10;
    private static final int ROUNDS = Boolean.getBoolean("aios.slow") ? 100 : 8;

    @TempDir
    Path dir;

    @Test
    void twoProcessesRaceForADirectoryAndExactlyOneDeploys() throws Exception {
        race("directory", Map.of(), id -> {
            Path directory = dir.resolve(id);
            DirectoryTarget target = DirectoryTarget.create(directory, id, new SecureRandom(), Clock.systemUTC());
            return new Lane(directory.toString(), target);
        });
    }

    @Test
    void twoProcessesRaceForADatabaseAndExactlyOneDeploys() throws Exception {
        Postgres.Database database = Postgres.database();
        database.install(PostgresTarget.tables());
        try (TenantDb db = TenantDb.over(database.application()).build()) {
            race(
                    "database",
                    database.environment(),
                    id -> new Lane(
                            id,
                            PostgresTarget.create(db, Fixtures.CLEVELAND, id, new SecureRandom(), Clock.systemUTC())));
        }
    }

    private record Lane(String name, DeploymentTarget target) {}

    private void race(String kind, Map<String, String> environment, Function<String, Lane> lanes) throws Exception {
        String content = dir.resolve("content").toString();
        int steps = Fixtures.verified(Prompts.version(1, STEPS), dir.resolve("content"))
                .paths()
                .size();
        try (ChildJvm one = ChildJvm.start(RacingMain.class, List.of(), environment, content, kind);
                ChildJvm two = ChildJvm.start(RacingMain.class, List.of(), environment, content, kind)) {
            for (int round = 0; round < ROUNDS; round++) {
                Lane lane = lanes.apply("round" + round);
                one.tell(lane.name());
                two.tell(lane.name());
                assertThat(List.of(one.hear(), two.hear())).containsOnly("ready");
                one.tell("");
                two.tell("");

                assertThat(List.of(one.hear(), two.hear()))
                        .as("round " + round)
                        .areExactly(1, said("won " + steps))
                        .areExactly(1, said("refused (LEASE|STALE_PLAN)"));
                TargetState state = lane.target().state(Fixtures.CLEVELAND);
                assertThat(state.log().runs()).hasSize(1);
                assertThat(state.log().count()).isEqualTo(2 + 2L * steps);
                assertThat(state.resources()).hasSize(steps);
            }
        }
    }

    private static org.assertj.core.api.Condition<String> said(String pattern) {
        return new org.assertj.core.api.Condition<>(line -> line.matches(pattern), pattern);
    }
}
