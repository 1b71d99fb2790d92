package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.Identifiers.literal;
import static io.aios.tenancy.rls.Identifiers.quote;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** All catalog checks as one statement over shared tables, so that verifying costs one round trip. */
final class IsolationQuery {
    static final List<IsolationCheck> CHECKS = checks();

    /** What the checks look at: roles the login can become, relations, policies, views and functions. */
    private static final String SHARED_TABLES = """
            with recursive
            schemas(s) as (select unnest(@schemas@::text[])),
            shared(t) as (select unnest(@shared@::text[])),
            trusted(s) as (select unnest(@trusted@::text[])),
            login as (select r.oid, r.rolname from pg_catalog.pg_roles r where r.rolname in (current_user, session_user)),
            reach as (
              select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolreplication, r.rolcreaterole, r.rolcreatedb
              from pg_catalog.pg_roles r
              where exists (select from login l where pg_catalog.pg_has_role(l.oid, r.oid, 'MEMBER'))),
            member(oid) as (
              select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where n.nspname in (select s from schemas) and c.relkind in ('r', 'p', 'v', 'm', 'f')
              union select i.inhrelid from pg_catalog.pg_inherits i join member m on m.oid = i.inhparent
              join pg_catalog.pg_class k on k.oid = i.inhrelid and k.relkind in ('r', 'p', 'f')),
            rel as materialized (
              select c.oid, n.nspname as nsp, c.relname as name, pg_catalog.format('%I.%I', n.nspname, c.relname) as fq,
                c.relkind as kind, c.relowner as owner, c.relrowsecurity as rls, c.relforcerowsecurity as forced,
                c.relispartition as partition, c.relacl as acl, a.attnum as col, a.attnotnull as required,
                a.atttypid as typ, a.attcollation as coll, a.atthasdef as hasdefault,
                exists (select from login l
                  where pg_catalog.has_table_privilege(l.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                    or pg_catalog.has_any_column_privilege(l.oid, c.oid, 'SELECT, INSERT, UPDATE')) as reachable
              from member m join pg_catalog.pg_class c on c.oid = m.oid
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = @column_text@
                and a.attnum > 0 and not a.attisdropped),
            tenant as materialized (select * from rel where kind in ('r', 'p') and col is not null),
            policy as materialized (
              select p.oid, p.polrelid as relid, t.fq, p.polname::text as polname, p.polpermissive, p.polcmd, p.polroles,
                pg_catalog.pg_get_expr(p.polqual, p.polrelid) as q,
                pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as w
              from pg_catalog.pg_policy p join tenant t on t.oid = p.polrelid),
            expected as materialized (
              select p.q, t.owner from policy p join tenant t on t.oid = p.relid
              where t.nsp = '@schema@' and t.name = 'canary' and p.polname = 'aios_tenant_guard'
                and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}' and p.q = p.w and t.rls and t.forced
                and p.q = @expected_policy@),
            func as materialized (
              select p.oid, p.oid::regprocedure::text as sig, n.nspname::text as nsp, p.proname::text as proname,
                p.pronargs, p.prosrc, p.prosecdef, p.proleakproof, p.provolatile, p.proconfig, p.proowner,
                o.rolname::text as ownername, o.rolsuper or o.rolbypassrls as bypasses,
                g.lanname::text as language, g.lanispl and not g.lanpltrusted as untrusted,
                exists (select from login l where pg_catalog.has_function_privilege(l.oid, p.oid, 'EXECUTE'))
                  as callable
              from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
              join pg_catalog.pg_roles o on o.oid = p.proowner
              join pg_catalog.pg_language g on g.oid = p.prolang
              where p.oid >= 16384),
            tenantview as materialized (
              select distinct v.oid, pg_catalog.format('%I.%I', n.nspname, v.relname) as fq, o.rolname as ownername,
                o.rolsuper or o.rolbypassrls as bypasses,
                coalesce(lower(v.reloptions::text) ~ 'security_invoker=(true|on|yes|1)', false) as invoker
              from pg_catalog.pg_class v join pg_catalog.pg_namespace n on n.oid = v.relnamespace
              join pg_catalog.pg_roles o on o.oid = v.relowner
              join pg_catalog.pg_rewrite w on w.ev_class = v.oid
              join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
                and d.refclassid = 'pg_catalog.pg_class'::regclass
              where v.relkind = 'v' and (n.nspname in (select s from schemas) or d.refobjid in (select oid from rel))
                and n.nspname not in ('pg_catalog', 'information_schema')
                and exists (select from login l where
                  pg_catalog.has_table_privilege(l.oid, v.oid, 'SELECT, INSERT, UPDATE, DELETE')))
            """;

    private IsolationQuery() {}

    private static List<IsolationCheck> checks() {
        List<IsolationCheck> all = new ArrayList<>(RoleChecks.ALL);
        all.addAll(TableChecks.ALL);
        all.addAll(ObjectChecks.ALL);
        return List.copyOf(all);
    }

    static String sql(
            String schema,
            Collection<String> schemas,
            TenantColumn column,
            Collection<String> shared,
            Collection<String> trusted,
            String dedicated) {
        StringBuilder sql = new StringBuilder(SHARED_TABLES);
        String separator = "select * from (";
        for (IsolationCheck check : CHECKS) {
            sql.append(separator).append("select ").append(literal(check.id())).append(", x.* from (");
            sql.append(check.sql().strip()).append(") x(object, detail)\n");
            separator = "union all ";
        }
        sql.append(") f(id, object, detail) order by 1, 2, 3");
        return sql.toString()
                .replace("@schemas@", array(schemas))
                .replace("@shared@", array(shared))
                .replace("@trusted@", array(trusted))
                .replace("@schema@", Identifiers.checkName("schema", schema))
                .replace("@setting@", column.setting())
                .replace("@column_text@", literal(column.name()))
                .replace("@type@", column.type().sql())
                .replace("@current_body@", literal(RlsScript.currentOrgBody(quote(schema), column)))
                .replace("@missing_body@", literal(RlsScript.missingOrgBody(column)))
                .replace("@dedicated@", literal(dedicated.isEmpty() ? "" : column.only(dedicated)))
                .replace("@expected_policy@", literal(expectedPolicy(schema, column)));
    }

    /** The guard as every supported server prints it. */
    private static String expectedPolicy(String schema, TenantColumn column) {
        return "(" + column.name() + " = ( SELECT " + schema + ".current_org() AS current_org))";
    }

    static String fix(String template, String schema, TenantColumn column) {
        return template.replace("@schema@", schema)
                .replace("@column@", column.name())
                .replace("@type@", column.type().sql());
    }

    private static String array(Collection<String> texts) {
        return texts.stream().map(Identifiers::literal).collect(Collectors.joining(", ", "array[", "]"));
    }
}
