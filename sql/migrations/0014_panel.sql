-- A person or an organization of Pipedrive as it was when somebody looked at its panel and no contact was linked: fills
-- in the form of a new customer, and nothing else. Forgotten after a month.
create table pipedrive.record_snapshot (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person')),
    record_id bigint not null,
    name text not null,
    organization_record_id bigint,
    emails text[] not null default '{}',
    phones text[] not null default '{}',
    street text,
    postal_code text,
    city text,
    country text,
    taken_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, record_id)
);
create index record_snapshot_age on pipedrive.record_snapshot (taken_at);
comment on index pipedrive.record_snapshot_age is 'Forgetting snapshots after a month, for housekeeping.';
call migration.protect('pipedrive.record_snapshot');
grant select on pipedrive.record_snapshot to paydock_web;
grant select, insert, update on pipedrive.record_snapshot to paydock_cron;

create function pipedrive.forget_snapshots(before timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with forgotten as (delete from pipedrive.record_snapshot where taken_at < before returning 1)
    select count(*) from forgotten
$$;
revoke execute on function pipedrive.forget_snapshots from public;
grant execute on function pipedrive.forget_snapshots to paydock_cron;

-- A person who makes a customer from the panel links it at once.
grant insert, update on pipedrive.link to paydock_web;
