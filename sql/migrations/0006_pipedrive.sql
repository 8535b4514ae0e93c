-- The connection to Pipedrive and what hangs on it.
create table pipedrive.connection (
    company_id uuid primary key references books.company,
    id uuid not null default gen_random_uuid(),
    pipedrive_company_id bigint not null,
    pipedrive_company_name text not null,
    owner_user_id bigint not null,
    state text not null check (state in ('live', 'reconnect', 'disconnected')),
    connected_at timestamptz not null default clock_timestamp()
);

create table pipedrive.user_grant (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    user_id bigint not null,
    user_name text not null,
    is_admin boolean not null,
    state text not null check (state in ('live', 'dead', 'ended')),
    granted_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, user_id)
);

create table pipedrive.audit (
    company_id uuid not null references books.company,
    id bigint generated always as identity,
    action text not null,
    detail text not null,
    happened_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);

-- Where Pipedrive delivers to. The credentials themselves are sealed in the vault; here is what a delivery is held
-- against. Rows stay when a connection ends, so that its path still answers 200.
create table pipedrive.webhook_endpoint (
    company_id uuid not null references books.company,
    path text not null,
    basic_hash bytea not null,
    is_live boolean not null default true,
    primary key (company_id, path)
);

create table pipedrive.webhook_subscription (
    company_id uuid not null references books.company,
    id bigint not null,
    object text not null,
    url text not null,
    primary key (company_id, id)
);

create table pipedrive.webhook_inbox (
    company_id uuid not null references books.company,
    id bigint generated always as identity,
    body bytea not null,
    received_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);

create table pipedrive.webhook_seen (
    company_id uuid not null references books.company,
    event_id text not null,
    seen_at timestamptz not null default clock_timestamp(),
    primary key (company_id, event_id)
);

create table pipedrive.settings (
    company_id uuid primary key references books.company,
    organization_direction text not null check (organization_direction in ('pull', 'push', 'both', 'only_new')),
    person_direction text not null check (person_direction in ('pull', 'push', 'both', 'only_new')),
    product_direction text not null check (product_direction in ('pull', 'push', 'both', 'only_new')),
    forwarded_events text[] not null,
    trigger_pipeline_id bigint,
    trigger_stage_ids bigint[] not null default '{}',
    trigger_since timestamptz,
    -- Up to when the sweep has looked for deals that no webhook told of.
    swept_through timestamptz,
    check ((trigger_pipeline_id is null) = (trigger_stage_ids = '{}'))
);

create table pipedrive.stage (
    company_id uuid not null references books.company,
    id bigint not null,
    pipeline_id bigint not null,
    pipeline_name text not null,
    pipeline_position integer not null,
    name text not null,
    position integer not null,
    primary key (company_id, id)
);

-- The pair of a Pipedrive record and ours. Never removed, it changes state. Unique both ways while it is live.
create table pipedrive.link (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    record_id bigint not null,
    local_id uuid not null,
    state text not null default 'live' check (state in ('live', 'gone', 'merged', 'ended')),
    -- What was last taken over, to tell a change from a repeat.
    fingerprint bytea,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, record_id)
);
create unique index link_local on pipedrive.link (company_id, local_id, pipedrive_company_id, kind)
    where state = 'live';
comment on index pipedrive.link_local is 'A record of ours is linked to one of Pipedrive; lookup from our side.';

-- What is deleted in PayDock is not made again by the next pull: its link ends. The API deletes, too, and has no right
-- on this schema.
create function pipedrive.end_links() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    update pipedrive.link l set state = 'ended', updated_at = clock_timestamp()
    from deleted d
    where l.company_id = d.company_id and l.local_id = d.id and l.state = 'live';
    return null;
end
$$;
create trigger contact_links_ended after delete on books.contact
    referencing old table as deleted for each statement execute function pipedrive.end_links();
create trigger product_links_ended after delete on books.product
    referencing old table as deleted for each statement execute function pipedrive.end_links();

create table pipedrive.attention (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    record_id bigint not null,
    name text not null,
    reason text not null,
    noticed_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, record_id)
);

create table pipedrive.sync_run (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    state text not null default 'running' check (state in ('running', 'completed', 'failed', 'cancelled')),
    started_by text not null check (started_by in ('schedule', 'manual', 'retry')),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    -- The kind being read and Pipedrive's cursor of its next page; a null kind means that the plan is due.
    checkpoint_kind text check (checkpoint_kind in ('organization', 'person', 'product')),
    checkpoint_cursor text,
    counts jsonb not null default '{}',
    token_cost integer not null default 0,
    outcome text,
    primary key (company_id, id),
    check ((state = 'running') = (finished_at is null))
);
create unique index sync_run_running on pipedrive.sync_run (company_id) where state = 'running';
comment on index pipedrive.sync_run_running is 'Never two runs of one connection.';
create index sync_run_newest on pipedrive.sync_run (company_id, started_at desc);
comment on index pipedrive.sync_run_newest is 'The Logs tab: the last 50 runs.';

create table pipedrive.quote_draft (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    deal_id bigint not null,
    state text not null default 'requested' check (state in ('requested', 'ready', 'failed')),
    quote_id uuid,
    drafter text,
    reason text,
    requested_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, deal_id),
    foreign key (company_id, quote_id) references books.quote (company_id, id)
);
create index quote_draft_newest on pipedrive.quote_draft (company_id, requested_at desc);
comment on index pipedrive.quote_draft_newest is 'The Triggers tab: the last 50 drafts.';

-- A deal as it was when its quote was made; also tells the panel whose deal it is.
create table pipedrive.deal_snapshot (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    deal_id bigint not null,
    title text not null,
    person_id bigint,
    organization_id bigint,
    taken_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, deal_id)
);

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'connection', 'user_grant', 'audit', 'webhook_endpoint', 'webhook_subscription', 'webhook_inbox',
        'webhook_seen', 'settings', 'stage', 'link', 'attention', 'sync_run', 'quote_draft', 'deal_snapshot'
    ] loop
        call migration.protect(format('pipedrive.%I', tenant_table)::regclass);
    end loop;
end
$$;

-- What a run or a live change brings in, by COPY: ordinary, logged, without row-level security, the cron role's own.
create table pipedrive.staged_record (
    -- Tells which of two rows of a record came later; where rows lie in the table does not.
    position bigint generated always as identity,
    company_id uuid not null,
    run_id uuid not null,
    kind text not null,
    record_id bigint not null,
    name text not null,
    organization_record_id bigint,
    emails text[] not null default '{}',
    phones text[] not null default '{}',
    street text,
    postal_code text,
    city text,
    country text,
    code text,
    description text,
    unit text,
    tax_basis_points integer not null default 0,
    currencies text[] not null default '{}',
    prices bigint[] not null default '{}',
    is_active boolean not null default true,
    is_deleted boolean not null default false
);
create index staged_record_run on pipedrive.staged_record (company_id, run_id, kind, record_id);
comment on index pipedrive.staged_record_run is 'Everything a run staged of a kind.';

grant select, insert, update on
    pipedrive.connection, pipedrive.user_grant, pipedrive.webhook_endpoint, pipedrive.settings, pipedrive.sync_run
    to paydock_web, paydock_cron;
grant select, insert on pipedrive.audit, pipedrive.webhook_inbox to paydock_web, paydock_cron;
grant select, insert, delete on pipedrive.webhook_subscription, pipedrive.stage to paydock_web, paydock_cron;
grant select on pipedrive.link, pipedrive.quote_draft, pipedrive.deal_snapshot, pipedrive.attention to paydock_web;
grant select, insert, update on
    pipedrive.link, pipedrive.quote_draft, pipedrive.deal_snapshot, pipedrive.webhook_seen to paydock_cron;
grant select, insert, update, delete on pipedrive.attention, pipedrive.staged_record to paydock_cron;

-- Across companies, identifiers only, for the cron side.
create function pipedrive.connected_companies() returns setof uuid
    language sql stable security definer set search_path = pg_catalog
    begin atomic
        select company_id from pipedrive.connection where state = 'live' order by company_id;
    end;
create function books.companies_with_lapsed_documents(moment timestamptz) returns setof uuid
    language sql stable security definer set search_path = pg_catalog
    begin atomic
        select i.company_id from books.invoice i join books.company c using (company_id)
        where i.state in ('sent', 'partially_paid') and i.overdue_at is null
            and i.due_on < (moment at time zone c.time_zone)::date
        union
        select q.company_id from books.quote q join books.company c using (company_id)
        where q.state in ('sent', 'viewed') and q.valid_until < (moment at time zone c.time_zone)::date;
    end;
revoke execute on function pipedrive.connected_companies(), books.companies_with_lapsed_documents(timestamptz)
    from public;
grant execute on function pipedrive.connected_companies(), books.companies_with_lapsed_documents(timestamptz)
    to paydock_cron;
