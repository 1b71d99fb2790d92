package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.IsolationCheck.error;
import static io.aios.tenancy.rls.IsolationCheck.warn;

import java.util.List;

/** Tables, their policies, keys and grants. */
final class TableChecks {
    static final List<IsolationCheck> ALL = List.of(
            error(
                    "T00",
                    "the canary table or its guard policy is missing, so there is nothing to compare policies with",
                    "create the schema with RlsSchema",
                    "select '@schema@.canary', '' where not exists (select from expected)"),
            error(
                    "T01",
                    "row-level security is not enabled",
                    "alter table {} enable row level security;",
                    "select fq, '' from tenant where not rls"),
            error(
                    "T02",
                    "row-level security does not bind the owner, and so no function or view of the owner",
                    "alter table {} force row level security;",
                    "select fq, '' from tenant where not forced"),
            error(
                    "T03",
                    "the server says that policies do not apply to this login",
                    "connect as a role that neither owns {} nor bypasses policies",
                    "select fq, '' from tenant where reachable and not pg_catalog.row_security_active(oid)"),
            error(
                    "T04",
                    "no RESTRICTIVE policy for ALL commands TO PUBLIC stands guard: one more permissive policy opens it",
                    "create policy aios_tenant_guard on {} as restrictive for all to public using"
                            + " (@column@ = (select @schema@.current_org())) with check (@column@ = (select"
                            + " @schema@.current_org()));",
                    """
                    select t.fq, '' from tenant t where not exists (select from policy p, expected e
                      where p.relid = t.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
                        and p.q = e.q and coalesce(p.w, p.q) = e.q)
                    """),
            error(
                    "T05",
                    "a permissive policy lets through more than the tenant's rows",
                    "drop or rewrite the policy on {};",
                    """
                    select p.fq, 'policy ' || p.polname from policy p
                    where p.polpermissive and exists (select from expected) and not exists (select from expected e
                      where (p.polcmd = 'a' or p.q = e.q) and (p.w is null or p.w = e.q)
                        and (p.polcmd <> 'a' or p.w is not null))
                    """),
            error(
                    "T06",
                    "a policy calls an IMMUTABLE function, whose result a cached plan keeps for the next tenant",
                    "declare the function of the policy on {} stable;",
                    """
                    select distinct p.fq, f.oid::regprocedure::text from policy p
                    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_proc'::regclass
                    join pg_catalog.pg_proc f on f.oid = d.refobjid
                    where f.provolatile = 'i' and f.oid >= 16384
                    """),
            error(
                    "T07",
                    "the tenant column may be null",
                    "alter table {} alter column @column@ set not null;",
                    "select fq, '' from tenant where not required"),
            error(
                    "T08",
                    "the tenant column's type compares different texts as equal",
                    "alter table {} alter column @column@ type text;",
                    """
                    select fq, pg_catalog.format_type(typ, null) from tenant
                    where (select y.typname from pg_catalog.pg_type y where y.oid = typ)
                      in ('bpchar', 'citext', 'name', 'char')
                    """),
            error(
                    "T09",
                    "the tenant column's collation compares different texts as equal",
                    "alter table {} alter column @column@ type text collate \"C\";",
                    """
                    select t.fq, c.collname::text from tenant t join pg_catalog.pg_collation c on c.oid = t.coll
                    where not c.collisdeterministic
                    """),
            error(
                    "T10",
                    "the primary key omits the tenant: a refused insert tells that another tenant has the key",
                    "rebuild the primary key of {} with @column@ first;",
                    """
                    select t.fq, i.indexrelid::regclass::text from tenant t
                    join pg_catalog.pg_index i on i.indrelid = t.oid
                    where i.indisprimary and not t.col = any (i.indkey::int2[])
                    """),
            error(
                    "T11",
                    "a unique key omits the tenant: a refused insert tells that another tenant has the value",
                    "rebuild the unique key of {} with @column@ first;",
                    """
                    select t.fq, i.indexrelid::regclass::text from tenant t
                    join pg_catalog.pg_index i on i.indrelid = t.oid
                    where i.indisunique and not i.indisprimary and not t.col = any (i.indkey::int2[])
                    """),
            error(
                    "T12",
                    "a foreign key omits the tenant: it can refer to, and cascade from, another tenant's row",
                    "rebuild the foreign key of {} as (@column@, ...) references (@column@, ...);",
                    """
                    select t.fq, k.conname::text from tenant t
                    join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
                    join tenant p on p.oid = k.confrelid
                    where not exists (select from unnest(k.conkey, k.confkey) pair(child, parent)
                      where pair.child = t.col and pair.parent = p.col)
                    """),
            error(
                    "T13",
                    "the login holds a privilege that policies do not cover",
                    "revoke truncate, references, trigger on {} from the login, and from public;",
                    """
                    select r.fq, a.privilege_type from rel r cross join lateral pg_catalog.aclexplode(r.acl) a
                    where r.kind in ('r', 'p', 'f')
                      and a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
                      and (a.grantee = 0 or a.grantee in (select oid from reach where oid <> r.owner))
                    """),
            error(
                    "T14",
                    "the login reaches a table that has no tenant column and is not declared shared",
                    "add @column@ and policies to {}, or declare it shared to the verifier",
                    """
                    select fq, '' from rel where kind in ('r', 'p') and col is null and reachable
                      and fq not in (select t from shared)
                    """),
            error(
                    "T15",
                    "a foreign table cannot carry policies",
                    "revoke all on {} from the login;",
                    "select fq, '' from rel where kind = 'f' and reachable"),
            error("T16", "a rewrite rule runs as the table's owner and can redirect rows", "drop the rule on {};", """
                    select t.fq, w.rulename::text from tenant t join pg_catalog.pg_rewrite w on w.ev_class = t.oid
                    """),
            error(
                    "T17",
                    "a trigger runs as another role, which policies may not bind",
                    "make the trigger's function on {} security invoker;",
                    """
                    select t.fq, g.tgname::text from tenant t
                    join pg_catalog.pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
                    join pg_catalog.pg_proc f on f.oid = g.tgfoid where f.prosecdef
                    """),
            warn(
                    "T18",
                    "no index begins with the tenant column: every statement reads past other tenants' rows",
                    "create index on {} (@column@);",
                    """
                    select t.fq, '' from tenant t where not exists
                      (select from pg_catalog.pg_index i where i.indrelid = t.oid and i.indkey[0] = t.col)
                    """),
            warn(
                    "T19",
                    "a publication sends every tenant's rows to its subscribers",
                    "alter publication ... drop table {};",
                    """
                    select t.fq, b.pubname::text from tenant t
                    join pg_catalog.pg_publication_tables b on b.schemaname = t.nsp and b.tablename = t.name
                    """),
            error(
                    "T20",
                    "nothing keeps an empty tenant id out of the table",
                    "alter table {} add check (@column@ <> '');",
                    """
                    select t.fq, '' from tenant t where t.typ = 'text'::regtype and not t.partition and not exists
                      (select from pg_catalog.pg_constraint k where k.conrelid = t.oid and k.contype = 'c'
                        and k.convalidated and k.conkey = array[t.col]
                        and pg_catalog.pg_get_constraintdef(k.oid) like '%<> ''''::text%')
                    """),
            error(
                    "T21",
                    "the tenant column has a default: a row without a tenant falls to one silently",
                    "alter table {} alter column @column@ drop default;",
                    "select fq, '' from tenant where hasdefault"),
            error(
                    "T22",
                    "the tenant column's type is not the configured one",
                    "alter table {} alter column @column@ type @type@;",
                    """
                    select fq, pg_catalog.format_type(typ, null) from tenant
                    where pg_catalog.format_type(typ, null) <> '@type@'
                    """),
            warn(
                    "T23",
                    "a partition is granted directly, past whatever its parent is granted",
                    "revoke all on {} from the login;",
                    "select fq, '' from tenant where partition and reachable"),
            error(
                    "T24",
                    "an exclusion constraint omits the tenant: a refused insert tells of another tenant's row",
                    "rebuild the exclusion constraint of {} with @column@ with =;",
                    """
                    select t.fq, k.conname::text from tenant t
                    join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype = 'x'
                    where not t.col = any (k.conkey)
                    """),
            warn(
                    "T25",
                    "a permissive policy is given to PUBLIC, so roles nobody thought of see a tenant's rows",
                    "alter policy ... on {} to the application's role;",
                    """
                    select fq, 'policy ' || polname from policy where polpermissive and polroles = '{0}'
                    """),
            error("T26", "the table is granted to PUBLIC", "revoke all on {} from public;", """
                    select t.fq, a.privilege_type from tenant t cross join lateral pg_catalog.aclexplode(t.acl) a
                    where a.grantee = 0
                    """),
            error(
                    "T27",
                    "a trigger that keeps a foreign key is switched off",
                    "alter table {} enable trigger all;",
                    """
                    select t.fq, g.tgname::text from tenant t
                    join pg_catalog.pg_trigger g on g.tgrelid = t.oid and g.tgisinternal
                    where g.tgenabled in ('D', 'R')
                    """),
            error(
                    "T28",
                    "a constraint was never checked against the rows that were there before it",
                    "alter table {} validate constraint ...;",
                    """
                    select t.fq, k.conname::text from tenant t
                    join pg_catalog.pg_constraint k on k.conrelid = t.oid
                    where not k.convalidated and k.contype in ('c', 'f')
                    """),
            warn(
                    "T29",
                    "the table belongs to another role than the canary: its owner's rights are unknown",
                    "alter table {} owner to the schema's owner;",
                    """
                    select t.fq, pg_catalog.pg_get_userbyid(t.owner)::text from tenant t
                    join expected e on e.owner <> t.owner
                    """),
            warn(
                    "T30",
                    "a statistics object keeps combinations of values that estimates reveal",
                    "drop the statistics object on {};",
                    """
                    select t.fq, s.stxname::text from tenant t
                    join pg_catalog.pg_statistic_ext s on s.stxrelid = t.oid
                    """),
            error(
                    "T31",
                    "a table of a schema dedicated to one tenant takes rows of others",
                    "alter table {} add check (@column@ = the tenant's id);",
                    """
                    select t.fq, '' from tenant t where @dedicated@ <> '' and t.name <> 'canary' and not t.partition
                      and not exists (select from pg_catalog.pg_constraint k where k.conrelid = t.oid
                        and k.contype = 'c' and k.convalidated
                        and pg_catalog.pg_get_constraintdef(k.oid) = 'CHECK (' || @dedicated@ || ')')
                    """));

    private TableChecks() {}
}
