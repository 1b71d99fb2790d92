package io.aios.tenancy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TenantDbIT {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");
    private static final String HASH = "0".repeat(64);
    private static TestDatabase database;
    private static TenantDb db;

    @BeforeAll
    static void open() {
        database = TestDatabase.with(
                RlsSchema.builder().table(TenantTable.decisionTraces()).build());
        db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void clear() {
        database.asAdmin("truncate aios.decision_traces");
    }

    @CanIgnoreReturnValue
    private static int insert(Handle handle, OrgId org, String id) {
        return handle.createUpdate("insert into decision_traces (org_id, trace_id, trace_hash, record_hash, body)"
                        + " values (:org, :id, :hash, :hash, :body)")
                .bind("org", org.value())
                .bind("id", id)
                .bind("hash", HASH)
                .bind("body", "{\"a\":1}".getBytes(UTF_8))
                .execute();
    }

    private static long count(Handle handle) {
        return handle.createQuery("select count(*) from decision_traces")
                .mapTo(Long.class)
                .one();
    }

    @Test
    void aTenantReadsBackWhatItWrote() {
        assertThat(db.<Integer, RuntimeException>inTenant(A, tx -> insert(tx, A, "t1")))
                .isEqualTo(1);

        byte[] body = db.read(
                A,
                q -> q.createQuery("select body from decision_traces where trace_id = :id")
                        .bind("id", "t1")
                        .mapTo(byte[].class)
                        .one());

        assertThat(body).asString(UTF_8).isEqualTo("{\"a\":1}");
    }

    @Test
    void crossTenantReadReturnsNothing() {
        db.inTenant(A, tx -> insert(tx, A, "t1"));

        assertThat(db.<Long, RuntimeException>read(B, TenantDbIT::count)).isZero();
        assertThat(db.<Long, RuntimeException>read(A, TenantDbIT::count)).isEqualTo(1);
    }

    @Test
    void crossTenantWriteIsRefusedByTheDatabase() {
        Throwable thrown = catchThrowable(() -> db.inTenant(B, tx -> insert(tx, A, "t1")));

        assertThat(thrown).hasRootCauseInstanceOf(SQLException.class);
        assertThat(sqlState(thrown)).isEqualTo("42501");
        assertThat(database.adminSees("select count(*) from aios.decision_traces"))
                .isEqualTo("0");
    }

    @Test
    void writeCommitsEachStatementByItself() {
        assertThatThrownBy(() -> db.write(A, w -> {
                    insert(w, A, "kept");
                    throw new IllegalArgumentException("after the first");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(db.<Long, RuntimeException>read(A, TenantDbIT::count)).isEqualTo(1);
    }

    @Test
    void aTransactionRollsBackAsAWhole() {
        assertThatThrownBy(() -> db.inTenant(A, tx -> {
                    insert(tx, A, "t1");
                    insert(tx, A, "t2");
                    throw new IllegalArgumentException("undo");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(db.<Long, RuntimeException>read(A, TenantDbIT::count)).isZero();
    }

    @Test
    void aReadScopeRefusesWrites() {
        Throwable thrown = catchThrowable(() -> db.read(A, q -> insert(q, A, "t1")));

        assertThat(sqlState(thrown)).isEqualTo("25006");
    }

    @Test
    void aSuperuserLoginIsRefused() {
        assertThatThrownBy(() -> TenantDb.over(database.admin()).build())
                .isInstanceOf(IsolationException.class)
                .hasMessageContaining("R01")
                .hasMessageContaining("postgres")
                .hasMessageNotContaining("R05"); // what else such a login can do would hide what is wrong
    }

    @Test
    void theDatabaseItselfRefusesAStatementWithoutTenant() {
        assertThatThrownBy(() -> TestDatabase.one(database.app(), "select count(*) from aios.decision_traces"))
                .hasMessageContaining("app.org_id is not set");
    }

    static String sqlState(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return sql.getSQLState();
            }
        }
        return "none: " + thrown;
    }
}
