package io.aios.tenancy.rls;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.postgres.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The shipped migration, run by the tool it is named for; from its folder, since a module hides resources. */
class FlywayMigrationIT {
    @Test
    void flywayRunsTheMigrationOnceAndTheDoorOpensOverIt() {
        TestDatabase database = TestDatabase.empty();
        Flyway flyway = Flyway.configure()
                .dataSource(database.admin())
                .locations("filesystem:src/main/resources/db/migration/aios")
                .load();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(1);
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        database.asAdmin("alter role aios_app password '" + TestDatabase.password() + "'");

        try (TenantDb db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build()) {
            assertThat(db.verify().findings()).isEmpty();
            assertThat(db.<Integer, RuntimeException>write(
                            OrgId.of("acme"), w -> w.execute("insert into agents (org_id) values (current_org())")))
                    .isEqualTo(1);
        }
    }
}
