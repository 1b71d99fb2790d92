package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.io.ByteArrayInputStream;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is handed out inside a scope, taken out of it or turned against it. */
class EscapeAttemptsIT {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");
    private static TestDatabase database;
    private static TenantDb db;

    public interface Agents {
        @SqlQuery("select name from agents order by name")
        List<String> names();

        @SqlUpdate("insert into agents (org_id, name) values (:org, :name)")
        void add(String org, String name);
    }

    @BeforeAll
    static void open() throws ReflectiveOperationException {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("agents")
                        .column("name", "text not null")
                        .key("name")
                        .build())
                .build());
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(2);
        db = TenantDb.pool(config).plugin(sqlObjects()).build();
        for (OrgId org : List.of(A, B)) {
            db.write(
                    org,
                    w -> w.createUpdate("insert into agents (org_id, name) values (:org, :name)")
                            .bind("org", org.value())
                            .bind("name", "agent of " + org)
                            .execute());
        }
    }

    /** Loaded by name: the class file names an annotation that is on nobody's path. */
    private static JdbiPlugin sqlObjects() throws ReflectiveOperationException {
        return Class.forName("org.jdbi.v3.sqlobject.SqlObjectPlugin")
                .asSubclass(JdbiPlugin.class)
                .getConstructor()
                .newInstance();
    }

    @AfterAll
    static void close() {
        db.close();
    }

    private static List<String> names(Handle handle) {
        return handle.createQuery("select name from agents order by name")
                .mapTo(String.class)
                .list();
    }

    @Test
    void sqlObjectsWorkInsideTheScopeAndNotAfterIt() {
        List<Agents> taken = new ArrayList<>();
        db.inTenant(A, tx -> {
            Agents agents = tx.attach(Agents.class);
            taken.add(agents);
            agents.add("tenant-a", "second");
            assertThat(agents.names()).containsExactly("agent of tenant-a", "second");
            return tx.execute("delete from agents where name = 'second'");
        });
        assertThatThrownBy(() -> taken.get(0).names()).isNotNull();
    }

    @Test
    void aHandleTakenOutDoesNothing() {
        Handle taken = db.read(A, q -> q);
        assertThatThrownBy(() -> names(taken)).isNotNull();
        assertThatThrownBy(() -> db.read(B, q -> names(taken))).isNotNull();
    }

    @Test
    void aQueryTakenOutDoesNothing() {
        Query taken = db.read(A, q -> q.createQuery("select name from agents"));
        assertThatThrownBy(() -> taken.mapTo(String.class).list()).isNotNull();
    }

    @Test
    void anIteratorTakenOutDoesNothing() {
        db.write(A, w -> w.execute("insert into agents (org_id, name) values ('tenant-a', 'x1'), ('tenant-a', 'x2')"));
        Iterator<String> taken = db.read(A, q -> {
            Iterator<String> rows =
                    q.createQuery("select name from agents").mapTo(String.class).iterator();
            assertThat(rows.next()).isNotNull();
            return rows;
        });
        assertThatThrownBy(() -> {
                    while (taken.hasNext()) {
                        assertThat(taken.next()).isNotNull();
                    }
                })
                .isNotNull();
        db.write(A, w -> w.execute("delete from agents where name like 'x_'"));
    }

    @Test
    void aConnectionAndItsStatementsTakenOutDoNothing() throws SQLException {
        List<AutoCloseable> taken = new ArrayList<>();
        List<ResultSetMetaData> columns = new ArrayList<>();
        HandleCallback<Integer, SQLException> takeOut = q -> {
            Connection connection = q.getConnection();
            PreparedStatement statement = connection.prepareStatement("select name from agents");
            ResultSet rows = statement.executeQuery();
            columns.add(rows.getMetaData());
            taken.addAll(List.of(connection, statement, rows));
            return 0;
        };
        db.read(A, takeOut);
        Connection connection = (Connection) taken.get(0);
        PreparedStatement statement = (PreparedStatement) taken.get(1);
        ResultSet rows = (ResultSet) taken.get(2);
        assertThatThrownBy(() -> connection.prepareStatement("select 1")).isInstanceOf(NoTenantException.class);
        assertThatThrownBy(statement::executeQuery).isInstanceOf(NoTenantException.class);
        assertThatThrownBy(rows::next).isInstanceOf(NoTenantException.class);
        assertThatThrownBy(() -> columns.get(0).getColumnType(1)).isInstanceOf(NoTenantException.class);
        db.read(B, q -> {
            assertThatThrownBy(statement::executeQuery).isInstanceOf(NoTenantException.class);
            return 0;
        });
    }

    @Test
    void theJdbiBehindAHandleOpensNothingOutsideAndTheSameTenantInside() {
        List<Jdbi> taken = new ArrayList<>();
        db.read(A, q -> {
            taken.add(q.getJdbi());
            return 0;
        });
        Jdbi jdbi = taken.get(0);
        assertThatThrownBy(jdbi::open).isInstanceOf(NoTenantException.class);
        assertThatThrownBy(() -> jdbi.withHandle(EscapeAttemptsIT::names)).isInstanceOf(NoTenantException.class);
        assertThatThrownBy(() -> jdbi.onDemand(Agents.class).names()).isInstanceOf(NoTenantException.class);
        assertThat(db.<List<String>, RuntimeException>read(B, q -> jdbi.withHandle(EscapeAttemptsIT::names)))
                .containsExactly("agent of tenant-b");
    }

    @Test
    void anotherStatementBuilderStillGoesThroughTheDoor() {
        db.read(A, q -> {
            q.setStatementBuilder(new DefaultStatementBuilder());
            assertThatThrownBy(() -> q.execute("set app.org_id = 'tenant-b'"))
                    .hasStackTraceContaining("RefusedStatementException");
            assertThat(names(q)).containsExactly("agent of tenant-a");
            return 0;
        });
    }

    @Test
    void anotherThreadCannotUseTheScope() {
        db.read(A, q -> {
            assertThatThrownBy(
                            () -> CompletableFuture.supplyAsync(() -> names(q)).join())
                    .hasStackTraceContaining("NoTenantException");
            return 0;
        });
    }

    private static ResultSet rows(Handle handle) throws SQLException {
        return rows(handle, "select 4711::bigint");
    }

    private static ResultSet rows(Handle handle, String sql) throws SQLException {
        ResultSet rows = handle.getConnection().prepareStatement(sql).executeQuery();
        assertThat(rows.next()).isTrue();
        return rows;
    }

    interface Attempt {
        void on(Handle handle) throws Exception;
    }

    private static Arguments attempt(String name, Attempt attempt) {
        return Arguments.of(name, attempt);
    }

    static List<Arguments> refused() {
        return List.of(
                attempt("Connection.unwrap", h -> h.getConnection().unwrap(Connection.class)),
                attempt("setAutoCommit(true)", h -> h.getConnection().setAutoCommit(true)),
                attempt("commit", h -> h.getConnection().commit()),
                attempt("rollback", h -> h.getConnection().rollback()),
                attempt("createStatement", h -> h.getConnection().createStatement()),
                attempt("prepareCall", h -> h.getConnection().prepareCall("select 1")),
                attempt("setSchema", h -> h.getConnection().setSchema("public")),
                attempt("setCatalog", h -> h.getConnection().setCatalog("x")),
                attempt("setHoldability", h -> h.getConnection().setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT)),
                attempt("setClientInfo", h -> h.getConnection().setClientInfo("a", "b")),
                attempt("getMetaData", h -> h.getConnection().getMetaData()),
                attempt("abort", h -> h.getConnection().abort(Runnable::run)),
                attempt("createBlob", h -> h.getConnection().createBlob()),
                attempt(
                        "holdable result",
                        h -> h.getConnection()
                                .prepareStatement(
                                        "select 1",
                                        ResultSet.TYPE_FORWARD_ONLY,
                                        ResultSet.CONCUR_READ_ONLY,
                                        ResultSet.HOLD_CURSORS_OVER_COMMIT)),
                attempt(
                        "updatable result",
                        h -> h.getConnection()
                                .prepareStatement("select 1", ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)),
                attempt(
                        "Statement.unwrap",
                        h -> h.getConnection().prepareStatement("select 1").unwrap(PreparedStatement.class)),
                attempt(
                        "Statement.execute(sql)",
                        h -> h.getConnection().prepareStatement("select 1").execute("set app.org_id = 'tenant-b'")),
                attempt(
                        "Statement.addBatch(sql)",
                        h -> h.getConnection().prepareStatement("select 1").addBatch("set app.org_id = 'tenant-b'")),
                attempt(
                        "ResultSet.unwrap",
                        h -> h.getConnection()
                                .prepareStatement("select 1")
                                .executeQuery()
                                .unwrap(ResultSet.class)),
                attempt(
                        "way back from rows to the driver",
                        h -> h.getConnection()
                                .prepareStatement("select 1")
                                .executeQuery()
                                .getStatement()
                                .getConnection()
                                .createStatement()),
                attempt(
                        "way back from an array to the driver",
                        h -> h.getConnection()
                                .createArrayOf("text", new Object[] {"a"})
                                .getResultSet()),
                attempt(
                        "cursor by its name",
                        h -> rows(h, "select 'c'::refcursor").getObject(1)),
                attempt("large object by its number", h -> rows(h).getObject(1, Blob.class)),
                attempt("large text by its number", h -> rows(h).getObject(1, Clob.class)),
                attempt(
                        "large object of a parameter",
                        h -> h.getConnection()
                                .prepareStatement("select ?")
                                .setObject(1, new ByteArrayInputStream(new byte[] {1}), Types.BLOB)),
                attempt(
                        "columns that ask the catalog",
                        h -> rows(h).getMetaData().isNullable(1)),
                attempt("way back from columns", h -> rows(h).getMetaData().unwrap(ResultSetMetaData.class)),
                attempt(
                        "generated keys by expression",
                        h -> h.getConnection()
                                .prepareStatement(
                                        "insert into agents (org_id, name)" + " values ('tenant-a', 'x')",
                                        new String[] {"name, current_org()"})),
                attempt("Handle.begin", Handle::begin),
                attempt("Handle.commit", Handle::commit),
                attempt("Handle.rollback", Handle::rollback),
                attempt("Handle.setReadOnly", h -> h.setReadOnly(false)),
                attempt("isolation level", h -> h.setTransactionIsolationLevel(TransactionIsolationLevel.SERIALIZABLE)),
                attempt("script", h -> h.createScript("select 1; commit").execute()),
                attempt("batch of texts", h -> h.createBatch().add("commit").execute()),
                attempt("call", h -> h.createCall("{? = call now()}").invoke()),
                attempt("SET", h -> h.execute("set app.org_id = 'tenant-b'")),
                attempt("RESET", h -> h.execute("reset app.org_id")),
                attempt(
                        "set_config",
                        h -> h.select("select set_config('app.org_id', 'tenant-b', true)")
                                .mapToMap()
                                .list()),
                attempt("temp table", h -> h.execute("create temp table t (a int)")),
                attempt("temp table by INTO", h -> h.execute("select 1 as a into temp t")),
                attempt("holdable cursor", h -> h.execute("declare c cursor with hold for select 1")),
                attempt("second statement", h -> h.execute("delete from agents; commit")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefusedInEveryKindOfScope(String name, Attempt attempt) {
        assertThat(name).isNotEmpty();
        assertThat(catchThrowable(() -> db.inTenant(A, tx -> {
                    attempt.on(tx);
                    return 0;
                })))
                .isNotNull();
        assertThat(catchThrowable(() -> db.read(A, q -> {
                    attempt.on(q);
                    return 0;
                })))
                .isNotNull();
        assertThat(db.<List<String>, RuntimeException>read(B, EscapeAttemptsIT::names))
                .containsExactly("agent of tenant-b");
        assertThat(db.<List<String>, RuntimeException>read(A, EscapeAttemptsIT::names))
                .containsExactly("agent of tenant-a");
    }

    @Test
    void aNestedScopeOfTheSameTenantJoinsTheTransaction() {
        db.inTenant(A, tx -> {
            tx.execute("insert into agents (org_id, name) values ('tenant-a', 'inner')");
            assertThat(db.<List<String>, RuntimeException>read(A, EscapeAttemptsIT::names))
                    .contains("inner");
            assertThat(db.<Integer, RuntimeException>inTenant(
                            A, in -> in.execute("delete from agents where name = 'inner'")))
                    .isEqualTo(1);
            return 0;
        });
    }

    @Test
    void aNestedScopeOfAnotherTenantIsRefusedAndTheOuterStaysItself() {
        db.inTenant(A, tx -> {
            assertThatThrownBy(() -> db.read(B, EscapeAttemptsIT::names)).isInstanceOf(TenantSwitchException.class);
            assertThat(names(tx)).containsExactly("agent of tenant-a");
            return 0;
        });
    }

    @Test
    void requiresNewIsAnotherTransactionAndTheOuterIsCurrentAgainAfterwards() {
        db.inTenant(A, tx -> {
            assertThat(db.<List<String>, RuntimeException>requiresNew(B, EscapeAttemptsIT::names))
                    .containsExactly("agent of tenant-b");
            assertThat(names(tx)).containsExactly("agent of tenant-a");
            assertThat(TenantScope.require()).isEqualTo(A);
            return 0;
        });
    }

    @Test
    void rollingBackToASavepointKeepsTheTenant() {
        db.inTenant(A, tx -> {
            tx.savepoint("before");
            tx.execute("insert into agents (org_id, name) values ('tenant-a', 'undone')");
            tx.rollbackToSavepoint("before");
            assertThat(names(tx)).containsExactly("agent of tenant-a");
            return 0;
        });
    }

    @Test
    void anIsolationLevelIsTheTransactions() {
        assertThat(db.<String, RuntimeException>inTenant(
                        A,
                        TransactionIsolationLevel.SERIALIZABLE,
                        tx -> tx.createQuery("select current_setting('transaction_isolation')")
                                .mapTo(String.class)
                                .one()))
                .isEqualTo("serializable");
        assertThat(db.<String, RuntimeException>inTenant(
                        A,
                        tx -> tx.createQuery("select current_setting('transaction_isolation')")
                                .mapTo(String.class)
                                .one()))
                .isEqualTo("read committed");
    }

    @Test
    void aConnectionWhoseSessionAHostFunctionChangedIsDestroyed() {
        database.asAdmin("""
                create function aios.spoil() returns int language plpgsql as
                  $$ begin perform set_config('app.org_id', 'tenant-b', false); return 1; end $$;
                create function aios.plant() returns int language plpgsql as
                  $$ begin execute 'prepare planted as select 1'; return 1; end $$;
                create function aios.backend() returns int language sql as 'select pg_backend_pid()';
                grant execute on function aios.spoil(), aios.plant(), aios.backend() to aios_app""");
        for (String function : List.of("spoil", "plant")) {
            int written = db.<Integer, RuntimeException>write(A, w -> call(w, function));
            assertThat(servedBy()).as(function).doesNotContain(written);
            assertThat(db.<List<String>, RuntimeException>read(A, EscapeAttemptsIT::names))
                    .containsExactly("agent of tenant-a");
            int committed = db.<Integer, RuntimeException>inTenant(A, tx -> call(tx, function));
            assertThat(servedBy()).as(function).doesNotContain(committed);
        }
    }

    /** Calls a host function and says which server process it ran in. */
    private static int call(Handle handle, String function) {
        int backend = one(handle, "backend");
        assertThat(one(handle, function)).isEqualTo(1);
        return backend;
    }

    private static int one(Handle handle, String function) {
        return handle.createQuery("select " + function + "()")
                .mapTo(Integer.class)
                .one();
    }

    /** Processes that serve this thread's next reads; a pool hands a thread the connection it gave back last. */
    private static Set<Integer> servedBy() {
        Set<Integer> backends = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            backends.add(db.<Integer, RuntimeException>read(A, q -> one(q, "backend")));
        }
        return backends;
    }
}
