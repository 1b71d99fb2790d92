-- tag::column[]
-- The tenant of each row: from what tells it today, once.
alter table app.customers add column org_id text collate "C";
update app.customers set org_id = lower(company);
alter table app.tickets add column org_id text collate "C";
update app.tickets t set org_id = c.org_id from app.customers c where c.id = t.customer_id;

alter table app.customers alter column org_id set not null, add check (org_id <> '');
alter table app.tickets alter column org_id set not null, add check (org_id <> '');
-- end::column[]
-- tag::keys[]
-- The tenant begins every key, so that a refused insert tells nothing about another tenant.
alter table app.tickets drop constraint tickets_customer_id_fkey, drop constraint tickets_pkey;
alter table app.customers drop constraint customers_pkey, drop constraint customers_email_key;
alter table app.customers add primary key (org_id, id), add unique (org_id, email);
alter table app.tickets add primary key (org_id, id),
  add foreign key (org_id, customer_id) references app.customers (org_id, id);
-- end::keys[]
-- tag::policies[]
-- For each table: policies that bind everybody, and an owner that nobody logs in as.
alter table app.customers enable row level security;
alter table app.customers force row level security;
create policy aios_tenant on app.customers as permissive for all to shop
  using (org_id = (select aios.current_org())) with check (org_id = (select aios.current_org()));
create policy aios_tenant_guard on app.customers as restrictive for all to public
  using (org_id = (select aios.current_org())) with check (org_id = (select aios.current_org()));
alter table app.customers owner to shop_owner;
-- end::policies[]
alter table app.tickets enable row level security;
alter table app.tickets force row level security;
create policy aios_tenant on app.tickets as permissive for all to shop
  using (org_id = (select aios.current_org())) with check (org_id = (select aios.current_org()));
create policy aios_tenant_guard on app.tickets as restrictive for all to public
  using (org_id = (select aios.current_org())) with check (org_id = (select aios.current_org()));
alter table app.tickets owner to shop_owner;
-- tag::owner[]
alter schema app owner to shop_owner;
-- end::owner[]
