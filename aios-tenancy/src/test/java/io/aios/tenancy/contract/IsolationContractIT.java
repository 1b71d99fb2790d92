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
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class IsolationContractIT {
    private static TenantDb db;
    private static TenantDb oneDedicated;
    private static TenantDb bothDedicated;

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
        public void inTransaction(OrgId acting, TransactionIsolationLevel level, Runnable work) {
            door.inTenant(acting, level, tx -> {
                work.run();
                return 0;
            });
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
        public void inTransaction(OrgId acting, TransactionIsolationLevel level, Runnable work) {
            work.run();
        }

        @Override
        public void deleteAll(OrgId acting) {
            rows.clear();
        }
    }

    @BeforeAll
    static void open() {
        TestDatabase database = TestDatabase.with(notes("aios", ""));
        for (String org : List.of("contract-a", "contract-b")) {
            database.create(notes(schemaOf(org), org));
        }
        db = door(database);
        oneDedicated = door(database, "contract-a");
        bothDedicated = door(database, "contract-a", "contract-b");
    }

    private static String schemaOf(String org) {
        return "own_" + org.charAt(org.length() - 1);
    }

    private static RlsSchema notes(String schema, String org) {
        RlsSchema.Builder builder = RlsSchema.builder()
                .schema(schema)
                .table(TenantTable.named("notes")
                        .column("text", "text not null")
                        .key("text")
                        .build());
        return (org.isEmpty() ? builder : builder.dedicatedTo(org)).build();
    }

    private static TenantDb door(TestDatabase database, String... dedicated) {
        TenantDb.Builder builder = TenantDb.connect(database.url(), "aios_app", TestDatabase.password());
        for (String org : dedicated) {
            builder = builder.dedicated(OrgId.of(org), schemaOf(org));
        }
        return builder.build();
    }

    @AfterAll
    static void close() {
        db.close();
        oneDedicated.close();
        bothDedicated.close();
    }

    // tag::contract[]
    @TestFactory
    Stream<DynamicTest> theDoorKeepsTheContract() {
        return IsolationContract.of(new Rows(db)).stream().map(c -> DynamicTest.dynamicTest(c.name(), c::run));
    }
    // end::contract[]

    @TestFactory
    Stream<DynamicTest> aTenantInItsOwnSchemaBesideASharedOneKeepsTheContract() {
        return IsolationContract.of(new Rows(oneDedicated)).stream()
                .map(c -> DynamicTest.dynamicTest(c.name(), c::run));
    }

    @TestFactory
    Stream<DynamicTest> tenantsInSchemasOfTheirOwnKeepTheContract() {
        return IsolationContract.of(new Rows(bothDedicated)).stream()
                .map(c -> DynamicTest.dynamicTest(c.name(), c::run));
    }

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
