-- A schema as many have it: one login, numbers as keys, the tenant in a column that every query must remember.
create role shop login;
create schema app;
create table app.customers (
  id bigint generated always as identity primary key,
  company text not null,
  email text not null unique
);
create table app.tickets (
  id bigint generated always as identity primary key,
  customer_id bigint not null references app.customers,
  title text not null
);
grant usage on schema app to shop;
grant select, insert, update, delete on app.customers, app.tickets to shop;
insert into app.customers (company, email) values
  ('Acme', 'ann@acme.example'), ('Acme', 'al@acme.example'), ('Globex', 'gil@globex.example');
insert into app.tickets (customer_id, title) values (1, 'printer'), (2, 'login'), (3, 'invoice');
