package io.aios.tenancy.rls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.postgres.LargeSchema;
import io.aios.tenancy.postgres.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RlsSchemaIT {
    @Test
    void theShippedMigrationIsWhatTheGeneratorWrites() throws IOException {
        try (InputStream in = RlsSchema.class.getResourceAsStream("/db/migration/aios/V1__aios_tenancy.sql")) {
            assertThat(in).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(RlsSchema.standard().build().sql());
        }
    }

    @Test
    void twentyFiveTablesAreReadAndWrittenWithoutNamingTheTenantInAWhere() throws SQLException {
        RlsSchema schema = LargeSchema.builder().build();
        assertThat(schema.tables()).hasSize(25);
        TestDatabase database = TestDatabase.with(schema);
        try (TenantDb db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build()) {
            for (String table : LargeSchema.PLAIN) {
                for (String org : List.of("tenant-a", "tenant-b")) {
                    db.write(
                            OrgId.of(org), w -> w.execute("insert into " + table + " (org_id) values (current_org())"));
                }
                assertThat(db.<Long, RuntimeException>read(
                                OrgId.of("tenant-a"),
                                q -> q.createQuery("select count(*) from " + table)
                                        .mapTo(Long.class)
                                        .one()))
                        .as(table)
                        .isEqualTo(1);
                assertThat(database.adminSees("select count(*) from aios." + table))
                        .isEqualTo("2");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TenantColumn.Type.class)
    void everyColumnTypeIsolatesAndFailsClosed(TenantColumn.Type type) throws SQLException {
        String a = type == TenantColumn.Type.TEXT
                ? "acme"
                : type == TenantColumn.Type.UUID ? "0f8fad5b-d9cb-469f-a165-70867728950e" : "42";
        TenantColumn column = new TenantColumn("app.current_org_id", "tenant", type);
        TestDatabase database = TestDatabase.with(RlsSchema.builder()
                .column(column)
                .tablePrefix("x_")
                .table(TenantTable.standard("agents"))
                .build());
        assertThat(TenantIsolationVerifier.builder()
                        .column(column)
                        .build()
                        .verify(database.app())
                        .findings())
                .isEmpty();
        try (TenantDb db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .column(column)
                .build()) {
            db.write(OrgId.of(a), w -> w.execute("insert into x_agents (tenant) values (current_org())"));
            assertThat(db.<Integer, RuntimeException>write(OrgId.of(a), w -> w.execute("delete from x_agents")))
                    .isEqualTo(1);
            if (type != TenantColumn.Type.TEXT) {
                assertThatThrownBy(() -> db.read(OrgId.of("not-castable"), q -> q.execute("select 1")))
                        .hasMessageContaining(type.sql());
            }
        }
        if (type != TenantColumn.Type.TEXT) {
            assertThatThrownBy(() -> TestDatabase.execute(
                            database.app(),
                            "begin; select set_config('app.current_org_id', 'x', true); select * from aios.x_agents"))
                    .hasMessageContaining("invalid input syntax");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Agents", "a b", "a;b", "a\"b", "", "1a"})
    void aNameThatNeedsEscapingIsRefused(String name) {
        assertThatThrownBy(() ->
                        TenantTable.named(name).column("id", "int").key("id").build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RlsSchema.builder().schema(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
