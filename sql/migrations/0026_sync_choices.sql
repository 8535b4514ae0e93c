-- What a person chooses about the sync: a previewed plan, custom fields, answers, and what is left to other apps.

-- ---- Plans -----------------------------------------------------------------------------------------------------------

alter table pipedrive.sync_run
    -- The preview that this run does, and nothing beside it.
    add column plan_id uuid;

alter table pipedrive.sync_change
    drop constraint sync_change_action_check,
    add constraint sync_change_action_check check (action in (
        'created', 'linked', 'updated', 'created_there', 'updated_there', 'skipped', 'attention', 'refused', 'gone',
        'merged', 'postponed'));

-- A plan while it is being done: what the preview said, and what of it is settled.
create table pipedrive.sync_plan (
    company_id uuid not null references books.company,
    id bigint generated always as identity,
    run_id uuid not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    record_id bigint,
    local_id uuid,
    action text not null,
    name text not null,
    changes text[] not null,
    planned_at timestamptz not null,
    is_settled boolean not null default false,
    primary key (company_id, id)
);
create index sync_plan_record on pipedrive.sync_plan (company_id, run_id, kind, record_id);
comment on index pipedrive.sync_plan_record is 'What was planned for the records that are decided about.';
call migration.protect('pipedrive.sync_plan');
grant select, insert, update, delete on pipedrive.sync_plan to paydock_cron;

-- Connections that have synced before there were previews go on as they did.
insert into pipedrive.sync_state as s (company_id, pipedrive_company_id, first_applied_at)
select c.company_id, c.pipedrive_company_id, min(r.started_at)
from pipedrive.connection c
join pipedrive.sync_run r on r.company_id = c.company_id and r.state = 'completed' and r.mode = 'full'
group by c.company_id, c.pipedrive_company_id
on conflict (company_id, pipedrive_company_id) do update set
    first_applied_at = coalesce(s.first_applied_at, excluded.first_applied_at);
-- The run that is started on a page opens the way.
grant insert, update on pipedrive.sync_state to paydock_web;

-- ---- Settings --------------------------------------------------------------------------------------------------------

alter table pipedrive.settings
    -- When custom fields were last chosen: a preview from before says nothing any more.
    add column mapping_since timestamptz not null default clock_timestamp(),
    -- Percent of the day's tokens that runs leave to the company's other apps.
    add column reserve_percent integer not null default 30 check (reserve_percent between 0 and 90);

-- Stored values, field and text in turn, without these fields.
create function pipedrive.without_fields(stored text[], fields text[]) returns text[]
    language sql immutable parallel safe
    return array(
        select v from unnest(stored) with ordinality u (v, n)
        where stored[(((n - 1) / 2) * 2 + 1)::integer] <> all (fields) order by n);

-- ---- Answers ---------------------------------------------------------------------------------------------------------

alter table pipedrive.attention
    -- What the record says, to be looked at beside its candidates.
    add column remote_values text[] not null default '{}';

-- What shares an address belongs together.
grant select on pipedrive.remote_key to paydock_web;
-- A record that a person decided about is read again.
grant select, insert, update on pipedrive.touched_record to paydock_web;
-- A merge that was looked at.
grant delete on pipedrive.attention to paydock_web;
