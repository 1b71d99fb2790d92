package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantRepositoryIT {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");
    private static TestDatabase database;
    private static TenantDb db;
    private static TenantRepository<Agent> agents;

    record Agent(String orgId, String id, String name, long version) {
        static Agent of(OrgId org, String id, String name) {
            return new Agent(org.value(), id, name, 0);
        }
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("agents")
                        .column("id", "text not null")
                        .column("name", "text not null")
                        .column("version", "bigint not null default 0")
                        .key("id")
                        .build())
                .build());
        db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build();
        agents = TenantRepository.of(
                        db,
                        "agents",
                        Agent.class,
                        agent -> OrgId.of(agent.orgId()),
                        agent -> Map.of("id", agent.id(), "name", agent.name(), "version", agent.version()))
                .version("version")
                .build();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void threeOfAAndOneOfBUnderTheSameId() {
        database.asAdmin("truncate aios.agents");
        for (String id : List.of("1", "2", "3")) {
            agents.insert(A, Agent.of(A, id, "a" + id));
        }
        agents.insert(B, Agent.of(B, "1", "b1"));
    }

    private static String ownerSees(OrgId org) {
        return database.adminSees("select count(*) from aios.agents where org_id = '" + org + "'");
    }

    @Test
    void findsOnlyTheTenantsOwnRowAlthoughNoStatementNamesTheTenant() {
        assertThat(agents.find(A, "1")).contains(Agent.of(A, "1", "a1"));
        assertThat(agents.find(B, "1")).contains(Agent.of(B, "1", "b1"));
        assertThat(agents.find(B, "2")).isEmpty();
    }

    @Test
    void countsWhatTheOwnerCounts() {
        assertThat(agents.count(A)).hasToString(ownerSees(A)).isEqualTo(3);
        assertThat(agents.count(B)).hasToString(ownerSees(B)).isEqualTo(1);
    }

    @Test
    void pagesByKey() {
        List<String> ids = new ArrayList<>();
        String after = null;
        for (List<Agent> page = agents.page(A, after, 2); !page.isEmpty(); page = agents.page(A, after, 2)) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            page.forEach(a -> ids.add(a.id()));
            after = ids.get(ids.size() - 1);
        }
        assertThat(ids).containsExactly("1", "2", "3");
        assertThatThrownBy(() -> agents.page(A, null, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void updatesTheVersionThatWasReadAndNoOther() {
        assertThat(agents.update(A, Agent.of(A, "1", "new"), 0)).isTrue();
        assertThat(agents.update(A, Agent.of(A, "1", "late"), 0)).isFalse();
        assertThat(agents.find(A, "1")).contains(new Agent("tenant-a", "1", "new", 1));
        assertThat(agents.find(B, "1")).contains(Agent.of(B, "1", "b1"));
    }

    @Test
    void deletesOnlyTheTenantsOwnRow() {
        assertThat(agents.delete(B, "2")).isFalse();
        assertThat(agents.delete(B, "1")).isTrue();
        assertThat(ownerSees(A)).isEqualTo("3");
    }

    @Test
    void upsertsWithinTheTenant() {
        agents.upsert(B, Agent.of(B, "1", "renamed"));
        agents.upsert(B, Agent.of(B, "2", "added"));
        assertThat(agents.count(B)).isEqualTo(2);
        assertThat(agents.find(A, "1")).contains(Agent.of(A, "1", "a1"));
        assertThat(agents.find(B, "1")).map(Agent::name).isEqualTo(Optional.of("renamed"));
    }

    @Test
    void anEntityOfAnotherTenantIsRefused() {
        assertThatThrownBy(() -> agents.insert(A, Agent.of(B, "9", "b9")))
                .isInstanceOf(TenancyException.class)
                .hasMessageContaining("tenant-b");
        assertThatThrownBy(() -> agents.upsert(A, Agent.of(B, "1", "b1"))).isInstanceOf(TenancyException.class);
        assertThat(ownerSees(A)).isEqualTo("3");
    }

    @Test
    void takesPartInAnOpenTransaction() {
        assertThatThrownBy(() -> db.inTenant(A, tx -> {
                    agents.insert(A, Agent.of(A, "9", "undone"));
                    assertThat(agents.count(A)).isEqualTo(4);
                    throw new IllegalArgumentException("undo");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(agents.count(A)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../b", "a/b", "a\\b", "..%2f", "\0", "tenant-b", "%2e%2e", "c:", "\u2025"})
    void aKeyPartCannotLeaveItsTenant(String part) {
        assertThat(TenantKeys.key(A, part)).startsWith("tenant-a/").doesNotContain("/../");
        assertThat(TenantKeys.path(Path.of("target", "keys"), A, part))
                .startsWithRaw(Path.of("target", "keys", "tenant-a").toAbsolutePath());
    }

    @Test
    void twoListsOfPartsNeverGiveOneKey() {
        assertThat(TenantKeys.key(A, "a/b")).isNotEqualTo(TenantKeys.key(A, "a", "b"));
        assertThat(TenantKeys.key(A, "%2F")).isNotEqualTo(TenantKeys.key(A, "/"));
        for (String part : List.of("", ".", "..")) {
            assertThatThrownBy(() -> TenantKeys.key(A, part)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
