package io.aios.tenancy.rls;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.tenancy.postgres.LargeSchema;
import io.aios.tenancy.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spoils a sound schema in one way at a time; the verifier must name each. */
class VerifierMutationsIT {
    private static final TenantIsolationVerifier VERIFIER =
            TenantIsolationVerifier.builder().build();
    private static final Set<String> FOUND = new TreeSet<>();
    private static TestDatabase database;

    record Mutation(String id, String sql) {
        @Override
        public String toString() {
            return id + " " + sql.replaceAll("\\s+", " ");
        }
    }

    private static final String IS = "(org_id = (select aios.current_org()))";

    /** What only another server would say: its version, and what is fixed when it starts. */
    private static String pretending(String setting, String value) {
        return """
                alter function pg_catalog.current_setting(text) rename to current_setting_of_this_server;
                create function pg_catalog.current_setting(text) returns text language sql stable as
                  $$ select case $1 when '%s' then '%s' else pg_catalog.current_setting_of_this_server($1) end $$
                """.formatted(setting, value);
    }

    static List<Mutation> mutations() {
        return List.of(
                new Mutation("R01", "alter role aios_app superuser"),
                new Mutation("R01", "create role boss superuser; grant boss to aios_app"),
                new Mutation("R02", "alter role aios_app bypassrls"),
                new Mutation("R02", "create role b1 bypassrls; create role b2; grant b1 to b2; grant b2 to aios_app"),
                new Mutation("R03", "alter role aios_app replication"),
                new Mutation("R04", "alter role aios_app createrole"),
                new Mutation("R05", "grant pg_read_all_data to aios_app"),
                new Mutation("R05", "grant pg_write_all_data to aios_app"),
                new Mutation("R05", "grant pg_monitor to aios_app"),
                new Mutation("R05", "grant pg_signal_backend to aios_app"),
                new Mutation("R06", "grant aios_owner to aios_app"),
                new Mutation("R06", "create role bridge; grant aios_owner to bridge; grant bridge to aios_app"),
                new Mutation("R06", "alter table aios.agents owner to aios_app"),
                new Mutation("R07", "grant create on schema aios to aios_app"),
                new Mutation("R07", "grant create, usage on schema public to public"),
                new Mutation(
                        "R08",
                        "do $$ begin execute format('grant create on database %I to aios_app', current_database()); end $$"),
                new Mutation(
                        "R09",
                        "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"),
                new Mutation("R10", "alter role aios_app set app.org_id = 'tenant-b'"),
                new Mutation("R10", "alter role aios_app set row_security = off"),
                new Mutation(
                        "R10",
                        "do $$ begin execute format('alter database %I set app.org_id = ''b''', current_database()); end $$"),
                new Mutation("R10", "alter role aios_app set standard_conforming_strings = off"),
                new Mutation("R10", "alter role all set role = 'aios_owner'"),
                new Mutation("R11", "set local app.org_id = 'tenant-b'"),
                new Mutation("R12", "set local row_security = off"),
                new Mutation("R13", "alter role aios_app createdb"),
                new Mutation(
                        "R14",
                        "do $$ begin execute format('alter database %I owner to aios_app', current_database()); end $$"),
                new Mutation("R15", "alter role aios_owner login"),
                new Mutation("R16", "create role harmless; grant harmless to aios_app"),
                new Mutation("R17", "set local session_replication_role = replica"),
                new Mutation("R18", "grant select on aios.agents to aios_app with grant option"),
                new Mutation("R19", "alter schema aios owner to aios_app"),
                new Mutation("T00", "drop table aios.canary"),
                new Mutation("T00", "drop policy aios_tenant_guard on aios.canary"),
                new Mutation("T00", "alter policy aios_tenant_guard on aios.canary using (true)"),
                new Mutation("T00", "alter table aios.canary no force row level security"),
                new Mutation("T01", "alter table aios.agents disable row level security"),
                new Mutation(
                        "T01",
                        "create table aios.fresh (org_id text collate \"C\" not null check (org_id <> ''), primary key (org_id))"),
                new Mutation("T01", "alter table aios.conversation_history_p0 disable row level security"),
                new Mutation("T01", "create schema elsewhere; create table elsewhere.child () inherits (aios.agents)"),
                new Mutation("T02", "alter table aios.agents no force row level security"),
                new Mutation("T03", "alter table aios.agents disable row level security"),
                new Mutation("T04", "drop policy aios_tenant_guard on aios.agents"),
                new Mutation("T04", "alter policy aios_tenant_guard on aios.agents to aios_app"),
                new Mutation(
                        "T04",
                        "drop policy aios_tenant_guard on aios.agents; create policy aios_tenant_guard on"
                                + " aios.agents as restrictive for select to public using " + IS),
                new Mutation("T05", "create policy oops on aios.agents using (true)"),
                new Mutation(
                        "T05",
                        "alter policy aios_tenant on aios.agents using (org_id = current_setting('app.org_id', true))"),
                new Mutation("T05", "alter policy aios_tenant on aios.agents with check (true)"),
                new Mutation("T05", "create policy ins on aios.agents for insert to aios_app with check (true)"),
                new Mutation(
                        "T05",
                        "alter policy aios_tenant on aios.agents using (org_id = (select aios.current_org()) or status = 'public')"),
                new Mutation(
                        "T06",
                        "create function aios.frozen() returns text language sql immutable as"
                                + " $$select current_setting('app.org_id')$$; create policy p on aios.agents using (org_id = aios.frozen())"),
                new Mutation(
                        "T07",
                        "alter table aios.contacts drop constraint contacts_pkey; alter table aios.contacts alter org_id drop not null"),
                new Mutation("T08", "create table aios.lossy (org_id char(20) not null)"),
                new Mutation("T08", "create extension citext; create table aios.lossy (org_id public.citext not null)"),
                new Mutation(
                        "T09",
                        "create collation aios.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                                + " create table aios.lossy (org_id text collate aios.blind not null)"),
                new Mutation(
                        "T10",
                        "alter table aios.contacts drop constraint contacts_pkey; alter table aios.contacts add primary key (id)"),
                new Mutation("T11", "create unique index on aios.contacts (email)"),
                new Mutation("T11", "alter table aios.contacts add unique (phone)"),
                new Mutation(
                        "T12",
                        "alter table aios.contacts add unique (id); alter table aios.answers add foreign key (session_id) references aios.contacts (id)"),
                new Mutation("T13", "grant truncate on aios.agents to aios_app"),
                new Mutation("T13", "grant references on aios.agents to aios_app"),
                new Mutation("T13", "grant trigger on aios.agents to public"),
                new Mutation("T13", "grant all on aios.agents to aios_app"),
                new Mutation(
                        "T14",
                        "create table aios.countries (code text primary key); grant select on aios.countries to aios_app"),
                new Mutation(
                        "T15",
                        "create extension file_fdw; create server files foreign data wrapper file_fdw;"
                                + " create foreign table aios.outside (org_id text) server files options (filename '/dev/null');"
                                + " grant select on aios.outside to aios_app"),
                new Mutation("T16", "create rule r as on insert to aios.agents do also notify agents"),
                new Mutation(
                        "T17",
                        "create function aios.t() returns trigger language plpgsql security definer"
                                + " set search_path = pg_catalog as 'begin return new; end';"
                                + " create trigger t before insert on aios.agents for each row execute function aios.t()"),
                new Mutation(
                        "T18",
                        "create table aios.slow (org_id text collate \"C\" not null check (org_id <> ''), n int)"),
                new Mutation("T19", "create publication p for table aios.agents"),
                new Mutation("T20", "alter table aios.agents drop constraint agents_org_id_check"),
                new Mutation(
                        "T20",
                        "alter table aios.agents drop constraint agents_org_id_check; alter table aios.agents add check (org_id <> 'x')"),
                new Mutation("T21", "alter table aios.agents alter org_id set default 'tenant-a'"),
                new Mutation("T22", "create table aios.other (org_id varchar(20) not null, primary key (org_id))"),
                new Mutation("T23", "grant select on aios.conversation_history_p1 to aios_app"),
                new Mutation("T24", "alter table aios.contacts add exclude using btree (phone with =)"),
                new Mutation("T25", "create policy p on aios.agents for select to public using " + IS),
                new Mutation("T26", "grant select on aios.agents to public"),
                new Mutation("T27", "alter table aios.answers disable trigger all"),
                new Mutation("T28", "alter table aios.agents add constraint c check (status <> '') not valid"),
                new Mutation("T29", "create role other; alter table aios.agents owner to other"),
                new Mutation("T30", "create statistics aios.s on status, created_at from aios.agents"),
                new Mutation(
                        "V01", "create view aios.v as select * from aios.agents; grant select on aios.v to aios_app"),
                new Mutation(
                        "V01",
                        "create schema w; grant usage on schema w to aios_app; create view w.v as select * from aios.agents; grant select on w.v to aios_app"),
                new Mutation(
                        "V02",
                        "create view aios.v as select * from aios.agents; alter view aios.v owner to aios_owner; grant select on aios.v to aios_app"),
                new Mutation(
                        "V03",
                        "create materialized view aios.m as select * from aios.agents; grant select on aios.m to aios_app"),
                new Mutation(
                        "F01",
                        "create function aios.f() returns bigint language sql security definer set search_path = pg_catalog"
                                + " as 'select count(*) from aios.agents'"),
                new Mutation(
                        "F02",
                        "create function aios.f() returns bigint language sql security definer as 'select 1::bigint'"),
                new Mutation(
                        "F03", "create function aios.f(text) returns boolean language sql leakproof as 'select true'"),
                new Mutation("F04", "grant execute on function pg_read_file(text) to aios_app"),
                new Mutation("F04", "create extension dblink"),
                new Mutation("F05", "grant execute on function pg_cancel_backend(int) to public"),
                new Mutation(
                        "F06",
                        "create extension postgres_fdw; create server loop foreign data wrapper postgres_fdw; grant usage on foreign server loop to aios_app"),
                new Mutation(
                        "F07",
                        "create or replace function aios.current_org() returns text language sql stable as $$ select coalesce(current_setting('app.org_id', true), 'tenant-b') $$"),
                new Mutation("F08", "alter function aios.current_org() volatile"),
                new Mutation("F08", "alter function aios.current_org() immutable"),
                new Mutation("F08", "alter function aios.current_org() security definer"),
                new Mutation("F08", "alter function aios.current_org() owner to aios_app"),
                new Mutation(
                        "F09",
                        "create or replace function aios.missing_org() returns text language plpgsql stable as $$ begin return 'tenant-b'; end $$"),
                new Mutation(
                        "F10",
                        "create function aios.f() returns int language sql security definer set search_path = pg_catalog as 'select 1'; alter function aios.f() owner to aios_owner"),
                new Mutation(
                        "F11",
                        "create function aios.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';"
                                + " create language unbound handler aios.handler;"
                                + " create function aios.f() returns int language unbound as 'begin return 1; end'"),
                new Mutation("F12", "create extension pageinspect"),
                new Mutation("F13", "create operator aios.= (function = texteq, leftarg = text, rightarg = text)"),
                new Mutation("X01", "alter default privileges in schema aios grant select on tables to aios_app"),
                new Mutation("X01", "alter default privileges for role aios_owner grant all on tables to public"),
                new Mutation("X02", "create extension pg_stat_statements"),
                new Mutation("X03", pretending("server_version_num", "130099")),
                new Mutation("X03", pretending("server_version_num", "140018")),
                new Mutation("X03", pretending("server_version_num", "150013")),
                new Mutation("X03", pretending("server_version_num", "160009")),
                new Mutation("X03", pretending("server_version_num", "170005")),
                new Mutation("X04", "create publication p for all tables"),
                new Mutation("X05", "select pg_create_logical_replication_slot('changes', 'pgoutput', true)"),
                new Mutation("X06", pretending("max_prepared_transactions", "5")),
                new Mutation("X07", "set local lo_compat_privileges = on"),
                new Mutation(
                        "X08",
                        "create function aios.e() returns event_trigger language plpgsql as 'begin end'; create event trigger e on ddl_command_end execute function aios.e()"),
                new Mutation("S01", "create sequence aios.numbers; grant usage on sequence aios.numbers to aios_app"),
                new Mutation("S02", "select lo_create(4711); alter large object 4711 owner to aios_app"));
    }

    @BeforeAll
    static void create() {
        database = TestDatabase.with(LargeSchema.builder().build());
    }

    /** Applies SQL as superuser, asks as the application's login, and undoes everything. */
    private static List<Finding> after(String sql) throws SQLException {
        try (Connection connection = database.admin().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            statement.execute("set local session authorization aios_app");
            List<Finding> findings = VERIFIER.catalog(connection);
            connection.rollback();
            return findings;
        }
    }

    @Test
    void theSchemaWrittenByTheGeneratorHasNoFinding() throws SQLException {
        assertThat(after("select 1")).isEmpty();
        assertThat(VERIFIER.verify(database.app()).findings()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void isFound(Mutation mutation) throws SQLException {
        List<Finding> findings = after(mutation.sql());

        assertThat(findings).extracting(Finding::id).contains(mutation.id());
        assertThat(findings).allSatisfy(f -> {
            assertThat(f.object()).isNotBlank();
            assertThat(f.why()).isNotBlank();
            assertThat(f.fix()).isNotBlank().doesNotContain("{}").doesNotContain("@");
        });
        FOUND.add(mutation.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"140019", "150014", "160010", "170006", "180000"})
    void aServerWithTheFixesIsNotNamed(String version) throws SQLException {
        assertThat(after(pretending("server_version_num", version)))
                .extracting(Finding::id)
                .doesNotContain("X03");
    }

    @Test
    void atLeastFiftyChecksAndSixtyMutations() {
        assertThat(TenantIsolationVerifier.catalogChecks()).isGreaterThanOrEqualTo(50);
        assertThat(mutations()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(IsolationQuery.CHECKS).extracting(IsolationCheck::id).doesNotHaveDuplicates();
    }

    @AfterAll
    static void nameWhatNoMutationCovers() {
        Set<String> uncovered = IsolationQuery.CHECKS.stream()
                .map(IsolationCheck::id)
                .filter(id -> !FOUND.contains(id))
                .collect(Collectors.toCollection(TreeSet::new));
        // T31 concerns dedicated schemas (DedicatedSchemaIT).
        assertThat(uncovered).isSubsetOf("T31");
    }
}
