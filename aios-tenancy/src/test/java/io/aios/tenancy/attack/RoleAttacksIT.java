package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static io.aios.tenancy.attack.AttackBed.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.aios.tenancy.InvalidOrgIdException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.RefusedStatementException;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.VerifyMode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks 52 to 60, 76 and 77: becoming another role, and SQL text smuggled into a tenant's own statement. */
class RoleAttacksIT {
    private static AttackBed bed;

    @BeforeAll
    static void open() {
        bed = new AttackBed();
        bed.database().asAdmin("""
                create function aios.run(text) returns int language plpgsql as
                  $$ begin execute $1; return 1; end $$;
                grant execute on function aios.run(text) to aios_app""");
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @Test
    void attack52AnotherRole() {
        bed.refuses(
                "set role aios_owner",
                "set local role aios_owner",
                "reset role",
                "set session authorization postgres",
                "reset session authorization");
        assertThat(bed.loginGets("set role aios_owner")).isEqualTo("42501");
        assertThat(bed.loginGets("set session authorization postgres")).isEqualTo("42501");
    }

    @Test
    void attack53ARoleThatLeadsToTheOwner() {
        bed.staysShut(
                "R06",
                "create role bridge; grant aios_owner to bridge; grant bridge to aios_app",
                "revoke bridge from aios_app; drop role bridge");
        bed.staysShut("R06", "alter table aios.doc owner to aios_app", "alter table aios.doc owner to aios_owner");
    }

    @Test
    void attack54ARoleThatCreatesRoles() {
        bed.staysShut("R04", "alter role aios_app createrole", "alter role aios_app nocreaterole");
    }

    @Test
    void attack55APredefinedRoleThatReadsEverything() {
        for (String role : List.of("pg_read_all_data", "pg_write_all_data", "pg_monitor", "pg_read_server_files")) {
            bed.staysShut("R05", "grant " + role + " to aios_app", "revoke " + role + " from aios_app");
        }
        bed.staysShut("R01", "alter role aios_app superuser", "alter role aios_app nosuperuser");
        bed.staysShut("R02", "alter role aios_app bypassrls", "alter role aios_app nobypassrls");
    }

    @Test
    void attack56RowSecuritySwitchedOff() {
        bed.refuses("set row_security = off", "set local row_security to off");
        assertThat(bed.loginGets("set local row_security = off", "select body from aios.doc"))
                .isEqualTo("42501");
        assertThat(bed.read(A, "select current_setting('row_security')")).containsExactly("on");
    }

    @Test
    void attack57SetConfigInsideAStatement() {
        bed.refuses(
                "select set_config('app.org_id', 'tenant-b', true) union all select body from doc",
                "select body from doc where set_config('app.org_id', 'tenant-b', true) = 'tenant-b'",
                "select \"set_config\"('app.org_id', 'tenant-b', true)",
                "select pg_catalog.\"set_config\"('app.org_id', 'tenant-b', true)",
                "select U&\"set\\005fconfig\"('app.org_id', 'tenant-b', true)",
                "select SET_CONFIG /* x */ ('app.org_id', 'tenant-b', true)",
                "with x as materialized (select set_config('app.org_id', 'tenant-b', true)) select * from x, doc",
                "select query_to_xml('select set_config(''app.org_id'', ''tenant-b'', true)', true, true, '')",
                "update pg_settings set setting = 'tenant-b' where name = 'app.org_id'",
                "select body from doc; set app.org_id = 'tenant-b'",
                "select body from doc /* ' */; set app.org_id = 'tenant-b' --'",
                "select body from doc where body = '\\'; set app.org_id = 'tenant-b'; --'");
    }

    /** What SQL injection inside a tenant's own statement can do: anything that the tenant itself may do. */
    @Test
    void injectedSqlReachesTheWholeOfItsTenantAndNothingElse() {
        String concatenated = "select body from doc where email = '";
        assertThat(bed.read(A, concatenated + "' or true --'")).containsExactly("of-a");
        assertThat(bed.read(A, concatenated + "' union all select body from log --'"))
                .containsExactly("log-a");
        assertThat(bed.read(A, concatenated + "' union all select token from canary --'"))
                .isEmpty();
        String deleting = "with gone as (delete from log returning body) select body from gone";
        assertThat(AttackBed.state(catchThrowable(() -> bed.read(A, deleting)))).isEqualTo("25006");
        List<String> deleted = bed.door().write(A, w -> AttackBed.texts(w, deleting));
        assertThat(deleted).containsExactly("log-a");
        assertThat(bed.database().adminSees("select string_agg(body, ',') from aios.log"))
                .isEqualTo("log-b");
        bed.database().asAdmin("insert into aios.log (org_id, id, body) values ('tenant-a', 1, 'log-a')");
    }

    /** What it can do besides, if the host grants the login a function that runs text: everything the login can. */
    @Test
    void aHostFunctionThatRunsTextIsTheHoleTheDoorCannotClose() {
        String switching = "select run($s$select set_config('app.org_id', 'tenant-b', true)$s$)::text"
                + " union all select body from doc";
        bed.door().inTenant(A, tx -> {
            assertThat(AttackBed.texts(tx, switching)).containsExactly("1", "of-b");
            assertThat(AttackBed.texts(tx, "select body from doc")).containsExactly("of-a"); // for one statement only
            return 0;
        });
        bed.intact();
    }

    @Test
    void attack59AnOrgIdThatIsNotExactlyOne() {
        for (String id : new String[] {
            "",
            " ",
            "tenant-a ",
            " tenant-a",
            "Tenant-a",
            "TENANT-A",
            "tenant-a'",
            "tenant-a' or '1'='1",
            "tenant-a\0",
            "tenant-a\n",
            "tenant%",
            "tenant_%",
            "tenant-\u0430",
            "ten\u00e4nt",
            "tena\u0308nt",
            "tenant\u200b-a",
            "\u0131stanbul",
            "tenant-a\u0301",
            "-a",
            "a".repeat(64)
        }) {
            assertThatThrownBy(() -> OrgId.of(id)).isInstanceOf(InvalidOrgIdException.class);
        }
        bed.staysShut(
                "T08",
                "create table aios.lossy (org_id char(20) not null); alter table aios.lossy owner to aios_owner",
                "drop table aios.lossy");
        bed.staysShut(
                "T09",
                "create collation aios.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                        + " create table aios.lossy (org_id text collate aios.blind not null)",
                "drop table aios.lossy; drop collation aios.blind");
    }

    @Test
    void attack60ANegatedParameterInSimpleQueryMode() {
        try (TenantDb simple = bed.open(VerifyMode.FAIL, "?preferQueryMode=simple")) {
            for (int i = 0; i < 8; i++) {
                List<String> rows = simple.read(
                        A,
                        q -> q.createQuery("select body from doc where 1 = -:one and body <> :text")
                                .bind("one", -1)
                                .bind("text", "\n or true union all select set_config('app.org_id','tenant-b',true) --")
                                .mapTo(String.class)
                                .list());
                assertThat(rows).containsExactly("of-a");
            }
            assertThat(simple.<List<String>, RuntimeException>read(B, q -> AttackBed.texts(q, "select body from doc")))
                    .containsExactly("of-b");
        }
    }

    @Test
    void attack76AStatementOfTheDriversCacheReplacedInThePreviousTenantsRequest() {
        bed.refuses("deallocate all", "deallocate \"S_1\"", "prepare \"S_1\" as select 'forged'", "discard plans");
        String cached = "select body from doc where id > 0";
        for (int i = 0; i < 10; i++) {
            assertThat(bed.read(A, cached)).containsExactly("of-a"); // now prepared on the server, as S_n
        }
        for (int n = 1; n < 40; n++) {
            String replace = "deallocate \"S_" + n + "\"; prepare \"S_" + n + "\" as select ''forged''";
            assertThat(catchThrowable(() -> bed.read(A, "select run('" + replace + "')")))
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isNull(),
                            thrown -> assertThat(AttackBed.state(thrown)).isEqualTo("26000"));
            assertThat(bed.read(B, cached)).as("after S_%d", n).containsExactly("of-b");
        }
        bed.intact();
    }

    @Test
    void attack77ASettingMadePermanent() {
        bed.refuses(
                "select set_config('app.org_id', 'tenant-b', false)",
                "set app.org_id = 'tenant-b'",
                "set session app.org_id = 'tenant-b'",
                "reset all",
                "discard all");
        for (String left :
                List.of("app.org_id', 'tenant-b", "search_path', 'public", "role', 'none", "lock_timeout', '1")) {
            String permanent = "select run($s$select set_config('" + left + "', false)$s$)";
            assertThat(catchThrowable(() -> bed.read(A, permanent))).isNull();
            bed.intact();
            assertThat(bed.door()
                            .<Integer, RuntimeException>inTenant(
                                    A, tx -> AttackBed.texts(tx, permanent).size()))
                    .isEqualTo(1);
            bed.intact();
            assertThat(bed.read(B, "select current_setting('lock_timeout')")).containsExactly("0");
        }
        assertThatThrownBy(() -> bed.read(A, "set app.org_id = 'tenant-b'"))
                .hasStackTraceContaining(RefusedStatementException.class.getName());
    }
}
