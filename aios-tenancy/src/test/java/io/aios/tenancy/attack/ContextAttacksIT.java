package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static io.aios.tenancy.attack.AttackBed.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.aios.tenancy.IsolationException;
import io.aios.tenancy.NoTenantException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantContext;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.TenantSwitchException;
import io.aios.tenancy.VerifyMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks 1 to 15: a missing, stale, polluted or lost tenant. */
class ContextAttacksIT {
    private static final String READ = "select body from doc";
    private static AttackBed bed;

    @BeforeAll
    static void open() {
        bed = new AttackBed();
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @Test
    void attack01WithoutATenantAReadFailsInJavaAndInTheDatabase() {
        assertThatThrownBy(() -> bed.door().read(q -> AttackBed.texts(q, READ))).isInstanceOf(NoTenantException.class);
        assertThat(bed.loginWithoutTenantGets("select body from aios.doc")).isEqualTo("42501");
    }

    @Test
    void attack02AnEmptiedSettingAfterCommitIsNoTenant() {
        assertThat(bed.loginGets("commit", "select body from aios.doc")).isEqualTo("42501");
        assertThat(bed.loginWithoutTenantGets("set app.org_id = ''", "select body from aios.doc"))
                .isEqualTo("42501");
    }

    @Test
    void attack03ATenantThatForeignCodeLeftOnTheSessionServesNobody() throws SQLException {
        try (HikariDataSource shared = new HikariDataSource(bed.pool(""));
                TenantDb door = TenantDb.over(shared).build()) {
            int polluted = backend(shared, "set app.org_id = 'tenant-a'");
            assertThat(door.<List<String>, RuntimeException>read(B, q -> AttackBed.texts(q, READ)))
                    .containsExactly("of-b");
            assertThat(backend(shared, "select 1")).isNotEqualTo(polluted);
            assertThat(settingOf(shared)).isEmpty();
        }
    }

    @Test
    void attack04RollingBackToASavepointDoesNotBringBackAnotherTenant() {
        bed.door().inTenant(A, tx -> {
            tx.savepoint("s");
            assertThat(tx.execute("update doc set body = 'changed'")).isEqualTo(1);
            tx.rollbackToSavepoint("s");
            assertThat(AttackBed.texts(tx, READ)).containsExactly("of-a");
            return 0;
        });
        bed.intact();
    }

    @Test
    void attack05ANestedScopeOfAnotherTenantDoesNotSwitchTheOuterOne() {
        bed.door().inTenant(A, tx -> {
            assertThatThrownBy(() -> bed.read(B, READ)).isInstanceOf(TenantSwitchException.class);
            assertThatThrownBy(() -> TenantScope.open(B)).isInstanceOf(TenantSwitchException.class);
            List<String> joined = tx.getJdbi().withHandle(h -> AttackBed.texts(h, READ));
            assertThat(joined).containsExactly("of-a");
            assertThat(AttackBed.texts(tx, READ)).containsExactly("of-a");
            return 0;
        });
    }

    @Test
    void attack06AnUntypedParameterDoesNotMakeTheDriverDropTheTenant() {
        for (int i = 0; i < 24; i++) {
            OrgId org = i % 2 == 0 ? A : B;
            List<String> rows = bed.door()
                    .read(
                            org,
                            q -> q.createQuery(READ + " where body is distinct from :none and :at > :null")
                                    .bindNull("none", Types.OTHER)
                                    .bind("at", new Timestamp(1))
                                    .bind("null", new Timestamp(0))
                                    .mapTo(String.class)
                                    .list());
            assertThat(rows).as("execution %d", i + 1).containsExactly(org.equals(A) ? "of-a" : "of-b");
        }
    }

    @Test
    void attack07NothingStaysOnAServerConnectionThatAPoolerHandsToTheNextTransaction() throws SQLException {
        // What a pooler in transaction mode does: another client's transaction on the same server connection.
        try (HikariDataSource shared = new HikariDataSource(bed.pool("?prepareThreshold=0"));
                TenantDb door = TenantDb.over(shared).build()) {
            int first = backend(shared, "select 1");
            for (OrgId org : List.of(A, B, A)) {
                assertThat(door.<Integer, RuntimeException>inTenant(
                                org, tx -> AttackBed.texts(tx, READ).size()))
                        .isEqualTo(1);
                assertThat(settingOf(shared)).isEmpty();
                assertThat(backend(shared, "select 1")).isEqualTo(first);
            }
        }
    }

    @Test
    void attack08AFailedTransactionDoesNotGiveItsTenantBackToThePool() throws SQLException {
        try (HikariDataSource shared = new HikariDataSource(bed.pool(""));
                TenantDb door = TenantDb.over(shared).build()) {
            assertThat(catchThrowable(() -> door.inTenant(A, tx -> tx.execute("select 1/0"))))
                    .isNotNull();
            assertThat(catchThrowable(() -> door.read(A, q -> q.execute("select 1/0"))))
                    .isNotNull();
            assertThat(settingOf(shared)).isEmpty();
        }
        bed.intact();
    }

    @Test
    void attack09AWorkersStaleTenantIsNotTheNextTasks() throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            Runnable forgets = () -> assertThat(TenantScope.open(A).org()).isEqualTo(A);
            worker.submit(TenantContext.wrap(forgets)).get();
            assertThat(worker.submit(() -> catchThrowable(() -> bed.door().read(q -> AttackBed.texts(q, READ))))
                            .get())
                    .isInstanceOf(NoTenantException.class);
        } finally {
            worker.shutdown();
        }
    }

    @Test
    void attack10ATaskWithoutContextHasNoTenant() throws Exception {
        try (TenantScope scope = TenantScope.open(A)) {
            assertThat(scope.org()).isEqualTo(A);
            assertThatThrownBy(() -> CompletableFuture.supplyAsync(ContextAttacksIT::readInScope)
                            .join())
                    .hasCauseInstanceOf(NoTenantException.class);
            Thread bare = new Thread(() ->
                    assertThat(catchThrowable(ContextAttacksIT::readInScope)).isInstanceOf(NoTenantException.class));
            List<Throwable> failures = new ArrayList<>();
            bare.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            bare.start();
            bare.join();
            assertThat(failures).isEmpty();
            List<String> seen = Stream.of(1, 2, 3, 4, 5, 6, 7, 8)
                    .parallel()
                    .map(i -> {
                        try {
                            return String.join("", readInScope()); // the caller's own thread takes part
                        } catch (NoTenantException refused) {
                            return "no tenant";
                        }
                    })
                    .distinct()
                    .toList();
            assertThat(seen).isSubsetOf("of-a", "no tenant");
        }
    }

    private static List<String> readInScope() {
        return bed.door().read(q -> AttackBed.texts(q, READ));
    }

    @Test
    void attack11AStreamOrIteratorTakenOutOfItsScopeGivesNothing() {
        Iterator<String> iterator = bed.door()
                .read(
                        A,
                        q -> q.createQuery("select 'x' from generate_series(1, 9)")
                                .setFetchSize(2)
                                .mapTo(String.class)
                                .iterator());
        assertThatThrownBy(() -> {
                    while (iterator.hasNext()) {
                        assertThat(iterator.next()).isEqualTo("x");
                    }
                })
                .isNotNull();
        Stream<String> stream = bed.door().read(A, q -> q.createQuery(READ).mapTo(String.class).stream());
        assertThatThrownBy(stream::toList).isNotNull();
    }

    @Test
    void attack12AConnectionHandedToAnotherThreadGivesNothing() {
        bed.door().inTenant(A, tx -> {
            Connection connection = tx.getConnection();
            for (Runnable onAnotherThread : List.<Runnable>of(
                    () -> AttackBed.texts(tx, READ),
                    () -> prepare(connection),
                    () -> tx.getJdbi().withHandle(h -> AttackBed.texts(h, READ)))) {
                assertThatThrownBy(() ->
                                CompletableFuture.runAsync(onAnotherThread).join())
                        .hasStackTraceContaining("NoTenantException");
            }
            return 0;
        });
    }

    private static void prepare(Connection connection) {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            throw new IllegalStateException("prepared " + statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void attack13AScopeCannotBeCommittedInTheMiddle() {
        bed.refuses("commit", "commit and chain", "end", "rollback", "abort", "begin", "select 1; commit", "call p()");
        for (AttemptOnHandle attempt : List.<AttemptOnHandle>of(
                Handle::commit,
                Handle::rollback,
                h -> h.getConnection().commit(),
                h -> h.getConnection().setAutoCommit(true))) {
            assertThat(catchThrowable(() -> bed.door().inTenant(A, tx -> {
                        attempt.on(tx);
                        return 0;
                    })))
                    .isNotNull();
        }
        bed.intact();
    }

    interface AttemptOnHandle {
        void on(Handle handle) throws SQLException;
    }

    @Test
    void attack14AStoredSettingCannotBeMadeByTheLoginAndIsNoticedWhenAnAdministratorMakesIt() {
        bed.refuses("alter role aios_app set app.org_id = 'tenant-b'", "alter database d set app.org_id = 'tenant-b'");
        assertThat(bed.loginGets("alter role aios_app set app.org_id = 'tenant-b'"))
                .isEqualTo("42501");
        String database = bed.database().name();
        String role = "alter role aios_app in database " + database;
        bed.staysShut("R10", role + " set app.org_id = 'tenant-b'", role + " reset app.org_id");
        String all = "alter database " + database;
        bed.staysShut("R10", all + " set app.org_id = 'tenant-b'", all + " reset app.org_id");
        bed.staysShut("R10", role + " set row_security = off", role + " reset row_security");
    }

    @Test
    void attack15ATenantInTheJdbcUrlIsRefusedBeforeTheDoorOpens() {
        assertThatThrownBy(() -> bed.open(VerifyMode.FAIL, "?options=-c%20app.org_id%3Dtenant-b")
                        .close())
                .isInstanceOf(IsolationException.class)
                .hasMessageContaining("R11");
        assertThatThrownBy(() -> bed.open(VerifyMode.FAIL, "?options=-c%20row_security%3Doff")
                        .close())
                .isInstanceOf(IsolationException.class)
                .hasMessageContaining("R12");
    }

    private static int backend(HikariDataSource pool, String before) throws SQLException {
        return Integer.parseInt(one(pool, before, "select pg_backend_pid()"));
    }

    private static String settingOf(HikariDataSource pool) throws SQLException {
        return one(pool, "select 1", "select coalesce(current_setting('app.org_id', true), '')");
    }

    private static String one(HikariDataSource pool, String before, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(before) && statement.getUpdateCount() > 0) {
                throw new SQLException("no row was to be changed");
            }
            try (ResultSet row = statement.executeQuery(sql)) {
                return row.next() ? row.getString(1) : "(none)";
            }
        }
    }
}
