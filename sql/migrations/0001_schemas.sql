-- Schemas, and how a table becomes a tenant's.
create schema books;
create schema pipedrive;
create schema queue;
create schema vault;
create schema web;

grant usage on schema books to paydock_web, paydock_cron, paydock_api;
grant usage on schema web to paydock_web, paydock_cron, paydock_api;
grant usage on schema pipedrive, queue, vault to paydock_web, paydock_cron;

-- The transaction's company, as set by set_config('paydock.company', …, true); null when none is set, so that a
-- forgotten setting shows nothing instead of everything.
create function books.current_company() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('paydock.company', true), '')::uuid;

-- Row-level security for a tenant table: runtime roles see their transaction's company, the owner sees all.
create procedure migration.protect(tenant_table regclass)
    language plpgsql as $$
begin
    execute format('alter table %s enable row level security', tenant_table);
    execute format('alter table %s force row level security', tenant_table);
    execute format(
        'create policy tenant on %s to paydock_web, paydock_cron, paydock_api
             using (company_id = books.current_company()) with check (company_id = books.current_company())',
        tenant_table);
    execute format('create policy owner on %s to paydock_owner using (true) with check (true)', tenant_table);
end
$$;
