package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static io.aios.tenancy.attack.AttackBed.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks 16 to 25: writing into, over or around another tenant's rows, and learning of them from a refusal. */
class WriteAttacksIT {
    private static AttackBed bed;

    @BeforeAll
    static void open() {
        bed = new AttackBed();
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @AfterEach
    void nothingHasHappenedToB() {
        assertThat(bed.write(A, "delete from child")).isNotNegative();
        assertThat(bed.write(A, "delete from doc where id <> 1")).isNotNegative();
        bed.intact();
    }

    private static String stateOf(String sql) {
        return AttackBed.state(catchThrowable(() -> bed.write(A, sql)));
    }

    @Test
    void attack16ARowOfAnotherTenantCannotBeInserted() {
        assertThat(stateOf("insert into doc (org_id, id, body) values ('tenant-b', 9, 'forged')"))
                .isEqualTo("42501");
        assertThat(stateOf("insert into doc (org_id, id, body) select 'tenant-b', 9, body from doc"))
                .isEqualTo("42501");
        assertThat(stateOf("insert into log (org_id, id, body) values ('tenant-b', 9, 'forged')"))
                .isEqualTo("42501");
    }

    @Test
    void attack17ARowCannotBeMovedToAnotherTenant() {
        assertThat(stateOf("update doc set org_id = 'tenant-b', id = 9")).isEqualTo("42501");
        assertThat(stateOf("update log set org_id = 'tenant-b', id = 9")).isEqualTo("42501");
    }

    @Test
    void attack18UpdateDeleteAndMergeDoNotFindAnotherTenantsRow() {
        assertThat(bed.write(A, "update doc set body = 'x' where id = 2 or org_id = 'tenant-b'"))
                .isZero();
        assertThat(bed.write(A, "delete from doc where id = 2 or org_id = 'tenant-b'"))
                .isZero();
        assertThat(bed.write(A, """
                merge into doc d using (values (2)) v(id) on d.id = v.id
                when matched then update set body = 'merged' when not matched then do nothing""")).isZero();
        assertThat(stateOf("""
                merge into doc d using (values (2)) v(id) on d.id = v.id
                when not matched then insert (org_id, id, body) values ('tenant-b', 9, 'merged')""")).isEqualTo("42501");
    }

    @Test
    void attack19DoNothingDoesNotTellThatAnotherTenantHasTheKey() {
        assertThat(bed.write(
                        A, "insert into doc (org_id, id, body) values ('tenant-a', 2, 'mine') on conflict do nothing"))
                .isEqualTo(1);
    }

    @Test
    void attack20DoUpdateDoesNotReachAnotherTenantsRow() {
        assertThat(bed.write(A, """
                insert into doc (org_id, id, body) values ('tenant-a', 2, 'mine')
                on conflict (org_id, id) do update set body = 'overwritten'""")).isEqualTo(1);
        assertThat(bed.read(A, "select body from doc where id = 2")).containsExactly("mine");
    }

    @Test
    void attack21AUniqueValueOfAnotherTenantIsFree() {
        assertThat(bed.write(
                        A, "insert into doc (org_id, id, email, body) values ('tenant-a', 3, 'b@example.org', 'x')"))
                .isEqualTo(1);
    }

    @Test
    void attack22AReferenceToAnotherTenantsRowIsRefusedAsIfTheRowWereNotThere() {
        Throwable foreign =
                catchThrowable(() -> bed.write(A, "insert into child (org_id, id, doc_id) values ('tenant-a', 1, 2)"));
        Throwable missing =
                catchThrowable(() -> bed.write(A, "insert into child (org_id, id, doc_id) values ('tenant-a', 1, 7)"));
        assertThat(AttackBed.state(foreign)).isEqualTo("23503");
        assertThat(serverMessage(foreign).replace("2)", "7)")).isEqualTo(serverMessage(missing));
    }

    private static String serverMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Test
    void attack23DeletingAParentDoesNotTouchAnotherTenantsChild() {
        bed.database().asAdmin("""
                insert into aios.doc (org_id, id, body) values ('tenant-a', 5, 'a5'), ('tenant-b', 5, 'b5');
                insert into aios.child (org_id, id, doc_id) values ('tenant-b', 1, 5)""");
        try {
            assertThat(bed.write(A, "delete from doc where id = 5")).isEqualTo(1);
            assertThat(bed.database().adminSees("select count(*) from aios.child where org_id = 'tenant-b'"))
                    .isEqualTo("1");
        } finally {
            bed.database().asAdmin("delete from aios.child; delete from aios.doc where id = 5");
        }
        bed.staysShut("T12", """
                alter table aios.doc add column parent int, add constraint doc_global unique (id);
                alter table aios.child add constraint f foreign key (doc_id) references aios.doc (id) on delete cascade""", """
                alter table aios.child drop constraint f;
                alter table aios.doc drop constraint doc_global, drop column parent""");
    }

    @Test
    void attack24TruncateIsPassedNeitherByTheDoorNorByTheDatabase() {
        bed.refuses("truncate doc", "truncate aios.doc cascade");
        assertThat(bed.loginGets("truncate aios.doc")).isEqualTo("42501");
        bed.staysShut("T13", "grant truncate on aios.doc to aios_app", "revoke truncate on aios.doc from aios_app");
    }

    @Test
    void attack25CopyIsPassedNeitherOutNorIn() {
        bed.refuses("copy doc to stdout", "copy doc from stdin", "copy (select * from doc) to stdout");
        assertThat(bed.loginGets("copy aios.doc to '/data/x'")).isEqualTo("42501");
        assertThat(bed.loginGets("copy aios.doc from program 'id'")).isEqualTo("42501");
        assertThat(List.of("0A000", "42501")).contains(bed.loginGets("copy aios.doc from stdin"));
        assertThat(bed.read(B, "select body from doc")).containsExactly("of-b");
    }
}
