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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same attacks through four ways of working with one pooled connection. The first must hold against all; the others
 * must not, or the attacks prove nothing.
 */
class AttackMatrixIT {
    private static TestDatabase database;

    /** What tenant a's request runs, and what the next request, of nobody, then tries. */
    record Attack(String name, String byA, String next) {}

    private static final String READ = "select body from {doc}";

    private static final List<Attack> ATTACKS = List.of(
            new Attack("read without WHERE", READ, READ),
            new Attack("injected OR true", READ + " where org_id = 'tenant-a' or true", READ),
            new Attack(
                    "injected set_config in UNION",
                    "select set_config('app.org_id', 'tenant-b', true) union all " + READ,
                    READ),
            new Attack("permanent set_config", "select set_config('app.org_id', 'tenant-b', false)", READ),
            new Attack("SET of another tenant", "set app.org_id = 'tenant-b'", READ),
            new Attack("stacked SET and read", "set app.org_id = 'tenant-b'; " + READ, READ),
            new Attack("stacked COMMIT, SET, read", "commit; set app.org_id = 'tenant-b'; " + READ, READ),
            new Attack("RESET ALL", "reset all", READ),
            new Attack(
                    "DO block that switches",
                    "do $$ begin perform set_config('app.org_id', 'tenant-b', false); end $$",
                    READ),
            new Attack("query_to_xml", "select query_to_xml('" + READ + "', true, true, '')::text", READ),
            new Attack("row_security off", "set row_security = off", READ),
            new Attack("forged insert", "insert into {doc} (org_id, id, body) values ('tenant-b', 99, 'forged')", READ),
            new Attack("move a row away", "update {doc} set org_id = 'tenant-b', id = 77", READ),
            new Attack("update without WHERE", "update {doc} set body = 'owned'", READ),
            new Attack("delete without WHERE", "delete from {doc}", READ),
            new Attack("delete in a CTE", "with d as (delete from {doc} returning body) select body from d", READ),
            new Attack(
                    "merge",
                    "merge into {doc} d using (values (1)) v(id) on true when matched then update set body = 'owned'",
                    READ),
            new Attack("truncate", "truncate {doc}", READ),
            new Attack("disable row security", "alter table {doc} disable row level security", READ),
            new Attack("permissive policy", "create policy p on {doc} using (true)", READ),
            new Attack("drop policy", "drop policy if exists aios_tenant_guard on {doc}", READ),
            new Attack("holdable cursor", "declare c cursor with hold for " + READ, "fetch all from c"),
            new Attack("temp table", "create temp table kept as " + READ, "select body from kept"),
            new Attack("select into temp", "select body into temp kept2 from {doc}", "select body from kept2"),
            new Attack("named statement", "prepare p as " + READ, "execute p"),
            new Attack("set role to owner", "set role aios_owner", READ),
            new Attack("set session authorization", "set session authorization postgres", READ),
            new Attack("no tenant at all", "select 1", READ));

    /** One way of working: a request of tenant a, then a request that names no tenant. */
    interface Stack {
        List<String> request(Attack attack) throws SQLException;
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("doc")
                        .column("id", "int not null")
                        .column("body", "text not null")
                        .key("id")
                        .build())
                .build());
    }

    private static void reset() {
        database.asAdmin("""
                truncate aios.doc;
                insert into aios.doc (org_id, id, body) values ('tenant-a', 1, 'of-a'), ('tenant-b', 2, 'of-b');
                drop schema if exists other cascade; create schema other; grant usage on schema other to aios_app;
                create table other.plain (org_id text, id int, body text);
                insert into other.plain select * from aios.doc;
                grant all on other.plain to aios_app;
                create table other.seed (org_id text, id int, body text);
                insert into other.seed select * from aios.doc;
                alter table other.seed enable row level security;
                create policy tenant_isolation_policy on other.seed using (org_id = current_setting('app.org_id', true))
                  with check (org_id = current_setting('app.org_id', true));
                alter table other.seed owner to aios_app;
                grant create on schema other to aios_app""");
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

    /** A pool that sets the session at checkout, by text, and trusts the next user to do the same. */
    private static List<String> onOneSession(String table, boolean sets, Attack attack) throws SQLException {
        List<String> seen = new ArrayList<>();
        try (Connection connection = database.app().getConnection();
                Statement statement = connection.createStatement()) {
            if (sets) {
                statement.execute("set app.org_id = 'tenant-a'");
            }
            seen.addAll(texts(statement, attack.byA().replace("{doc}", table)));
            List<String> next = texts(statement, attack.next().replace("{doc}", table));
            next.forEach(text -> seen.add(text.equals("of-a") ? "nobody sees of-a" : text));
        }
        return seen;
    }

    private static List<String> throughTheDoor(Attack attack) {
        List<String> seen = new ArrayList<>();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(1); // the next request gets the connection the attack was made on
        try (TenantDb db = TenantDb.pool(config).verify(VerifyMode.OFF).build()) {
            for (String org : List.of("tenant-a", "tenant-c")) {
                String sql = (org.equals("tenant-a") ? attack.byA() : attack.next()).replace("{doc}", "doc");
                try {
                    db.inTenant(OrgId.of(org), tx -> {
                        if (sql.startsWith("select") || sql.startsWith("with") || sql.startsWith("fetch")) {
                            return seen.addAll(
                                    tx.createQuery(sql).mapTo(String.class).list());
                        }
                        return tx.execute(sql) < 0;
                    });
                } catch (JdbiException | TenancyException e) {
                    seen.add("refused");
                }
            }
        }
        return seen;
    }

    private static boolean leaks(List<String> seen, String table) {
        boolean read = seen.stream().anyMatch(s -> s.contains("of-b") || s.contains("nobody sees"));
        String b = database.adminSees(
                "select string_agg(body, ',' order by id) from " + table + " where org_id = 'tenant-b'");
        return read || !b.equals("of-b");
    }

    @Test
    void theDoorHoldsWhereTheOthersLeak() throws SQLException, IOException {
        Map<String, Stack> stacks = new LinkedHashMap<>();
        stacks.put("aiOS", AttackMatrixIT::throughTheDoor);
        stacks.put("session SET", a -> onOneSession("aios.doc", true, a));
        stacks.put("WHERE only", a -> onOneSession("other.plain", false, a));
        stacks.put("fail-open policy", a -> onOneSession("other.seed", true, a));
        List<String> tables = List.of("aios.doc", "aios.doc", "other.plain", "other.seed");
        Map<String, Integer> leaks = new LinkedHashMap<>();
        StringBuilder matrix = new StringBuilder("attack | " + String.join(" | ", stacks.keySet()) + "\n");
        for (Attack attack : ATTACKS) {
            matrix.append(attack.name());
            int column = 0;
            for (Map.Entry<String, Stack> stack : stacks.entrySet()) {
                reset();
                boolean leaked = leaks(stack.getValue().request(attack), tables.get(column++));
                matrix.append(" | ").append(leaked ? "LEAKS" : "holds");
                leaks.merge(stack.getKey(), leaked ? 1 : 0, Integer::sum);
            }
            matrix.append('\n');
        }
        matrix.append("leaks of ")
                .append(ATTACKS.size())
                .append(": ")
                .append(leaks)
                .append('\n');
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "attack-matrix.txt"), matrix);

        assertThat(leaks.get("aiOS")).as(matrix.toString()).isZero();
        assertThat(leaks.get("session SET")).isPositive();
        assertThat(leaks.get("WHERE only")).isPositive();
        assertThat(leaks.get("fail-open policy")).isPositive();
    }
}
