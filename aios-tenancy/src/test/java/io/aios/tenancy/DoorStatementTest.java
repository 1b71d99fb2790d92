package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoorStatementTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "SELECT 1;",
                "(select 1)",
                "/* a /* nested */ b */ select 1 -- end",
                "with x as (delete from doc returning *) insert into gone select * from x",
                "values (1), (2)",
                "merge into doc d using src s on d.id = s.id when matched then delete",
                "insert into doc (a) values (';')",
                "select $$ ; drop table doc $$",
                "select $a$ $$ ; $a$",
                "select E'\\' ; --' , 'it''s; ok'",
                "select \"a;b\" from doc",
                "select date '2026-01-01'",
                "update doc set name = 'set_config' where name like 'pg_%'",
                "select a::text, b @> ?, c ?? 'k' from doc",
                "select 1e5, 1.5E-3, 0xFF, 1_000, .5, 1., a[1:2]",
                "select 'it''s', E'\\\\', '\ud83d\ude00' as \ud83d\ude00",
                "select format_type, setseed from doc",
                "insert into doc (a) select b from (select 1 as b) x",
                "with x as (select 1) insert into doc (a) select * from x"
            })
    void passesOneStatementOfAPassedKind(String sql) {
        assertThat(DoorStatement.of(sql).text()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  -- nothing",
                ";",
                "set app.org_id = 'b'",
                "SET LOCAL app.org_id = 'b'",
                "reset all",
                "begin",
                "commit",
                "rollback",
                "savepoint s",
                "start transaction",
                "prepare p as select 1",
                "execute p",
                "deallocate all",
                "discard all",
                "declare c cursor with hold for select 1",
                "fetch all from c",
                "create temp table t (a int)",
                "copy doc to stdout",
                "do $$ begin end $$",
                "call p()",
                "explain select 1",
                "lock table doc",
                "listen c",
                "notify c",
                "truncate doc",
                "alter table doc disable row level security",
                "grant all on doc to public",
                "vacuum",
                "show app.org_id",
                "table doc",
                "checkpoint",
                "load 'x'"
            })
    void refusesEveryOtherKind(String sql) {
        assertThatThrownBy(() -> DoorStatement.of(sql)).isInstanceOf(RefusedStatementException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1; select 2",
                "select 1; commit",
                "select 1;;",
                "select 1 /* ; */ ; /* x */ select 2",
                "select ''';'; select 2",
                "select $a$ $b$ $a$; select 2",
                "select E'\\''; select 2",
                "select '\\'; select 2 --'"
            })
    void refusesASecondStatement(String sql) {
        assertThatThrownBy(() -> DoorStatement.of(sql))
                .isInstanceOf(RefusedStatementException.class)
                .hasMessageContaining("one statement");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config('app.org_id', 'b', true)",
                "select pg_catalog.set_config('app.org_id', 'b', false)",
                "select \"set_config\"('app.org_id', 'b', false)",
                "select SET_CONFIG('app.org_id', 'b', false)",
                "select U&\"set\\005fconfig\"('app.org_id', 'b', false)",
                "select u&'x'",
                "update pg_settings set setting = 'b' where name = 'app.org_id'",
                "select query_to_xml('select 1', true, true, '')",
                "select * from pg_stat_activity",
                "select * from pg_catalog.pg_class",
                "select * from information_schema.tables",
                "select currval('s')",
                "select lastval()",
                "select pg_advisory_lock(1)",
                "select pg_notify('c', 'x')",
                "select lo_create(0)",
                "select dblink('x', 'y')",
                "select pg_terminate_backend(1)",
                "select pg_read_file('x')",
                "select * into copied from doc",
                "select 1 as a into temp t",
                "select 1 as insert into temp t",
                "with insert as (select 1) select 1 insert into temp t",
                "select '1'::regclass",
                "select '{1}'::_regclass",
                "select ts_stat('select 1')",
                "select \"ts_rewrite\"('a', 'select 1')",
                "select pg_catalog.setseed(0.5)",
                "select * from crosstab('select 1')",
                "select format_type(16400, -1)",
                "{call p()}",
                "select {fn now()}"
            })
    void refusesWhatReachesBeyondATenant(String sql) {
        assertThatThrownBy(() -> DoorStatement.of(sql)).isInstanceOf(RefusedStatementException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'open",
                "select \"open",
                "select /* open",
                "select /* /* */",
                "select $a$ open",
                "select $1",
                "select 1$2",
                "select \0",
                "select q'x'",
                "select 'a' 'b'",
                "select E'a'\n'b\\' , '",
                "select 1into t",
                "select 1E'x'",
                "select 1.5e.x",
                "select evil\u000b(1)",
                "select a\ud800b",
                "select a\udc00",
                "select \\ 1"
            })
    void refusesATextThatTwoReadersCouldReadDifferently(String sql) {
        assertThatThrownBy(() -> DoorStatement.of(sql)).isInstanceOf(RefusedStatementException.class);
    }

    @Test
    void namesTheFactAndThePlaceButNotTheText() {
        assertThatThrownBy(() -> DoorStatement.of("select 'secret'; select 2"))
                .hasMessageContaining("index 17")
                .hasMessageNotContaining("secret");
    }

    @Test
    void knowsWhichStatementsCallFunctionsOfTheHost() {
        assertThat(DoorStatement.of("select count(*), lower(a) from doc where id in (?)")
                        .callsUnknown())
                .isFalse();
        assertThat(DoorStatement.of("insert into doc (a, b) values (?, ?)").callsUnknown())
                .isFalse();
        assertThat(DoorStatement.of("select my_function(1)").callsUnknown()).isTrue();
        assertThat(DoorStatement.of("select \"count\"(1)").callsUnknown()).isTrue();
        assertThat(DoorStatement.of("select evil.count(1)").callsUnknown()).isTrue();
        assertThat(DoorStatement.of("select ran\u212a(1)").callsUnknown()).isTrue(); // not the server's rank
    }
}
