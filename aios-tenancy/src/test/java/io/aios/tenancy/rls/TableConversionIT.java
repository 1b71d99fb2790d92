package io.aios.tenancy.rls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host's tables, as it had them before it had tenants. */
class TableConversionIT {
    private static final RlsSchema AIOS = RlsSchema.builder().build();
    private TestDatabase database;
    private final TableConversion conversion = TableConversion.of(AIOS, "shop");

    @BeforeEach
    void aHostWithTwoTables() {
        database = TestDatabase.with(AIOS);
        database.asAdmin("""
                create schema shop;
                create table shop.customers (id int primary key, email text unique, org_id text default 'x');
                create table shop.orders (id int primary key, customer_id int not null
                  references shop.customers on delete cascade, total numeric);
                insert into shop.customers values (1, 'a@example.org', 'tenant-a'), (2, 'b@example.org', null);
                insert into shop.orders values (10, 2, 9.5)""");
    }

    private TableConversion.Plan plan(String org, String... tables) throws SQLException {
        return conversion.plan(database.admin(), org, List.of(tables));
    }

    @Test
    void aPlanSaysWhatItWouldDoAndChangesNothing() throws SQLException {
        String before = database.adminSees("select count(*) from pg_constraint");
        TableConversion.Plan plan = plan("tenant-b", "customers", "orders");
        assertThat(plan.blockers()).isEmpty();
        assertThat(plan.describe())
                .contains("alter table \"shop\".\"orders\" add column \"org_id\" text collate \"C\";")
                .contains("add constraint \"customers_pkey\" primary key (\"org_id\", \"id\");")
                .contains("foreign key (\"org_id\", \"customer_id\") references \"shop\".\"customers\""
                        + " (\"org_id\", \"id\") on delete cascade;")
                .contains("alter table \"shop\".\"orders\" force row level security;")
                .doesNotContain("BLOCKED");
        assertThat(database.adminSees("select count(*) from pg_constraint")).isEqualTo(before);
    }

    @Test
    void theConvertedTablesHaveNoFindingAndIsolate() throws SQLException {
        conversion.apply(database.admin(), plan("tenant-b", "customers", "orders"));
        TenantIsolationVerifier verifier =
                TenantIsolationVerifier.builder().alsoSchema("shop").build();
        assertThat(verifier.verify(database.app()).findings()).isEmpty();
        try (TenantDb db = TenantDb.connect(database.url(), AIOS.appRole(), TestDatabase.password())
                .verifier(verifier)
                .build()) {
            for (String org : List.of("tenant-a", "tenant-b")) {
                List<String> emails = db.read(
                        OrgId.of(org),
                        q -> q.createQuery("select email from shop.customers")
                                .mapTo(String.class)
                                .list());
                assertThat(emails).containsExactly(org.charAt(7) + "@example.org");
            }
            assertThat(db.<Integer, RuntimeException>write(
                            OrgId.of("tenant-a"), w -> w.execute("delete from shop.customers where id = 2")))
                    .isZero();
        }
        assertThat(database.adminSees("select org_id from shop.orders")).isEqualTo("tenant-b");
    }

    @Test
    void whatNeedsADecisionBlocksThePlan() throws SQLException {
        assertThat(plan("", "customers", "orders").blockers()).anyMatch(b -> b.contains("have no tenant"));
        assertThat(plan("tenant-b", "customers").blockers()).anyMatch(b -> b.contains("orders refers to customers"));
        assertThat(plan("tenant-b", "orders").blockers()).anyMatch(b -> b.contains("orders refers to customers"));
        assertThat(plan("tenant-b", "nothing").blockers()).anyMatch(b -> b.contains("not an ordinary table"));
        database.asAdmin("create unique index total_once on shop.orders (total)");
        assertThat(plan("tenant-b", "customers", "orders").blockers()).anyMatch(b -> b.contains("total_once"));
        database.asAdmin("alter table shop.customers alter org_id type varchar(9)");
        TableConversion.Plan blocked = plan("tenant-b", "customers", "orders");
        assertThat(blocked.blockers()).anyMatch(b -> b.contains("character varying"));
        assertThat(blocked.describe()).startsWith("-- BLOCKED");
        assertThatThrownBy(() -> conversion.apply(database.admin(), blocked)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatTheDatabaseRefusesLeavesTheTablesAsTheyWere() throws SQLException {
        TableConversion.Plan plan = plan("tenant-b", "customers", "orders");
        database.asAdmin("alter table shop.orders rename to gone");
        assertThatThrownBy(() -> conversion.apply(database.admin(), plan)).isInstanceOf(SQLException.class);
        assertThat(database.adminSees("select count(*) from pg_policies where schemaname = 'shop'"))
                .isEqualTo("0");
        assertThat(database.adminSees("select count(*) from shop.customers where org_id is null"))
                .isEqualTo("1");
    }
}
