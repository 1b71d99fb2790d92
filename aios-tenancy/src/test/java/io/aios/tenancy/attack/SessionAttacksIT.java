package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static io.aios.tenancy.attack.AttackBed.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks 41 to 51: what one request leaves on a pooled connection, and what all tenants of a server share. */
class SessionAttacksIT {
    private static AttackBed bed;

    @BeforeAll
    static void open() {
        bed = new AttackBed();
        bed.database().asAdmin("""
                create function aios.run(text) returns int language plpgsql as
                  $$ begin execute $1; return 1; end $$;
                create function aios.backend() returns int language sql as 'select pg_backend_pid()';
                grant execute on function aios.run(text), aios.backend() to aios_app""");
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    /**
     * A function of the host that runs any text is a hole the door cannot close; it still notices that something was
     * left on the connection, and nobody gets that connection again.
     */
    private static void leavesNothingThrough(String left) {
        for (boolean transaction : new boolean[] {false, true}) {
            String sql = "select run('" + left.replace("'", "''") + "')";
            int used = Integer.parseInt(bed.read(A, "select backend()").get(0));
            Throwable thrown = catchThrowable(() -> assertThat(
                            transaction ? inTransaction(sql) : bed.read(A, sql).size())
                    .isEqualTo(1));
            assertThat(thrown == null || !AttackBed.state(thrown).startsWith("none"))
                    .as("%s", thrown)
                    .isTrue();
            assertThat(bed.read(B, "select backend()")).as(left).doesNotContain(String.valueOf(used));
        }
        bed.intact();
    }

    private static int inTransaction(String sql) {
        return bed.door().inTenant(A, tx -> AttackBed.texts(tx, sql).size());
    }

    @Test
    void attack41AHoldableCursor() {
        bed.refuses("declare c cursor with hold for select * from doc", "fetch all from c", "move c", "close all");
        leavesNothingThrough("declare c cursor with hold for select body from aios.doc");
    }

    @Test
    void attack42ATemporaryTable() {
        bed.refuses("create temp table t as select * from doc", "select * into temp t from doc");
        assertThat(bed.loginGets("create temp table t (a int)")).isEqualTo("42501");
        leavesNothingThrough("create temp table t as select body from aios.doc");
    }

    @Test
    void attack43TheLastValueOfASequence() {
        bed.refuses("select currval('aios.s')", "select lastval()", "select setval('aios.s', 1)");
        bed.database().asAdmin("create sequence aios.s");
        try {
            assertThat(AttackBed.state(catchThrowable(() -> bed.read(A, "select last_value from s"))))
                    .isEqualTo("42501");
        } finally {
            bed.database().asAdmin("drop sequence aios.s");
        }
        bed.warns("S01", "create sequence aios.s; grant usage on sequence aios.s to aios_app", "drop sequence aios.s");
    }

    @Test
    void attack44ALargeObject() {
        bed.refuses(
                "select lo_create(0)",
                "select lo_from_bytea(0, 'x')",
                "select lo_get(1)",
                "select lo_put(1, 0, 'x')",
                "select loread(1, 1)",
                "select lo_import('/etc/passwd')");
        assertThatThrownBy(() -> bed.door().inTenant(A, tx -> tx.getConnection().createBlob()))
                .hasMessageContaining("refused");
    }

    @Test
    void attack45ANamedStatement() {
        bed.refuses(
                "prepare p as select * from doc",
                "execute p",
                "deallocate p",
                "select name from pg_prepared_statements");
        leavesNothingThrough("prepare p as select body from aios.doc");
    }

    @Test
    void attack46ListenAndNotify() {
        bed.refuses("listen c", "notify c, 'x'", "unlisten *", "select pg_notify('c', 'x')");
        leavesNothingThrough("listen c");
    }

    @Test
    void attack47AnAdvisoryLockOfTheSession() {
        bed.refuses(
                "select pg_advisory_lock(1)",
                "select pg_try_advisory_lock(1)",
                "select pg_advisory_unlock_all()",
                "lock table doc in access exclusive mode");
        assertThat(bed.read(A, "select run('select pg_advisory_lock(47)')")).hasSize(1);
        assertThat(bed.database()
                        .adminSees("select count(*) from pg_locks where locktype = 'advisory' and objid = 47"
                                + " and database = (select oid from pg_database where datname = current_database())"))
                .isEqualTo("0");
        // A lock of the transaction is passed; tenants that choose the same number wait for each other.
        assertThat(bed.read(A, "select pg_try_advisory_xact_lock(1)")).containsExactly("t");
        assertThat(bed.read(B, "select pg_try_advisory_xact_lock(1)")).containsExactly("t");
    }

    @Test
    void attack48OtherTenantsStatements() {
        bed.refuses(
                "select query from pg_stat_activity",
                "select query from pg_stat_statements",
                "select pg_stat_get_activity(null)",
                "select * from pg_locks");
    }

    @Test
    void attack49EndingAnotherTenantsSession() {
        bed.refuses("select pg_cancel_backend(1)", "select pg_terminate_backend(1)");
        assertThat(bed.loginGets("select pg_cancel_backend(pg_backend_pid())")).isEqualTo("42501");
        assertThat(bed.loginGets("select pg_terminate_backend(pg_backend_pid())"))
                .isEqualTo("42501");
        bed.warns(
                "F05",
                "grant execute on function pg_cancel_backend(int) to public",
                "revoke execute on function pg_cancel_backend(int) from public");
    }

    @Test
    void attack50ATransactionPreparedByOneAndFinishedByAnother() {
        bed.refuses("prepare transaction 'x'", "commit prepared 'x'", "rollback prepared 'x'");
        assertThat(bed.loginGets("prepare transaction 'x'")).isEqualTo("55000");
    }

    @Test
    void attack51VolumesOfAllTenantsTogether() {
        bed.refuses(
                "select reltuples from pg_class where relname = 'doc'",
                "select n_tup_ins from pg_stat_user_tables",
                "select pg_relation_size('doc')",
                "select pg_total_relation_size('aios.doc')",
                "select pg_database_size('x')",
                "select * from information_schema.tables");
    }
}
