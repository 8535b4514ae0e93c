-- How the webhooks of a connection were found when they were last looked at.
create table pipedrive.webhook_health (
    company_id uuid primary key references books.company,
    checked_at timestamptz not null default clock_timestamp(),
    expected_count integer not null,
    active_count integer not null,
    -- What was wrong when something was, and when that was noticed; it was put right then.
    trouble text,
    troubled_at timestamptz,
    check ((trouble is null) = (troubled_at is null))
);
call migration.protect('pipedrive.webhook_health');
grant select, insert, update on pipedrive.webhook_health to paydock_cron;
grant select on pipedrive.webhook_health to paydock_web;

-- A delivery was answered with an error, so that something may be missing: a catch-up has to look.
create table pipedrive.webhook_failure (
    company_id uuid primary key references books.company,
    failed_at timestamptz not null default clock_timestamp()
);
call migration.protect('pipedrive.webhook_failure');
grant select, insert on pipedrive.webhook_failure to paydock_web;
grant select, delete on pipedrive.webhook_failure to paydock_cron;

-- Points a Pipedrive company at the transaction's company. False while another one holds it; one that has ended its
-- connection, or is connected to another Pipedrive company by now, lets it go. The row lock makes of two claims one after the other.
create function pipedrive.claim_company(wanted bigint) returns boolean
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    claimant uuid := books.current_company();
    holder uuid;
begin
    insert into web.pipedrive_company_directory (pipedrive_company_id, company_id)
    values (wanted, claimant) on conflict do nothing;
    select d.company_id into holder
    from web.pipedrive_company_directory d where d.pipedrive_company_id = wanted for update;
    if holder = claimant then
        return true;
    end if;
    if not exists (
        select from pipedrive.connection c
        where c.company_id = holder and (c.pipedrive_company_id <> wanted or c.state = 'disconnected'))
    then
        return false;
    end if;
    update web.pipedrive_company_directory set company_id = claimant where pipedrive_company_id = wanted;
    return true;
end
$$;
revoke execute on function pipedrive.claim_company(bigint) from public;
grant execute on function pipedrive.claim_company(bigint) to paydock_web, paydock_cron;
