package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Attacks 26 to 40: objects beside the tables. Somebody with more power has to create them, so most are blocked by the
 * verifier: the door does not open beside them. Where it is shown what leaks without the verifier, that is why.
 */
class ObjectAttacksIT {
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
    void attack26AViewOfASuperuser() {
        String view = "create view aios.v as select * from aios.doc; grant select on aios.v to aios_app";
        String mend = "drop view aios.v";
        assertThat(bed.readUnverified(view, "select body from v", mend)).contains("of-b");
        bed.staysShut("V01", view, mend);
        bed.refuses("create view v as select 1");
    }

    @Test
    void attack27AMaterializedView() {
        String view = "create materialized view aios.m as select * from aios.doc; grant select on aios.m to aios_app";
        String mend = "drop materialized view aios.m";
        assertThat(bed.readUnverified(view, "select body from m", mend)).contains("of-b");
        bed.staysShut("V03", view, mend);
    }

    @Test
    void attack28AFunctionThatRunsAsSomebodyMorePowerful() {
        String function = "create function aios.f() returns setof text language sql security definer"
                + " set search_path = pg_catalog, pg_temp as 'select body from aios.doc'";
        String mend = "drop function aios.f()";
        assertThat(bed.readUnverified(function, "select f()", mend)).contains("of-b");
        bed.staysShut("F01", function, mend);
        String byOwner = "alter table aios.doc no force row level security; " + function
                + "; alter function aios.f() owner to aios_owner";
        String force = "; alter table aios.doc force row level security";
        assertThat(bed.readUnverified(byOwner, "select f()", mend + force)).contains("of-b");
        bed.staysShut("T02", byOwner, mend + force);
    }

    @Test
    void attack29APartitionReadDirectly() {
        for (String partition : new String[] {"log_p0", "log_p1"}) {
            assertThat(AttackBed.state(catchThrowable(() -> bed.read(A, "select body from " + partition))))
                    .isEqualTo("42501");
        }
        assertThat(bed.read(A, "select body from log")).containsExactly("log-a");
        String open = "alter table aios.log_p0 disable row level security, no force row level security;"
                + " grant select on aios.log_p0 to aios_app;"
                + " alter table aios.log_p1 disable row level security, no force row level security;"
                + " grant select on aios.log_p1 to aios_app";
        String mend = "alter table aios.log_p0 enable row level security, force row level security;"
                + " revoke all on aios.log_p0 from aios_app;"
                + " alter table aios.log_p1 enable row level security, force row level security;"
                + " revoke all on aios.log_p1 from aios_app";
        assertThat(bed.readUnverified(open, "select body from log_p0 union all select body from log_p1", mend))
                .contains("log-b");
        bed.staysShut("T01", open, mend);
    }

    @Test
    void attack30AnImmutableFunctionInAPolicyWhoseResultAPlanKeeps() {
        bed.staysShut(
                "T06",
                "create function aios.frozen() returns text language sql immutable as"
                        + " $$select current_setting('app.org_id')$$;"
                        + " create policy frozen on aios.doc to aios_app using (org_id = aios.frozen())",
                "drop policy frozen on aios.doc; drop function aios.frozen()");
    }

    @Test
    void attack31RowEstimatesAndStatisticsAreNotShown() {
        bed.database().asAdmin("analyze aios.doc");
        bed.refuses(
                "explain select * from doc",
                "explain (analyze) select * from doc",
                "select * from pg_stats",
                "select * from pg_statistic",
                "select reltuples from pg_class");
        assertThat(bed.database()
                        .adminSees("select count(*) from pg_stats where schemaname = 'aios'"
                                + " and tablename = 'doc' and attname = 'body'"))
                .isEqualTo("0");
        assertThat(bed.database()
                        .adminSees(
                                "select count(*) from pg_stats where schemaname = 'aios'" + " and tablename = 'doc'"))
                .isNotEqualTo("0");
    }

    @Test
    void attack32AnExpressionThatFailsOnAForeignRowNeverMeetsOne() {
        for (String leaky : new String[] {
            "select body from doc where 1 / (case when body = 'of-b' then 0 else 1 end) = 1",
            "select body from doc where cast(case when body = 'of-b' then body else '1' end as int) = 1",
            "select body from doc order by 1 / (case when body = 'of-b' then 0 else 1 end)"
        }) {
            assertThat(bed.read(A, leaky)).containsExactly("of-a");
        }
    }

    @Test
    void attack33AFunctionDeclaredLeakproofSeesForeignRows() {
        String function = "create function aios.peek(text) returns boolean language plpgsql leakproof cost 0.0001 as"
                + " $$ begin if $1 = 'of-b' then raise exception 'seen'; end if; return true; end $$";
        bed.staysShut("F03", function, "drop function aios.peek(text)");
        bed.refuses("create function f() returns int language sql as 'select 1'");
    }

    @Test
    void attack34OneMorePermissivePolicyOpensNothing() {
        String policy = "create policy oops on aios.doc using (true)";
        String mend = "drop policy oops on aios.doc";
        assertThat(bed.readUnverified(policy, "select body from doc", mend)).containsExactly("of-a");
        String unguarded = policy + "; drop policy aios_tenant_guard on aios.doc";
        String guard = "; create policy aios_tenant_guard on aios.doc as restrictive for all to public using"
                + " (org_id = (select aios.current_org())) with check (org_id = (select aios.current_org()))";
        assertThat(bed.readUnverified(unguarded, "select body from doc", mend + guard))
                .contains("of-b");
        bed.staysShut("T05", policy, mend);
        bed.staysShut("T04", unguarded, mend + guard);
        bed.refuses("create policy p on doc using (true)", "drop policy aios_tenant on doc");
    }

    @Test
    void attack35ANewTableOrPartitionWithoutPolicies() {
        String table = "create table aios.fresh (org_id text collate \"C\" not null check (org_id <> ''), body text,"
                + " primary key (org_id)); insert into aios.fresh values ('tenant-b', 'fresh-b');"
                + " grant select on aios.fresh to aios_app";
        assertThat(bed.readUnverified(table, "select body from fresh", "drop table aios.fresh"))
                .contains("fresh-b");
        bed.staysShut("T01", table, "drop table aios.fresh");
        bed.staysShut(
                "T14",
                "create table aios.bare (body text); grant select on aios.bare to aios_app",
                "drop table aios.bare");
        bed.staysShut(
                "T01",
                "create table aios.part (org_id text collate \"C\" not null, id int not null, body text,"
                        + " primary key (org_id, id)) partition by hash (org_id);"
                        + " create table aios.part_p0 partition of aios.part for values with (modulus 1, remainder 0)",
                "drop table aios.part");
    }

    @Test
    void attack36ReplicationStreamsEverything() {
        bed.staysShut("R03", "alter role aios_app replication", "alter role aios_app noreplication");
        bed.warns("T19", "create publication p for table aios.doc", "drop publication p");
        bed.warns("X04", "create publication p for all tables", "drop publication p");
        bed.refuses("create publication p for all tables");
    }

    @Test
    void attack37AnotherServerThatKnowsNoTenant() {
        bed.staysShut("F04", "create extension dblink", "drop extension dblink");
        bed.staysShut(
                "F06",
                "create extension postgres_fdw; create server loop foreign data wrapper postgres_fdw;"
                        + " grant usage on foreign server loop to aios_app",
                "drop extension postgres_fdw cascade");
        bed.refuses("select * from dblink('dbname=x', 'select 1') t(a int)", "select dblink_exec('x')");
    }

    @Test
    void attack38RawPageReaders() {
        bed.warns("F12", "create extension pageinspect", "drop extension pageinspect");
        bed.staysShut(
                "F04",
                "create extension pageinspect; grant execute on function get_raw_page(text, bigint) to aios_app",
                "drop extension pageinspect");
        bed.refuses("select get_raw_page('aios.doc', 0)", "select pg_read_file('PG_VERSION')");
    }

    @Test
    void attack39RewriteRulesAndTriggersOfAnotherRole() {
        bed.staysShut("T16", "create rule r as on insert to aios.doc do also notify doc", "drop rule r on aios.doc");
        bed.staysShut(
                "T17",
                "create function aios.t() returns trigger language plpgsql security definer"
                        + " set search_path = pg_catalog, pg_temp as 'begin return new; end';"
                        + " create trigger t before insert on aios.doc for each row execute function aios.t()",
                "drop function aios.t() cascade");
    }

    @Test
    void attack40AnObjectThatShadowsATable() {
        bed.refuses("create table doc (body text)", "create temp table doc (body text)", "set search_path = evil");
        assertThat(bed.loginGets("create temp table doc (body text)")).isEqualTo("42501");
        bed.staysShut("R07", "grant create on schema aios to aios_app", "revoke create on schema aios from aios_app");
        String database = bed.database().name();
        String shadow = "create schema evil; create table evil.doc (body text); insert into evil.doc values ('evil');"
                + " grant usage on schema evil to aios_app; grant select on evil.doc to aios_app;"
                + " alter role aios_app in database " + database + " set search_path = evil, aios";
        String mend = "drop schema evil cascade; alter role aios_app in database " + database + " reset search_path";
        assertThat(bed.readUnverified(shadow, "select body from doc", mend)).containsExactly("of-a");
        bed.staysShut(
                "F13",
                "create operator aios.= (function = texteq, leftarg = text, rightarg = text)",
                "drop operator aios.= (text, text)");
    }
}
