package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.IsolationCheck.error;
import static io.aios.tenancy.rls.IsolationCheck.warn;

import java.util.List;

/** Who the login is, what it can become, and what its sessions start with. */
final class RoleChecks {
    static final List<IsolationCheck> ALL = List.of(
            error(
                    "R01",
                    "the login is or can become a superuser, whom no policy binds; nothing else was looked at",
                    "connect as the application's own login; should this be it, alter role {} nosuperuser;",
                    "select rolname::text, '' from reach where rolsuper"),
            error(
                    "R02",
                    "the login is or can become a role with BYPASSRLS",
                    "alter role {} nobypassrls;",
                    "select rolname::text, '' from reach where rolbypassrls"),
            error(
                    "R03",
                    "replication streams every tenant's rows",
                    "alter role {} noreplication;",
                    "select rolname::text, '' from reach where rolreplication"),
            error(
                    "R04",
                    "a role that creates roles can widen its own membership",
                    "alter role {} nocreaterole;",
                    "select rolname::text, '' from reach where rolcreaterole"),
            error(
                    "R05",
                    "the login is a member of a predefined role that reads or writes past the policies",
                    "revoke {} from the login;",
                    """
                    select rolname::text, '' from reach
                    where rolname in ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
                      'pg_write_server_files', 'pg_execute_server_program', 'pg_maintain', 'pg_create_subscription',
                      'pg_signal_backend', 'pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings',
                      'pg_stat_scan_tables', 'pg_checkpoint', 'pg_use_reserved_connections')
                    """),
            error(
                    "R06",
                    "the login can act as the table's owner, who can drop its policies",
                    "alter table {} owner to a role that nobody can become;",
                    """
                    select t.fq, 'owner ' || r.rolname from tenant t join reach r on r.oid = t.owner
                    """),
            error(
                    "R07",
                    "the login can create objects in a schema it reads names from",
                    "revoke create on schema {} from public, and from the login;",
                    """
                    select n.nspname::text, '' from pg_catalog.pg_namespace n
                    where (n.nspname = any (array(select s from schemas))
                        or n.nspname = any (pg_catalog.current_schemas(false)))
                      and exists (select from login l where pg_catalog.has_schema_privilege(l.oid, n.oid, 'CREATE'))
                    """),
            error(
                    "R08",
                    "the login can create schemas in the database",
                    "revoke create on database {} from public, and from the login;",
                    """
                    select pg_catalog.current_database()::text, '' from login l
                    where pg_catalog.has_database_privilege(l.oid, pg_catalog.current_database(), 'CREATE')
                    """),
            warn(
                    "R09",
                    "temporary tables outlive the tenant's scope on a pooled connection",
                    "revoke temporary on database {} from public;",
                    """
                    select pg_catalog.current_database()::text, '' from login l
                    where pg_catalog.has_database_privilege(l.oid, pg_catalog.current_database(), 'TEMP')
                    """),
            error(
                    "R10",
                    "a stored setting gives sessions a tenant, a role, no policies or other strings before a scope opens",
                    "alter role {} reset the setting; or alter database ... reset the setting;",
                    """
                    select coalesce(r.rolname::text, 'all roles'), c.entry
                    from pg_catalog.pg_db_role_setting s
                    left join pg_catalog.pg_roles r on r.oid = s.setrole
                    cross join lateral unnest(s.setconfig) c(entry)
                    where (s.setrole = 0 or s.setrole in (select oid from reach))
                      and (s.setdatabase = 0 or s.setdatabase =
                        (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
                      and lower(split_part(c.entry, '=', 1)) in
                        ('@setting@', 'role', 'row_security', 'session_replication_role', 'session_authorization',
                          'standard_conforming_strings')
                    """),
            error(
                    "R11",
                    "the session has a tenant outside every scope",
                    "remove {} from the connection's options;",
                    """
                    select '@setting@', pg_catalog.current_setting('@setting@', true)
                    where coalesce(pg_catalog.current_setting('@setting@', true), '') <> ''
                    """),
            error(
                    "R12",
                    "row security is switched off for the session",
                    "set row_security = on; and remove it from the connection's options",
                    """
                    select 'row_security', pg_catalog.current_setting('row_security')
                    where pg_catalog.current_setting('row_security') <> 'on'
                    """),
            error(
                    "R13",
                    "the login can create databases and copy what it can connect to",
                    "alter role {} nocreatedb;",
                    "select rolname::text, '' from reach where rolcreatedb"),
            error(
                    "R14",
                    "the login owns the database and can change its settings and schemas",
                    "alter database {} owner to a role that nobody can become;",
                    """
                    select d.datname::text, '' from pg_catalog.pg_database d
                    join reach r on r.oid = d.datdba where d.datname = pg_catalog.current_database()
                    """),
            warn("R15", "the owner of tenant tables can log in and drop their policies", "alter role {} nologin;", """
                    select distinct r.rolname::text, '' from tenant t join pg_catalog.pg_roles r on r.oid = t.owner
                    where r.rolcanlogin and not r.rolsuper
                    """),
            warn(
                    "R16",
                    "the login is a member of another role, whose later grants it would share",
                    "revoke {} from the login;",
                    """
                    select r.rolname::text, '' from reach r
                    where not exists (select from login l where l.oid = r.oid)
                    """),
            error("R17", "the session skips triggers and foreign keys", "set session_replication_role = origin;", """
                    select 'session_replication_role', pg_catalog.current_setting('session_replication_role')
                    where pg_catalog.current_setting('session_replication_role') <> 'origin'
                    """),
            error("R18", "the login can pass on its grants", "revoke grant option for all on {} from the login;", """
                    select r.fq, a.privilege_type from rel r
                    cross join lateral pg_catalog.aclexplode(r.acl) a
                    where a.is_grantable and a.grantee in (select oid from reach where oid <> r.owner)
                    """),
            error(
                    "R19",
                    "the login owns a schema of tenant tables and can drop or rename what is in it",
                    "alter schema {} owner to a role that nobody can become;",
                    """
                    select n.nspname::text, '' from pg_catalog.pg_namespace n join reach r on r.oid = n.nspowner
                    where n.nspname in (select s from schemas)
                    """));

    private RoleChecks() {}
}
