package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.IsolationCheck.error;
import static io.aios.tenancy.rls.IsolationCheck.warn;

import java.util.List;

/** Views, functions, sequences, and what the server does for all databases. */
final class ObjectChecks {
    static final List<IsolationCheck> ALL = List.of(
            error(
                    "V01",
                    "a view runs as a role that policies do not bind",
                    "alter view {} set (security_invoker = true); on PostgreSQL 14 revoke it",
                    "select fq, 'owner ' || ownername from tenantview where bypasses and not invoker"),
            warn(
                    "V02",
                    "a view runs as its owner, not as the caller",
                    "alter view {} set (security_invoker = true);",
                    "select fq, 'owner ' || ownername from tenantview where not bypasses and not invoker"),
            error(
                    "V03",
                    "a materialized view keeps rows of all tenants and carries no policy",
                    "revoke all on {} from the login;",
                    "select fq, '' from rel where kind = 'm' and reachable"),
            error(
                    "F01",
                    "the login can run a function as a role that policies do not bind",
                    "revoke execute on function {} from public, and from the login;",
                    """
                    select f.sig, 'owner ' || f.ownername from func f where f.prosecdef and f.bypasses and f.callable
                      and f.sig not in (select s from trusted)
                    """),
            error(
                    "F02",
                    "a SECURITY DEFINER function takes names from the caller's search path",
                    "alter function {} set search_path = pg_catalog, pg_temp;",
                    """
                    select f.sig, '' from func f where f.prosecdef and f.callable and not exists
                      (select from unnest(coalesce(f.proconfig, '{}')) c(entry) where c.entry like 'search_path=%')
                    """),
            error(
                    "F03",
                    "a function declared LEAKPROOF sees rows before the policies drop them",
                    "alter function {} not leakproof;",
                    "select f.sig, '' from func f where f.proleakproof"),
            error(
                    "F04",
                    "the login can read files, pages or other servers past the policies",
                    "revoke execute on function {} from public, and from the login;",
                    """
                    select p.oid::regprocedure::text, '' from pg_catalog.pg_proc p
                    where (p.proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_ls_waldir',
                          'pg_ls_logdir', 'lo_import', 'lo_export', 'get_raw_page', 'heap_page_items',
                          'heap_page_item_attrs', 'pg_current_logfile')
                        or p.proname like 'dblink%' or p.proname like 'pg\\_get\\_wal\\_record%'
                        or p.proname like 'pg\\_get\\_wal\\_block%')
                      and exists (select from login l where pg_catalog.has_function_privilege(l.oid, p.oid, 'EXECUTE'))
                    """),
            warn(
                    "F05",
                    "all tenants share one login, so one can cancel another's statements",
                    "revoke execute on function {} from public;",
                    """
                    select p.oid::regprocedure::text, '' from pg_catalog.pg_proc p
                    where p.proname in ('pg_terminate_backend', 'pg_cancel_backend')
                      and exists (select from login l where pg_catalog.has_function_privilege(l.oid, p.oid, 'EXECUTE'))
                    """),
            error(
                    "F06",
                    "the login can use a foreign server, which knows no tenant",
                    "revoke usage on foreign server {} from public, and from the login;",
                    """
                    select s.srvname::text, '' from pg_catalog.pg_foreign_server s
                    where exists (select from login l where pg_catalog.has_server_privilege(l.oid, s.oid, 'USAGE'))
                    """),
            error(
                    "F07",
                    "current_org() is not the function this library ships",
                    "create or replace function {} as RlsSchema writes it;",
                    """
                    select '@schema@.current_org()', 'body' where not exists (select from func f
                      where f.nsp = '@schema@' and f.proname = 'current_org' and f.pronargs = 0
                        and f.prosrc = @current_body@)
                    """),
            error(
                    "F08",
                    "current_org() has other properties than the one this library ships",
                    "create or replace function {} stable security invoker; and give it to the schema's owner",
                    """
                    select f.sig, 'volatility ' || f.provolatile::text || ', owner ' || f.ownername from func f
                    where f.nsp = '@schema@' and f.proname in ('current_org', 'missing_org') and (f.provolatile <> 's'
                      or f.prosecdef or f.bypasses or f.proowner in (select oid from reach)
                      or exists (select from expected e where e.owner <> f.proowner))
                    """),
            error(
                    "F09",
                    "missing_org() does not raise as the one this library ships",
                    "create or replace function {} as RlsSchema writes it;",
                    """
                    select '@schema@.missing_org()', 'body' where not exists (select from func f
                      where f.nsp = '@schema@' and f.proname = 'missing_org' and f.pronargs = 0
                        and f.prosrc = @missing_body@)
                    """),
            warn(
                    "F10",
                    "the login can run a function as another role",
                    "make function {} security invoker, or declare it trusted to the verifier",
                    """
                    select f.sig, 'owner ' || f.ownername from func f
                    where f.prosecdef and not f.bypasses and f.callable and f.sig not in (select s from trusted)
                    """),
            warn(
                    "F11",
                    "the login can run a function in a language that reaches the operating system",
                    "revoke execute on function {} from public, and from the login; or declare it trusted",
                    """
                    select f.sig, 'language ' || f.language from func f
                    where f.untrusted and f.callable and f.sig not in (select s from trusted)
                    """),
            warn("F12", "an extension that reads past the policies is installed", "drop extension {};", """
                    select e.extname::text, '' from pg_catalog.pg_extension e
                    where e.extname in ('dblink', 'postgres_fdw', 'file_fdw', 'pageinspect', 'adminpack',
                      'pg_walinspect', 'pg_visibility', 'pg_surgery', 'pg_dirtyread')
                    """),
            error(
                    "F13",
                    "an operator of the host stands in a tenant schema under a name the policies use",
                    "drop operator {};",
                    """
                    select n.nspname || '.' || o.oprname, o.oid::regoperator::text from pg_catalog.pg_operator o
                    join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
                    where n.nspname in (select s from schemas) and o.oprname in ('=', '<>')
                    """),
            warn(
                    "X01",
                    "default privileges hand out future tables before their policies stand",
                    "alter default privileges in schema {} revoke all on tables from the login, and from public;",
                    """
                    select coalesce(n.nspname::text, 'all schemas'), a.privilege_type from pg_catalog.pg_default_acl d
                    left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
                    cross join lateral pg_catalog.aclexplode(d.defaclacl) a
                    where d.defaclobjtype = 'r' and a.grantee <> d.defaclrole
                      and (a.grantee = 0 or a.grantee in (select oid from reach))
                    """),
            warn(
                    "X02",
                    "a shared statistics view shows other tenants' statements",
                    "revoke select on {} from public;",
                    """
                    select c.oid::regclass::text, '' from pg_catalog.pg_class c
                    where c.relname = 'pg_stat_statements'
                      and exists (select from login l where pg_catalog.has_table_privilege(l.oid, c.oid, 'SELECT'))
                    """),
            error(
                    "X03",
                    "this server lacks fixes of row-level security (CVE-2023-2455, 2023-39418, 2024-10976, 2025-8713)",
                    "upgrade from {} to the newest minor version",
                    """
                    select 'PostgreSQL ' || pg_catalog.current_setting('server_version'), ''
                    from (select pg_catalog.current_setting('server_version_num')::int) v(num)
                    where v.num < 140000 or (v.num between 140000 and 140018) or (v.num between 150000 and 150013)
                      or (v.num between 160000 and 160009) or (v.num between 170000 and 170005)
                    """),
            warn(
                    "X04",
                    "a publication for all tables sends every tenant's rows",
                    "drop publication {};",
                    "select pubname::text, '' from pg_catalog.pg_publication where puballtables"),
            warn(
                    "X05",
                    "a logical replication slot streams every tenant's changes to whoever reads it",
                    "select pg_drop_replication_slot('{}');",
                    """
                    select slot_name::text, '' from pg_catalog.pg_replication_slots
                    where slot_type = 'logical' and database = pg_catalog.current_database()
                    """),
            warn(
                    "X06",
                    "transactions prepared under the shared login can be finished by any tenant",
                    "alter system set {} = 0;",
                    """
                    select 'max_prepared_transactions', pg_catalog.current_setting('max_prepared_transactions')
                    where pg_catalog.current_setting('max_prepared_transactions') <> '0'
                    """),
            warn("X07", "large objects ignore their privileges", "alter system set {} = off;", """
                    select 'lo_compat_privileges', '' where pg_catalog.current_setting('lo_compat_privileges') = 'on'
                    """),
            warn(
                    "X08",
                    "an event trigger runs code of its own at every change of the schema",
                    "drop event trigger {};",
                    "select evtname::text, '' from pg_catalog.pg_event_trigger where evtenabled <> 'D'"),
            warn(
                    "S01",
                    "a shared sequence reveals how fast other tenants write",
                    "revoke all on sequence {} from the login; and use uuid keys",
                    """
                    select c.oid::regclass::text, '' from pg_catalog.pg_class c
                    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'S' and n.nspname in (select s from schemas) and exists (select from login l
                      where pg_catalog.has_sequence_privilege(l.oid, c.oid, 'USAGE, SELECT, UPDATE'))
                    """),
            warn(
                    "S02",
                    "large objects of the shared login belong to no tenant",
                    "select lo_unlink(oid) from pg_largeobject_metadata; owned by {}",
                    """
                    select r.rolname::text, count(*)::text from pg_catalog.pg_largeobject_metadata m
                    join reach r on r.oid = m.lomowner group by r.rolname
                    """));

    private ObjectChecks() {}
}
