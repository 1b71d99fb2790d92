package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same attacks through four ways of working with one pooled connection; the numbers are those of the list in
 * docs/TENANCY_MODEL.md. The first way must hold against all; the others must not, or the attacks prove nothing.
 */
class AttackMatrixIT {
    /** A read as each way of working writes it: only one of them needs the WHERE. */
    private static final String READ = "select body from {doc}{where}";

    private static final String BARE = "select body from {doc}";
    private static TestDatabase database;
    private static TenantDb door;

    /**
     * An attack.
     *
     * @param prepared what somebody with more power did before; may be empty
     * @param byA what tenant a's request runs
     * @param next what the next request on the connection runs, which is tenant c's, or nobody's if it is {@code BARE}
     */
    record Attack(int number, String name, String prepared, String byA, String next) {
        static Attack of(int number, String name, String byA) {
            return new Attack(number, name, "", byA, READ);
        }

        static Attack left(int number, String name, String byA, String next) {
            return new Attack(number, name, "", byA, next);
        }

        static Attack prepared(int number, String name, String prepared, String byA) {
            return new Attack(number, name, prepared, byA, READ);
        }
    }

    private static final List<Attack> ATTACKS = List.of(
            Attack.left(1, "no tenant at all", "select 1", BARE),
            Attack.of(2, "read without WHERE", BARE),
            Attack.left(8, "failed statement, then the next request", "select 1 / 0", BARE),
            Attack.of(13, "stacked COMMIT, SET, read", "commit; set app.org_id = 'tenant-b'; " + BARE),
            new Attack(
                    14,
                    "stored setting",
                    "alter role aios_app in database {db} set app.org_id = 'tenant-b'",
                    READ,
                    BARE),
            Attack.of(16, "forged insert", "insert into {doc} (org_id, id, body) values ('tenant-b', 99, 'forged')"),
            Attack.of(17, "move a row away", "update {doc} set org_id = 'tenant-b', id = 77"),
            Attack.of(18, "update without WHERE", "update {doc} set body = 'owned'"),
            Attack.of(18, "delete without WHERE", "delete from {doc}"),
            Attack.of(18, "delete in a CTE", "with d as (delete from {doc} returning body) select body from d"),
            Attack.of(
                    18,
                    "merge",
                    "merge into {doc} d using (values (1)) v(id) on true when matched then update set body = 'owned'"),
            Attack.of(
                    19,
                    "existence through DO NOTHING",
                    "with i as (insert into {doc} (org_id, id, body) values ('tenant-a', 2, 'x') on conflict do nothing"
                            + " returning 1) select case count(*) when 0 then 'of-b exists' else 'free' end from i"),
            Attack.of(
                    20,
                    "DO UPDATE of a foreign row",
                    "insert into {doc} (org_id, id, body) values ('tenant-a', 2, 'x') on conflict ({key})"
                            + " do update set body = 'owned'"),
            Attack.of(
                    21,
                    "existence through a unique value",
                    "insert into {doc} (org_id, id, email, body) values ('tenant-a', 3, 'b@example.org', 'x')"),
            Attack.of(
                    22,
                    "reference to a foreign row",
                    "with i as (insert into {doc}_child (org_id, id, doc_id) values ('tenant-a', 1, 2) returning 1)"
                            + " select 'of-b referenced' from i"),
            Attack.of(24, "truncate", "truncate {doc} cascade"),
            Attack.prepared(
                    26,
                    "view of a superuser",
                    "create view {schema}.v as select * from {doc}; grant select on {schema}.v to aios_app",
                    "select body from {schema}.v{where}"),
            Attack.prepared(
                    27,
                    "materialized view",
                    "create materialized view {schema}.m as select * from {doc}; grant select on {schema}.m to aios_app",
                    "select body from {schema}.m{where}"),
            Attack.prepared(
                    28,
                    "function as a superuser",
                    "create function {schema}.f() returns setof text language sql security definer as '" + BARE + "'",
                    "select {schema}.f()"),
            Attack.of(
                    32,
                    "expression that fails on a foreign row",
                    "select (1 / (case when body = 'of-b' then 0 else 1 end))::text || body from {doc}"),
            Attack.prepared(34, "one more permissive policy", "create policy p on {doc} using (true)", READ),
            Attack.of(34, "permissive policy by the login", "create policy p on {doc} using (true)"),
            Attack.of(34, "row security disabled by the login", "alter table {doc} disable row level security"),
            Attack.prepared(
                    35,
                    "new table without policies",
                    "create table {schema}.fresh as select * from {doc}; grant select on {schema}.fresh to aios_app",
                    "select body from {schema}.fresh{where}"),
            Attack.left(41, "holdable cursor", "declare c cursor with hold for " + READ, "fetch all from c"),
            Attack.left(42, "temporary table", "create temp table kept as " + READ, "select body from kept"),
            Attack.left(42, "SELECT INTO", "select body into temp kept2 from {doc}", "select body from kept2"),
            Attack.left(
                    44,
                    "large object",
                    "select lo_from_bytea(4711, 'of-a')",
                    "select convert_from(lo_get(4711), 'UTF8')"),
            Attack.left(45, "named statement", "prepare p as " + READ, "execute p"),
            Attack.of(52, "role of the owner", "set role aios_owner"),
            Attack.of(52, "session authorization", "set session authorization postgres"),
            Attack.prepared(55, "login with BYPASSRLS", "alter role aios_app bypassrls", READ),
            Attack.of(56, "row_security off", "set row_security = off"),
            Attack.of(57, "injected OR true", BARE + " where org_id = 'tenant-a' or true"),
            Attack.of(57, "set_config in UNION", "select set_config('app.org_id', 'tenant-b', true) union all " + BARE),
            Attack.of(
                    57,
                    "set_config in query_to_xml",
                    "select query_to_xml('select set_config(''app.org_id'',"
                            + " ''tenant-b'', true)', true, true, '')::text union all " + BARE),
            Attack.of(57, "stacked SET and read", "set app.org_id = 'tenant-b'; " + BARE),
            Attack.of(
                    57,
                    "DO block that switches",
                    "do $$ begin perform set_config('app.org_id', 'tenant-b', false); end $$"),
            Attack.left(76, "DEALLOCATE and PREPARE", "deallocate all; prepare p as " + READ, "execute p"),
            Attack.left(77, "permanent set_config", "select set_config('app.org_id', 'tenant-b', false)", BARE),
            Attack.left(77, "SET of another tenant", "set app.org_id = 'tenant-b'", BARE),
            Attack.of(77, "RESET ALL", "reset all"));

    /** One way of working: a request of tenant a, then a request of tenant c, who has no row, or of nobody. */
    interface Stack {
        List<String> request(Attack attack, Place place) throws SQLException;
    }

    /** Where a way of working keeps its rows. */
    record Place(String schema, String table, String key) {
        String in(String sql, String org) {
            return sql.replace("{where}", table.equals("other.plain") ? " where org_id = '" + org + "'" : "")
                    .replace("{doc}", table)
                    .replace("{schema}", schema)
                    .replace("{key}", key)
                    .replace("{db}", database.name());
        }
    }

    private static final Place OURS = new Place("aios", "aios.doc", "org_id, id");

    @BeforeAll
    static void open() {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("doc")
                        .column("id", "int not null")
                        .column("email", "text")
                        .column("body", "text not null")
                        .key("id")
                        .unique("email")
                        .build())
                .table(TenantTable.named("doc_child")
                        .column("id", "int not null")
                        .column("doc_id", "int not null")
                        .key("id")
                        .references("doc", "doc_id")
                        .build())
                .build());
        door = openDoor();
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static TenantDb openDoor() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(1); // the next request gets the connection the attack was made on
        return TenantDb.pool(config).build();
    }

    /** Everything as it was before the first attack, for every way of working. */
    private static void reset(String prepared) {
        StringBuilder sql = new StringBuilder("""
                drop view if exists aios.v; drop materialized view if exists aios.m; drop function if exists aios.f();
                drop table if exists aios.fresh; drop policy if exists p on aios.doc;
                alter role aios_app nobypassrls;
                select lo_unlink(oid) from pg_largeobject_metadata where oid = 4711;
                truncate aios.doc cascade;
                drop schema if exists other cascade; create schema other; grant usage on schema other to aios_app;
                create table other.plain (org_id text, id int primary key, email text unique, body text);
                create table other.plain_child (org_id text, id int primary key, doc_id int references other.plain);
                create table other.seed (org_id text, id int primary key, email text unique, body text);
                create table other.seed_child (org_id text, id int primary key, doc_id int references other.seed);
                grant select, insert, update, delete on all tables in schema other to aios_app;
                alter table other.seed enable row level security; alter table other.seed_child enable row level security;
                create policy tenant_isolation_policy on other.seed using (org_id = current_setting('app.org_id', true))
                  with check (org_id = current_setting('app.org_id', true));
                create policy tenant_isolation_policy on other.seed_child
                  using (org_id = current_setting('app.org_id', true))
                  with check (org_id = current_setting('app.org_id', true));
                """);
        for (String table : List.of("aios.doc", "other.plain", "other.seed")) {
            sql.append("insert into ").append(table).append(" (org_id, id, email, body) values");
            sql.append(" ('tenant-a', 1, 'a@example.org', 'of-a'), ('tenant-b', 2, 'b@example.org', 'of-b');");
        }
        sql.append("alter role aios_app in database ").append(database.name()).append(" reset app.org_id;");
        database.asAdmin(sql.append(prepared).toString());
    }

    private static List<String> texts(Statement statement, String sql) {
        List<String> texts = new ArrayList<>();
        try {
            boolean rows = statement.execute(sql);
            for (int count = 0; rows || count >= 0; ) {
                if (rows) {
                    try (ResultSet result = statement.getResultSet()) {
                        while (result.next()) {
                            texts.add(String.valueOf(result.getString(1)));
                        }
                    }
                }
                rows = statement.getMoreResults();
                count = statement.getUpdateCount();
            }
        } catch (SQLException e) {
            texts.add("refused " + e.getSQLState());
        }
        return texts;
    }

    /** A pool that sets the session at checkout, by text, and trusts every user to do the same; over our tables. */
    private static List<String> sessionSet(Attack attack, Place place) throws SQLException {
        try (Connection connection = database.app().getConnection();
                Statement statement = connection.createStatement()) {
            List<String> seen = new ArrayList<>(texts(statement, "set app.org_id = 'tenant-a'"));
            seen.addAll(texts(statement, place.in(attack.byA(), "tenant-a")));
            if (!attack.next().equals(BARE)) {
                seen.addAll(texts(statement, "set app.org_id = 'tenant-c'"));
            }
            seen.addAll(next(statement, attack, place));
            return seen;
        }
    }

    /** Code that relies on its WHERE clauses, over tables without policies. */
    private static List<String> whereOnly(Attack attack, Place place) throws SQLException {
        try (Connection connection = database.app().getConnection();
                Statement statement = connection.createStatement()) {
            List<String> seen = new ArrayList<>(texts(statement, place.in(attack.byA(), "tenant-a")));
            seen.addAll(next(statement, attack, place));
            return seen;
        }
    }

    /**
     * The original: tables of another owner, ENABLE without FORCE, {@code current_setting(..., true)}, and a middleware
     * that sets the tenant local to the request's transaction, or logs and goes on without.
     */
    private static List<String> failOpen(Attack attack, Place place) throws SQLException {
        try (Connection connection = database.app().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            List<String> seen = new ArrayList<>(texts(statement, "set local app.org_id = 'tenant-a'"));
            seen.addAll(texts(statement, place.in(attack.byA(), "tenant-a")));
            boolean failed = seen.stream().anyMatch(s -> s.startsWith("refused"));
            if (failed) {
                connection.rollback();
            } else {
                connection.commit();
            }
            if (!attack.next().equals(BARE)) {
                seen.addAll(texts(statement, "set local app.org_id = 'tenant-c'"));
            }
            seen.addAll(next(statement, attack, place));
            connection.commit();
            return seen;
        }
    }

    private static List<String> next(Statement statement, Attack attack, Place place) {
        // Code that relies on its WHERE writes it, except where the attack is that it was forgotten.
        boolean written = place.table().equals("other.plain")
                && attack.number() > 2
                && attack.next().equals(BARE);
        return texts(statement, place.in(written ? READ : attack.next(), "tenant-c")).stream()
                .map(text -> text.contains("of-a") ? "the next sees of-a" : text)
                .toList();
    }

    private static List<String> throughTheDoor(Attack attack, Place place) {
        if (attack.prepared().isEmpty()) {
            return requests(door, attack, place);
        }
        try (TenantDb opened = openDoor()) {
            return requests(opened, attack, place);
        } catch (IsolationException e) {
            return List.of("the door does not open");
        }
    }

    private static List<String> requests(TenantDb db, Attack attack, Place place) {
        List<String> seen = new ArrayList<>();
        for (String org : List.of("tenant-a", "tenant-c")) {
            boolean first = org.equals("tenant-a");
            String sql = place.in(first ? attack.byA() : attack.next(), org);
            try {
                db.inTenant(OrgId.of(org), tx -> {
                    if (sql.startsWith("select") || sql.startsWith("with") || sql.startsWith("fetch")) {
                        tx.createQuery(sql)
                                .mapTo(String.class)
                                .forEach(text ->
                                        seen.add(!first && text.contains("of-a") ? "the next sees of-a" : text));
                        return true;
                    }
                    return tx.execute(sql) < 0;
                });
            } catch (JdbiException | TenancyException e) {
                seen.add("refused " + TenantDbIT.sqlState(e));
            }
        }
        return seen;
    }

    private static boolean leaks(Attack attack, List<String> seen, Place place) {
        // A refused duplicate, and an expression that fails, tell of a foreign row as well as its text does.
        String telling = attack.number() == 32 ? "refused 22012" : "refused 23505";
        boolean read =
                seen.stream().anyMatch(s -> s.contains("of-b") || s.contains("the next sees") || s.equals(telling));
        String b = database.adminSees(
                "select string_agg(body, ',' order by id) from " + place.table() + " where org_id = 'tenant-b'");
        return read || !b.equals("of-b");
    }

    @Test
    void theDoorHoldsWhereTheOthersLeak() throws SQLException, IOException {
        Map<String, Stack> stacks = new LinkedHashMap<>();
        stacks.put("aiOS", AttackMatrixIT::throughTheDoor);
        stacks.put("session SET", AttackMatrixIT::sessionSet);
        stacks.put("WHERE only", AttackMatrixIT::whereOnly);
        stacks.put("fail-open policy", AttackMatrixIT::failOpen);
        List<Place> places =
                List.of(OURS, OURS, new Place("other", "other.plain", "id"), new Place("other", "other.seed", "id"));
        Map<String, Integer> leaks = new LinkedHashMap<>();
        StringBuilder matrix = new StringBuilder("attack | " + String.join(" | ", stacks.keySet()) + "\n");
        for (Attack attack : ATTACKS) {
            matrix.append(attack.number()).append(' ').append(attack.name());
            int column = 0;
            for (Map.Entry<String, Stack> stack : stacks.entrySet()) {
                Place place = places.get(column++);
                reset(place.in(attack.prepared(), "tenant-a"));
                boolean leaked = leaks(attack, stack.getValue().request(attack, place), place);
                matrix.append(" | ").append(leaked ? "LEAKS" : "holds");
                leaks.merge(stack.getKey(), leaked ? 1 : 0, Integer::sum);
            }
            matrix.append('\n');
        }
        reset("");
        matrix.append("leaks of ").append(ATTACKS.size()).append(" | ");
        matrix.append(
                String.join(" | ", leaks.values().stream().map(String::valueOf).toList()));
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "attack-matrix.txt"), matrix.append('\n'));

        assertThat(leaks.get("aiOS")).as(matrix.toString()).isZero();
        assertThat(leaks.get("session SET")).isGreaterThanOrEqualTo(12);
        assertThat(leaks.get("WHERE only")).isGreaterThanOrEqualTo(15);
        assertThat(leaks.get("fail-open policy")).isGreaterThanOrEqualTo(10);
    }
}
