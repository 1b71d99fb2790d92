package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.Identifiers.literal;
import static io.aios.tenancy.rls.Identifiers.quote;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Makes tenant tables of a host's existing tables: a plan to read first, then its execution in one transaction.
 *
 * <p>Tables that refer to each other are converted together. The tenant column is added where it is missing, goes to the
 * front of every primary, unique and foreign key, and the tables get the owner, policies and grants of the given schema.
 * What cannot be converted without a decision is a blocker, and a plan with blockers does not run.
 */
public final class TableConversion {
    private final RlsSchema schema;
    private final String hostSchema;

    private TableConversion(RlsSchema schema, String hostSchema) {
        this.schema = schema;
        this.hostSchema = Identifiers.checkName("schema", hostSchema);
    }

    /**
     * A conversion of tables in {@code hostSchema}.
     *
     * @param schema an existing schema, for its roles, tenant column and {@code current_org()}
     */
    public static TableConversion of(RlsSchema schema, String hostSchema) {
        return new TableConversion(schema, hostSchema);
    }

    /**
     * What would be done.
     *
     * @param statements the SQL, in order
     * @param blockers why it cannot be done yet; empty if it can
     */
    public record Plan(List<String> statements, List<String> blockers) {
        public Plan {
            statements = List.copyOf(statements);
            blockers = List.copyOf(blockers);
        }

        /** The plan as a person reads it: blockers, then every statement. */
        public String describe() {
            StringBuilder text = new StringBuilder();
            blockers.forEach(b -> text.append("-- BLOCKED: ").append(b).append('\n'));
            statements.forEach(s -> text.append(s).append(";\n"));
            return text.toString();
        }
    }

    /**
     * Reads the catalog and plans; changes nothing.
     *
     * @param admin connections of a role that may alter the tables
     * @param existingRowsOrg the tenant of rows that have none, or an empty text if there are none
     * @param tables the tables' names
     */
    public Plan plan(DataSource admin, String existingRowsOrg, List<String> tables) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        tables.forEach(table -> names.add(Identifiers.checkName("table", table)));
        List<String> blockers = new ArrayList<>();
        List<String> before = new ArrayList<>();
        List<String> change = new ArrayList<>();
        List<String> after = new ArrayList<>();
        try (Connection connection = admin.getConnection()) {
            for (String table : names) {
                if (texts(connection, EXISTS, table).isEmpty()) {
                    blockers.add("table " + hostSchema + "." + table + " is not an ordinary table");
                    continue;
                }
                column(connection, table, existingRowsOrg, change, blockers);
                texts(connection, UNIQUE_INDEXES, table)
                        .forEach(index -> blockers.add("unique index " + index + " is no constraint; drop it or rebuild"
                                + " it with " + schema.column().name() + " first"));
                for (String key : texts(connection, KEYS, table)) {
                    key(table, key.split("\\|", 3), change);
                }
                for (String reference : texts(connection, REFERENCES, table)) {
                    reference(table, reference.split("\\|", 5), names, before, after, blockers);
                }
                for (String child : texts(connection, REFERRED_BY, table)) {
                    if (!names.contains(child)) {
                        blockers.add("table " + child + " refers to " + table + "; convert it too");
                    }
                }
                after.add("alter table " + qualified(table) + " owner to " + quote(schema.ownerRole()));
                after.add("revoke all on " + qualified(table) + " from public, " + quote(schema.appRole()));
                RlsScript policies = schema.script();
                policies.secure(qualified(table));
                policies.toString().strip().replaceAll(";$", "").lines().forEach(line -> append(after, line));
            }
        }
        List<String> statements = new ArrayList<>(before);
        statements.addAll(change);
        statements.add("grant usage on schema " + quote(hostSchema) + " to " + quote(schema.appRole()) + ", "
                + quote(schema.ownerRole()));
        statements.addAll(after);
        return new Plan(statements, blockers);
    }

    /** Joins the lines of one statement; the generator ends each with a semicolon. */
    private static void append(List<String> statements, String line) {
        int last = statements.size() - 1;
        boolean continued = line.startsWith("  ");
        String text = line.replaceAll(";$", "");
        if (continued) {
            statements.set(last, statements.get(last) + "\n" + text);
        } else {
            statements.add(text);
        }
    }

    /**
     * Runs a plan in one transaction.
     *
     * @throws IllegalStateException if the plan has blockers
     * @throws SQLException what the database refused; nothing is changed then
     */
    public void apply(DataSource admin, Plan plan) throws SQLException {
        if (!plan.blockers().isEmpty()) {
            throw new IllegalStateException("the plan is blocked:\n" + String.join("\n", plan.blockers()));
        }
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : plan.statements()) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }

    private void column(Connection connection, String table, String org, List<String> change, List<String> blockers)
            throws SQLException {
        TenantColumn column = schema.column();
        String at = "alter table " + qualified(table);
        String col = quote(column.name());
        boolean text = column.type() == TenantColumn.Type.TEXT;
        List<String> found = texts(connection, COLUMN, table, column.name());
        if (found.isEmpty()) {
            change.add(at + " add column " + col + " " + column.type().sql() + (text ? " collate \"C\"" : ""));
        } else if (!found.get(0).equals(column.type().sql())) {
            blockers.add("column " + table + "." + column.name() + " is " + found.get(0) + ", not "
                    + column.type().sql());
        }
        boolean orphans = found.isEmpty()
                ? !texts(connection, "select 'x' from " + qualified(table) + " limit 1")
                        .isEmpty()
                : !texts(connection, "select 'x' from " + qualified(table) + " where " + col + " is null limit 1")
                        .isEmpty();
        if (orphans && org.isEmpty()) {
            blockers.add("rows of " + table + " have no tenant; name the one they belong to");
        } else if (orphans) {
            change.add(
                    "update " + qualified(table) + " set " + col + " = " + literal(org) + " where " + col + " is null");
        }
        change.add(at + " alter column " + col + " set not null");
        change.add(at + " alter column " + col + " drop default");
        if (text) {
            change.add(at + " add check (" + col + " <> '')");
        }
    }

    /** Rebuilds a primary or unique key: name, kind, columns. */
    private void key(String table, String[] key, List<String> change) {
        List<String> columns = List.of(key[2].split(",", -1));
        String org = schema.column().name();
        if (columns.get(0).equals(org)) {
            return;
        }
        List<String> keyed = new ArrayList<>(List.of(quote(org)));
        columns.stream().filter(c -> !c.equals(org)).forEach(c -> keyed.add(quote(c)));
        String kind = key[1].equals("p") ? "primary key" : "unique";
        change.add("alter table " + qualified(table) + " drop constraint " + quote(key[0]));
        change.add("alter table " + qualified(table) + " add constraint " + quote(key[0]) + " " + kind + " ("
                + String.join(", ", keyed) + ")");
    }

    /** Rebuilds a foreign key: name, columns, parent, the parent's columns, what a delete does. */
    private void reference(
            String table,
            String[] key,
            Set<String> converted,
            List<String> before,
            List<String> after,
            List<String> blockers) {
        String org = schema.column().name();
        if (List.of(key[1].split(",", -1)).contains(org)) {
            return;
        }
        if (!converted.contains(key[2])) {
            blockers.add("table " + table + " refers to " + key[2] + "; convert it too, or drop " + key[0]);
            return;
        }
        String onDelete = switch (key[4]) {
            case "a", "r" -> "";
            case "c" -> " on delete cascade";
            default -> {
                blockers.add("foreign key " + key[0] + " of " + table + " sets columns on delete; decide for each");
                yield "";
            }
        };
        before.add("alter table " + qualified(table) + " drop constraint " + quote(key[0]));
        after.add("alter table " + qualified(table) + " add constraint " + quote(key[0]) + " foreign key ("
                + quote(org) + ", " + quoted(key[1]) + ") references " + qualified(key[2]) + " (" + quote(org) + ", "
                + quoted(key[3]) + ")" + onDelete);
    }

    private static String quoted(String columns) {
        return String.join(
                ", ",
                List.of(columns.split(",", -1)).stream().map(Identifiers::quote).toList());
    }

    private String qualified(String table) {
        return quote(hostSchema) + "." + quote(table);
    }

    private static final String TABLE = """
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              and n.nspname = '@schema@' and c.relname = ?
            """;
    private static final String NAMES = """
            (select string_agg(a.attname, ',' order by p.n) from unnest(%s) with ordinality p(attnum, n)
              join pg_catalog.pg_attribute a on a.attrelid = %s and a.attnum = p.attnum)""";
    private static final String EXISTS =
            "select 'x' " + TABLE + " where c.relkind = 'r' and not c.relispartition and not c.relhassubclass";
    private static final String COLUMN = "select pg_catalog.format_type(a.atttypid, null) " + TABLE
            + " join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = ? and not a.attisdropped";
    private static final String KEYS = "select k.conname || '|' || k.contype::text || '|' || "
            + NAMES.formatted("k.conkey", "c.oid") + " " + TABLE
            + " join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u') order by k.conname";
    private static final String UNIQUE_INDEXES = "select i.indexrelid::regclass::text " + TABLE
            + " join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisunique"
            + " where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid)";
    private static final String REFERENCES = "select k.conname || '|' || " + NAMES.formatted("k.conkey", "c.oid")
            + " || '|' || (select relname from pg_catalog.pg_class where oid = k.confrelid) || '|' || "
            + NAMES.formatted("k.confkey", "k.confrelid") + " || '|' || k.confdeltype::text " + TABLE
            + " join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'f' order by k.conname";
    private static final String REFERRED_BY = "select distinct o.relname::text " + TABLE
            + " join pg_catalog.pg_constraint k on k.confrelid = c.oid and k.contype = 'f'"
            + " join pg_catalog.pg_class o on o.oid = k.conrelid";

    private List<String> texts(Connection connection, String sql, String... parameters) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql.replace("@schema@", hostSchema))) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(String.valueOf(rows.getString(1)));
                }
            }
        }
        return texts;
    }
}
