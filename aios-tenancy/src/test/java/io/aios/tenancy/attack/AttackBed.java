package io.aios.tenancy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.IsolationException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.RefusedStatementException;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.VerifyMode;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Handle;

/**
 * Two tenants that have one row each, and a door over a single connection, so that whatever an attack leaves behind
 * meets the next request. The numbers of the attacks are those of docs/TENANCY_MODEL.md.
 */
final class AttackBed implements AutoCloseable {
    static final OrgId A = OrgId.of("tenant-a");
    static final OrgId B = OrgId.of("tenant-b");

    private static final String ROWS = """
            insert into aios.doc (org_id, id, email, body) values
              ('tenant-a', 1, 'a@example.org', 'of-a'), ('tenant-b', 2, 'b@example.org', 'of-b');
            insert into aios.log (org_id, id, body) values ('tenant-a', 1, 'log-a'), ('tenant-b', 1, 'log-b');
            """;

    private final TestDatabase database;
    private final TenantDb door;

    AttackBed() {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("doc")
                        .column("id", "int not null")
                        .column("email", "text")
                        .secretColumn("body", "text not null")
                        .key("id")
                        .unique("email")
                        .build())
                .table(TenantTable.named("child")
                        .column("id", "int not null")
                        .column("doc_id", "int not null")
                        .key("id")
                        .references("doc", "doc_id")
                        .build())
                .table(TenantTable.named("log")
                        .column("id", "int not null")
                        .column("body", "text not null")
                        .key("id")
                        .partitions(2)
                        .build())
                .table(TenantTable.idempotencyKeys())
                .build());
        database.asAdmin(ROWS);
        door = open(VerifyMode.FAIL, "");
    }

    TestDatabase database() {
        return database;
    }

    TenantDb door() {
        return door;
    }

    /** Another door over one connection. */
    TenantDb open(VerifyMode mode, String urlParameters) {
        return TenantDb.pool(pool(urlParameters)).verify(mode).build();
    }

    HikariConfig pool(String urlParameters) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url() + urlParameters);
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(1);
        return config;
    }

    /** The first column of what a tenant's statement returns. */
    static List<String> texts(Handle handle, String sql) {
        return handle.createQuery(sql).mapTo(String.class).list();
    }

    List<String> read(OrgId org, String sql) {
        return door.read(org, q -> texts(q, sql));
    }

    int write(OrgId org, String sql) {
        return door.write(org, w -> w.execute(sql));
    }

    /** The door passes none of these texts, in any kind of scope, and nothing has happened. */
    void refuses(String... texts) {
        for (String sql : texts) {
            for (Throwable thrown : List.of(
                    thrownBy(() -> door.read(A, q -> q.execute(sql))),
                    thrownBy(() -> door.write(A, w -> w.execute(sql))),
                    thrownBy(() -> door.inTenant(A, tx -> tx.execute(sql))))) {
                assertThat(thrown).as(sql).hasStackTraceContaining(RefusedStatementException.class.getSimpleName());
            }
        }
        intact();
    }

    private static Throwable thrownBy(Callable<?> attempt) {
        return catchThrowable(attempt::call);
    }

    /** Both tenants see their own row and no other, and the rows are what they were. */
    void intact() {
        assertThat(read(A, "select body from doc")).containsExactly("of-a");
        assertThat(read(B, "select body from doc")).containsExactly("of-b");
        assertThat(database.adminSees("select string_agg(org_id || body, ',' order by org_id) from aios.doc"))
                .isEqualTo("tenant-aof-a,tenant-bof-b");
    }

    /** SQLSTATE of the login's own connection past the door, as tenant a; 00000 if the statement ran. */
    String loginGets(String... statements) {
        return states(true, statements);
    }

    /** As {@link #loginGets}, with no tenant set. */
    String loginWithoutTenantGets(String... statements) {
        return states(false, statements);
    }

    private String states(boolean tenant, String... statements) {
        try (Connection connection = database.app().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try {
                if (tenant) {
                    statement.execute("set local app.org_id = 'tenant-a'");
                }
                for (String sql : statements) {
                    statement.execute(sql);
                }
                return "00000";
            } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Somebody with more power prepares a leak. The door does not open while it is there, names it by the check's id,
     * and opens again once it is gone.
     */
    void staysShut(String id, String leak, String mend) {
        database.asAdmin(leak);
        try {
            assertThatThrownBy(() -> open(VerifyMode.FAIL, "").close())
                    .as(leak)
                    .isInstanceOf(IsolationException.class)
                    .hasMessageContaining("\n" + id + " ERROR");
        } finally {
            database.asAdmin(mend);
        }
        open(VerifyMode.FAIL, "").close();
    }

    /** The verifier warns of what is no leak by itself. */
    void warns(String id, String cause, String mend) {
        database.asAdmin(cause);
        try {
            assertThat(door.verify().findings())
                    .as(cause)
                    .anySatisfy(f -> assertThat(f.toString()).startsWith(id.toUpperCase(Locale.ROOT) + " WARN"));
        } finally {
            database.asAdmin(mend);
        }
    }

    /** What tenant a reads where the start-up check was switched off: the leak is real, so the check is what stops it. */
    List<String> readUnverified(String prepared, String sql, String mend) {
        database.asAdmin(prepared);
        try (TenantDb unverified = open(VerifyMode.OFF, "")) {
            return unverified.read(A, q -> texts(q, sql));
        } finally {
            database.asAdmin(mend);
        }
    }

    static String state(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return String.valueOf(sql.getSQLState());
            }
        }
        return "none: " + thrown;
    }

    @Override
    public void close() {
        door.close();
    }
}
