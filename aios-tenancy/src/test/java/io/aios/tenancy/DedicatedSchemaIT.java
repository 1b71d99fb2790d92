package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantColumn;
import io.aios.tenancy.rls.TenantTable;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One tenant in a schema of its own, behind the door of all the others. */
class DedicatedSchemaIT {
    private static final OrgId ACME = OrgId.of("acme");
    private static final OrgId OTHER = OrgId.of("other");
    private static final String READ = "select name from agents order by name";
    private static TestDatabase database;
    private static TenantDb db;

    private static RlsSchema.Builder tables() {
        return RlsSchema.builder()
                .table(TenantTable.named("agents")
                        .column("name", "text not null")
                        .key("name")
                        .partitions(2)
                        .build())
                .table(TenantTable.idempotencyKeys());
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.with(tables().table(TenantTable.named("shared_only")
                        .column("id", "int not null")
                        .key("id")
                        .build())
                .build());
        // tag::dedicated[]
        RlsSchema own = tables().schema("acme_own").dedicatedTo("acme").build();
        database.create(own);
        db = TenantDb.connect(database.url(), own.appRole(), TestDatabase.password())
                .dedicated(OrgId.of("acme"), own.schema())
                .build();
        // end::dedicated[]
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void oneAgentEach() {
        database.asAdmin("truncate aios.agents; truncate acme_own.agents");
        for (OrgId org : List.of(ACME, OTHER)) {
            assertThat(write(org, "insert into agents (org_id, name) values (current_org(), current_org())"))
                    .isEqualTo(1);
        }
    }

    private static int write(OrgId org, String sql) {
        return db.write(org, w -> w.execute(sql));
    }

    private static List<String> read(OrgId org, String sql) {
        return db.read(org, q -> q.createQuery(sql).mapTo(String.class).list());
    }

    private static String stateOf(OrgId org, String sql) {
        return TenantDbIT.sqlState(catchThrowable(() -> write(org, sql)));
    }

    @Test
    void theTenantsRowsStandInItsSchemaAndNowhereElse() {
        assertThat(database.adminSees("select string_agg(name, ',') from acme_own.agents"))
                .isEqualTo("acme");
        assertThat(database.adminSees("select string_agg(name, ',') from aios.agents"))
                .isEqualTo("other");
    }

    @Test
    void takingTurnsTheSamePreparedStatementReadsTheRightSchema() {
        for (int i = 0; i < 24; i++) {
            OrgId org = i % 2 == 0 ? ACME : OTHER;
            assertThat(read(org, READ)).containsExactly(org.value());
        }
    }

    @Test
    void aTableThatTheTenantsSchemaLacksIsNotTakenFromTheSharedOne() {
        assertThat(stateOf(ACME, "insert into shared_only (org_id, id) values ('acme', 1)"))
                .isEqualTo("42P01");
    }

    @Test
    void anotherTenantReachesTheSchemaByNameAndFindsNothing() {
        assertThat(read(OTHER, "select name from acme_own.agents")).isEmpty();
        assertThat(write(OTHER, "update acme_own.agents set name = 'x'")).isZero();
        assertThat(write(OTHER, "delete from acme_own.agents")).isZero();
        assertThat(stateOf(OTHER, "insert into acme_own.agents (org_id, name) values ('acme', 'forged')"))
                .isEqualTo("42501");
        assertThat(stateOf(OTHER, "insert into acme_own.agents (org_id, name) values ('other', 'mine')"))
                .isEqualTo("23514");
        assertThat(read(ACME, "select name from aios.agents")).isEmpty();
    }

    @Test
    void eventsAreGuardedInTheTenantsOwnSchema() {
        IdempotencyGuard guard = IdempotencyGuard.over(db, Duration.ofSeconds(1));
        IdempotencyGuard.Key key = new IdempotencyGuard.Key("p", "e1", "t");
        for (OrgId org : List.of(ACME, OTHER)) {
            assertThat(guard.once(org, key, "a".repeat(64), tx -> org.value()).orElseThrow())
                    .contains(org.value());
        }
        assertThat(database.adminSees("select count(*) from acme_own.idempotency_keys"))
                .isEqualTo("1");
    }

    @Test
    void theVerifierLooksAtTheSchemaAndAtWhatMakesItOneTenants() {
        assertThat(db.verify().findings()).isEmpty();
        database.asAdmin("alter table acme_own.agents drop constraint agents_org_id_check");
        try {
            assertThat(db.verify().describe()).contains("acme_own.agents");
        } finally {
            database.asAdmin(
                    "alter table acme_own.agents add check (org_id <> ''), drop constraint agents_org_id_check1");
        }
        assertThat(db.verify().describe()).contains("T31 ERROR acme_own.agents");
        database.asAdmin("alter table acme_own.agents add constraint agents_org_id_check1 check (org_id = 'acme')");
        assertThat(db.verify().findings()).isEmpty();
    }

    @Test
    void aSchemaThatIsNotThereOrIsNotTheTenantsKeepsTheDoorShut() {
        TenantDb.Builder missing = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .dedicated(ACME, "nowhere");
        assertThatThrownBy(missing::build)
                .isInstanceOf(IsolationException.class)
                .hasMessageContaining("T00");
        TenantDb.Builder foreign = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .dedicated(OTHER, "acme_own");
        assertThatThrownBy(foreign::build)
                .isInstanceOf(IsolationException.class)
                .hasMessageContaining("T31");
    }

    @Test
    void aSchemaServesOneTenantAndATenantHasOneSchema() {
        TenantDb.Builder builder =
                TenantDb.connect(database.url(), "aios_app", "").dedicated(ACME, "acme_own");
        assertThatThrownBy(() -> builder.dedicated(OTHER, "acme_own")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.dedicated(ACME, "elsewhere")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.dedicated(OTHER, "A b")).isInstanceOf(IllegalArgumentException.class);
        TenantDb.Builder shared =
                TenantDb.connect(database.url(), "aios_app", "").dedicated(OTHER, "aios");
        assertThatThrownBy(shared::build).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(TenantColumn.Type.class)
    void everyColumnTypeCanBeDedicated(TenantColumn.Type type) {
        String org = type == TenantColumn.Type.TEXT
                ? "acme"
                : type == TenantColumn.Type.UUID ? "0f8fad5b-d9cb-469f-a165-70867728950e" : "42";
        TenantColumn column = new TenantColumn("app.org_id", "org_id", type);
        TestDatabase own = TestDatabase.with(tables().column(column).build());
        own.create(tables().schema("own").column(column).dedicatedTo(org).build());
        TenantDb.connect(own.url(), "aios_app", TestDatabase.password())
                .column(column)
                .dedicated(OrgId.of(org), "own")
                .build()
                .close();
    }
}
