package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.Identifiers.literal;
import static io.aios.tenancy.rls.Identifiers.quote;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the statements of one schema, in the order in which they run. */
final class RlsScript {
    static final String TENANT_POLICY = "aios_tenant";
    static final String GUARD_POLICY = "aios_tenant_guard";
    static final String CANARY = "canary";

    private final StringBuilder sql = new StringBuilder();
    private final String schema;
    private final String owner;
    private final String app;
    private final String prefix;
    private final TenantColumn column;
    private final String dedicated;

    RlsScript(String schema, String owner, String app, String prefix, TenantColumn column, String dedicated) {
        this.schema = quote(schema);
        this.owner = quote(owner);
        this.app = quote(app);
        this.prefix = prefix;
        this.column = column;
        this.dedicated = dedicated;
    }

    static String roles(String owner, String app) {
        return """
                do $aios$
                begin
                  if not exists (select from pg_catalog.pg_roles where rolname = %1$s) then
                    create role %2$s nologin;
                  end if;
                  if not exists (select from pg_catalog.pg_roles where rolname = %3$s) then
                    create role %4$s login;
                  end if;
                  execute pg_catalog.format('revoke all on database %%I from public', pg_catalog.current_database());
                  execute pg_catalog.format('grant connect on database %%I to %%I', pg_catalog.current_database(), %3$s);
                end
                $aios$;
                alter role %4$s nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
                revoke all on schema public from public;
                revoke execute on function pg_catalog.pg_terminate_backend(integer, bigint) from public;
                revoke execute on function pg_catalog.pg_cancel_backend(integer) from public;
                """.formatted(literal(owner), quote(owner), literal(app), quote(app));
    }

    /** The loud function's body as the verifier expects it. */
    static String currentOrgBody(String quotedSchema, TenantColumn column) {
        String setting = "pg_catalog.current_setting(" + literal(column.setting()) + ", true)";
        return " select (case when " + setting + " <> '' then " + setting + " else " + quotedSchema
                + ".missing_org() end)::" + column.type().sql() + " ";
    }

    static String missingOrgBody(TenantColumn column) {
        return " begin raise exception '" + column.setting()
                + " is not set in this transaction' using errcode = '42501'; end ";
    }

    void open() {
        String body = currentOrgBody(schema, column);
        line("create schema %s authorization %s;", schema, owner);
        line("set local role %s;", owner);
        line("grant usage on schema %s to %s;", schema, app);
        line("create function %s.missing_org() returns text language plpgsql stable parallel safe", schema);
        line("  set search_path = pg_catalog, pg_temp as $aios$%s$aios$;", missingOrgBody(column));
        line(
                "create function %s.current_org() returns %s",
                schema, column.type().sql());
        line("  language sql stable parallel safe as $aios$%s$aios$;", body);
        line("revoke all on function %s.missing_org(), %s.current_org() from public;", schema, schema);
        line("grant execute on function %s.missing_org(), %s.current_org() to %s;", schema, schema, app);
        String canary = schema + "." + quote(CANARY);
        line("create table %s (%s, token text not null, primary key (%s));", canary, column.definition(), col());
        secure(canary);
    }

    void table(TenantTable table) {
        String name = qualified(table.name());
        List<String> parts = new ArrayList<>();
        parts.add(column.definition());
        table.columns().forEach(c -> parts.add(quote(c.name()) + " " + c.definition()));
        if (!dedicated.isEmpty()) {
            parts.add("check " + dedicated);
        }
        parts.add("primary key (" + keyed(table.key()) + ")");
        table.unique().forEach(u -> parts.add("unique (" + keyed(u) + ")"));
        for (TenantTable.Parent parent : table.parents()) {
            parts.add("foreign key (" + keyed(parent.columns()) + ") references " + qualified(parent.table()));
        }
        String partitioned = table.partitions() > 0 ? " partition by hash (" + col() + ")" : "";
        line("create table %s (\n  %s\n)%s;", name, String.join(",\n  ", parts), partitioned);
        for (TenantTable.Column c : table.columns()) {
            if (c.secret()) {
                line("alter table %s alter column %s set statistics 0;", name, quote(c.name()));
            }
        }
        table.indexes().forEach(index -> line("create index on %s (%s);", name, keyed(index)));
        secure(name);
        for (int i = 0; i < table.partitions(); i++) {
            String child = qualified(table.name() + "_p" + i);
            line(
                    "create table %s partition of %s for values with (modulus %d, remainder %d);",
                    child, name, table.partitions(), i);
            for (TenantTable.Column c : table.columns()) {
                if (c.secret()) {
                    line("alter table %s alter column %s set statistics 0;", child, quote(c.name()));
                }
            }
            isolate(child);
        }
    }

    void close() {
        line("reset role;");
        line("set local role %s;", app);
        canary(column.type().canaryA(), "a");
        canary(column.type().canaryB(), "b");
        line("select pg_catalog.set_config(%s, '', true);", literal(column.setting()));
        line("reset role;");
    }

    private void canary(String org, String token) {
        line("select pg_catalog.set_config(%s, %s, true);", literal(column.setting()), literal(org));
        line("insert into %s.%s values (%s, %s);", schema, quote(CANARY), literal(org), literal(token));
    }

    /** Policies and grants of one table, given with its schema and quoted. */
    void secure(String table) {
        isolate(table);
        line("grant select, insert, update, delete on %s to %s;", table, app);
    }

    private void isolate(String table) {
        String is = col() + " = (select " + schema + ".current_org())";
        line("alter table %s enable row level security;", table);
        line("alter table %s force row level security;", table);
        line("create policy %s on %s as permissive for all to %s", TENANT_POLICY, table, app);
        line("  using (%s) with check (%s);", is, is);
        line("create policy %s on %s as restrictive for all to public", GUARD_POLICY, table);
        line("  using (%s) with check (%s);", is, is);
    }

    private String qualified(String table) {
        return schema + "." + quote(prefix + table);
    }

    private String col() {
        return column.quoted();
    }

    private String keyed(List<String> columns) {
        StringBuilder keyed = new StringBuilder(col());
        columns.forEach(c -> keyed.append(", ").append(quote(c)));
        return keyed.toString();
    }

    @FormatMethod
    private void line(@FormatString String format, Object... args) {
        sql.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    @Override
    public String toString() {
        return sql.toString();
    }
}
