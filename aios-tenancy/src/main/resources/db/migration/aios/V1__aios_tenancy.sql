do $aios$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'aios_owner') then
    create role "aios_owner" nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'aios_app') then
    create role "aios_app" login;
  end if;
  execute pg_catalog.format('revoke all on database %I from public', pg_catalog.current_database());
  execute pg_catalog.format('grant connect on database %I to %I', pg_catalog.current_database(), 'aios_app');
end
$aios$;
alter role "aios_app" nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
revoke all on schema public from public;
revoke execute on function pg_catalog.pg_terminate_backend(integer, bigint) from public;
revoke execute on function pg_catalog.pg_cancel_backend(integer) from public;

create schema "aios" authorization "aios_owner";
set local role "aios_owner";
grant usage on schema "aios" to "aios_app";
create function "aios".missing_org() returns text language plpgsql stable parallel safe
  set search_path = pg_catalog, pg_temp as $aios$ begin raise exception 'app.org_id is not set in this transaction' using errcode = '42501'; end $aios$;
create function "aios".current_org() returns text
  language sql stable parallel safe as $aios$ select (case when pg_catalog.current_setting('app.org_id', true) <> '' then pg_catalog.current_setting('app.org_id', true) else "aios".missing_org() end)::text $aios$;
revoke all on function "aios".missing_org(), "aios".current_org() from public;
grant execute on function "aios".missing_org(), "aios".current_org() to "aios_app";
create table "aios"."canary" ("org_id" text collate "C" not null check ("org_id" <> ''), token text not null, primary key ("org_id"));
alter table "aios"."canary" enable row level security;
alter table "aios"."canary" force row level security;
create policy aios_tenant on "aios"."canary" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."canary" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."canary" to "aios_app";
create table "aios"."agents" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."agents" alter column "body" set statistics 0;
create index on "aios"."agents" ("org_id", "created_at");
create index on "aios"."agents" ("org_id", "status");
alter table "aios"."agents" enable row level security;
alter table "aios"."agents" force row level security;
create policy aios_tenant on "aios"."agents" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."agents" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."agents" to "aios_app";
create table "aios"."agent_configs" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."agent_configs" alter column "body" set statistics 0;
create index on "aios"."agent_configs" ("org_id", "created_at");
create index on "aios"."agent_configs" ("org_id", "status");
alter table "aios"."agent_configs" enable row level security;
alter table "aios"."agent_configs" force row level security;
create policy aios_tenant on "aios"."agent_configs" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."agent_configs" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."agent_configs" to "aios_app";
create table "aios"."knowledge_entries" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."knowledge_entries" alter column "body" set statistics 0;
create index on "aios"."knowledge_entries" ("org_id", "created_at");
create index on "aios"."knowledge_entries" ("org_id", "status");
alter table "aios"."knowledge_entries" enable row level security;
alter table "aios"."knowledge_entries" force row level security;
create policy aios_tenant on "aios"."knowledge_entries" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."knowledge_entries" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."knowledge_entries" to "aios_app";
create table "aios"."audit_logs" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."audit_logs" alter column "body" set statistics 0;
create index on "aios"."audit_logs" ("org_id", "created_at");
create index on "aios"."audit_logs" ("org_id", "status");
alter table "aios"."audit_logs" enable row level security;
alter table "aios"."audit_logs" force row level security;
create policy aios_tenant on "aios"."audit_logs" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."audit_logs" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."audit_logs" to "aios_app";
create table "aios"."deployments" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."deployments" alter column "body" set statistics 0;
create index on "aios"."deployments" ("org_id", "created_at");
create index on "aios"."deployments" ("org_id", "status");
alter table "aios"."deployments" enable row level security;
alter table "aios"."deployments" force row level security;
create policy aios_tenant on "aios"."deployments" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."deployments" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."deployments" to "aios_app";
create table "aios"."policies" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."policies" alter column "body" set statistics 0;
create index on "aios"."policies" ("org_id", "created_at");
create index on "aios"."policies" ("org_id", "status");
alter table "aios"."policies" enable row level security;
alter table "aios"."policies" force row level security;
create policy aios_tenant on "aios"."policies" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."policies" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."policies" to "aios_app";
create table "aios"."conversations" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."conversations" alter column "body" set statistics 0;
create index on "aios"."conversations" ("org_id", "created_at");
create index on "aios"."conversations" ("org_id", "status");
alter table "aios"."conversations" enable row level security;
alter table "aios"."conversations" force row level security;
create policy aios_tenant on "aios"."conversations" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."conversations" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."conversations" to "aios_app";
create table "aios"."messages" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "id" uuid not null default gen_random_uuid(),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'active',
  "body" jsonb not null default '{}',
  primary key ("org_id", "id")
);
alter table "aios"."messages" alter column "body" set statistics 0;
create index on "aios"."messages" ("org_id", "created_at");
create index on "aios"."messages" ("org_id", "status");
alter table "aios"."messages" enable row level security;
alter table "aios"."messages" force row level security;
create policy aios_tenant on "aios"."messages" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."messages" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."messages" to "aios_app";
create table "aios"."decision_traces" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "trace_id" text collate "C" not null check (length(trace_id) between 1 and 128),
  "trace_hash" text collate "C" not null check (trace_hash ~ '^[0-9a-f]{64}$'),
  "record_hash" text collate "C" not null check (record_hash ~ '^[0-9a-f]{64}$'),
  "created_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'sealed',
  "body" bytea not null,
  primary key ("org_id", "trace_id")
);
alter table "aios"."decision_traces" alter column "body" set statistics 0;
create index on "aios"."decision_traces" ("org_id", "created_at");
create index on "aios"."decision_traces" ("org_id", "status");
create index on "aios"."decision_traces" ("org_id", "trace_hash");
alter table "aios"."decision_traces" enable row level security;
alter table "aios"."decision_traces" force row level security;
create policy aios_tenant on "aios"."decision_traces" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."decision_traces" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."decision_traces" to "aios_app";
create table "aios"."idempotency_keys" (
  "org_id" text collate "C" not null check ("org_id" <> ''),
  "provider" text collate "C" not null check (length(provider) between 1 and 128),
  "external_id" text collate "C" not null check (length(external_id) between 1 and 512),
  "event_type" text collate "C" not null check (length(event_type) between 1 and 128),
  "payload_hash" text collate "C" not null check (payload_hash ~ '^[0-9a-f]{64}$'),
  "created_at" timestamptz not null default clock_timestamp(),
  "result" text,
  primary key ("org_id", "provider", "external_id", "event_type")
);
alter table "aios"."idempotency_keys" alter column "result" set statistics 0;
create index on "aios"."idempotency_keys" ("org_id", "created_at");
alter table "aios"."idempotency_keys" enable row level security;
alter table "aios"."idempotency_keys" force row level security;
create policy aios_tenant on "aios"."idempotency_keys" as permissive for all to "aios_app"
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
create policy aios_tenant_guard on "aios"."idempotency_keys" as restrictive for all to public
  using ("org_id" = (select "aios".current_org())) with check ("org_id" = (select "aios".current_org()));
grant select, insert, update, delete on "aios"."idempotency_keys" to "aios_app";
reset role;
set local role "aios_app";
select pg_catalog.set_config('app.org_id', 'aios-canary-a', true);
insert into "aios"."canary" values ('aios-canary-a', 'a');
select pg_catalog.set_config('app.org_id', 'aios-canary-b', true);
insert into "aios"."canary" values ('aios-canary-b', 'b');
select pg_catalog.set_config('app.org_id', '', true);
reset role;
