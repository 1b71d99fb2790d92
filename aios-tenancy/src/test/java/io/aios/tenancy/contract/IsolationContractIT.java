package io.aios.tenancy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class IsolationContractIT {
    private static TenantDb db;

    private record Rows(TenantDb door) implements TenantStore {
        private static List<String> all(org.jdbi.v3.core.Handle handle) {
            return handle.createQuery("select text from notes")
                    .mapTo(String.class)
                    .list();
        }

        @Override
        public void write(OrgId acting, OrgId owner, String text) {
            door.write(
                    acting,
                    w -> w.createUpdate("insert into notes (org_id, text) values (:org, :text)")
                            .bind("org", owner.value())
                            .bind("text", text)
                            .execute());
        }

        @Override
        public List<String> readAll(OrgId acting) {
            return door.read(acting, Rows::all);
        }

        @Override
        public List<String> readAllInScope() {
            return door.read(Rows::all);
        }

        @Override
        public void deleteAll(OrgId acting) {
            door.write(acting, w -> w.execute("delete from notes"));
        }
    }

    /** Filters by a field that it sometimes forgets, as code without policies does. */
    private static final class Leaky implements TenantStore {
        private final List<String> rows = new CopyOnWriteArrayList<>();

        @Override
        public void write(OrgId acting, OrgId owner, String text) {
            rows.add(text);
        }

        @Override
        public List<String> readAll(OrgId acting) {
            return List.copyOf(rows);
        }

        @Override
        public List<String> readAllInScope() {
            return TenantScope.current().map(this::readAll).orElse(List.of());
        }

        @Override
        public void deleteAll(OrgId acting) {
            rows.clear();
        }
    }

    @BeforeAll
    static void open() {
        TestDatabase database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("notes")
                        .column("text", "text not null")
                        .key("text")
                        .build())
                .build());
        db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    // tag::contract[]
    @TestFactory
    Stream<DynamicTest> theDoorKeepsTheContract() {
        return IsolationContract.of(new Rows(db)).stream().map(c -> DynamicTest.dynamicTest(c.name(), c::run));
    }
    // end::contract[]

    @Test
    void aLeakyStoreFailsIt() {
        List<String> failed = new ArrayList<>();
        for (IsolationContract.Check check : IsolationContract.of(new Leaky())) {
            try {
                check.run();
            } catch (IsolationContract.IsolationViolation e) {
                failed.add(check.name());
            }
        }
        assertThat(failed)
                .contains(
                        "cross_tenant_read_blocked_without_where",
                        "cross_tenant_write_blocked",
                        "cross_tenant_delete_blocked",
                        "context_propagation",
                        "no_context_no_rows",
                        "isolation_levels");
    }
}
