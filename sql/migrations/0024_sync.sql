-- Two-way sync: what was last synced, what people changed since, what has to go out, and what a person has to decide.

-- ---- Settings ------------------------------------------------------------------------------------------------------

alter table pipedrive.settings
    -- When each direction was chosen: "only new" counts from there.
    add column organization_since timestamptz not null default clock_timestamp(),
    add column person_since timestamptz not null default clock_timestamp(),
    add column product_since timestamptz not null default clock_timestamp(),
    -- Codes of the custom fields that hold what Pipedrive has no field for.
    add column vat_field text check (vat_field <> ''),
    add column kvk_field text check (kvk_field <> ''),
    add column organization_language_field text check (organization_language_field <> ''),
    add column person_language_field text check (person_language_field <> '');

-- Custom fields as last read from Pipedrive, to choose from. Options are labels by id.
create table pipedrive.custom_field (
    company_id uuid not null references books.company,
    kind text not null check (kind in ('organization', 'person', 'product')),
    code text not null,
    name text not null,
    field_type text not null,
    option_ids bigint[] not null default '{}',
    option_labels text[] not null default '{}',
    primary key (company_id, kind, code)
);

-- How far the sync with one Pipedrive company is.
create table pipedrive.sync_state (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    -- When a run wrote for the first time; the first run is previewed before.
    first_applied_at timestamptz,
    -- When the whole list was last read: before, nobody knows what a record of ours could be there.
    organization_listed_at timestamptz,
    person_listed_at timestamptz,
    product_listed_at timestamptz,
    primary key (company_id, pipedrive_company_id)
);

-- ---- Links ---------------------------------------------------------------------------------------------------------

-- Negative numbers stand for records that are still being created in Pipedrive.
create sequence pipedrive.link_placeholder;
grant usage on sequence pipedrive.link_placeholder to paydock_cron;

alter table pipedrive.link
    drop column fingerprint,
    -- Pipedrive's values when they were last synced: field and text in turn. Null: never compared.
    add column remote_base text[],
    add column remote_added_at timestamptz,
    -- When the pair was last written: what was read from Pipedrive before that is out of date.
    add column synced_at timestamptz not null default clock_timestamp(),
    -- Somebody is writing the record to Pipedrive until then.
    add column push_until timestamptz,
    -- A creation was sent to Pipedrive then, and its outcome is not known yet.
    add column create_sent_at timestamptz,
    -- What was sent then, field and text in turn: it is known by that when it appears, whatever ours says by now.
    add column create_values text[],
    add column merged_into bigint,
    add constraint link_placeholder_check check (record_id > 0 or state in ('live', 'ended'));
create index link_creating on pipedrive.link (company_id, pipedrive_company_id, kind) where record_id < 0;
comment on index pipedrive.link_creating is 'Records that are being created in Pipedrive.';
create index link_rested on pipedrive.link (company_id, local_id, pipedrive_company_id, kind) where state <> 'live';
comment on index pipedrive.link_rested is 'Whether ours was linked before: it is not created there again by itself.';

-- The text of a field in such an array.
create function pipedrive.field_text(pairs text[], field text) returns text
    language sql immutable parallel safe
    return (select pairs[n + 1] from generate_subscripts(pairs, 1) n where n % 2 = 1 and pairs[n] = field limit 1);

-- Keys that records of Pipedrive without a link are matched by, so that a record of ours is never created twice there.
create table pipedrive.remote_key (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    rule text not null check (rule in ('number', 'email', 'code', 'name')),
    key text not null,
    record_id bigint not null,
    noticed_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, rule, key, record_id)
);
create index remote_key_record on pipedrive.remote_key (company_id, pipedrive_company_id, kind, record_id);
comment on index pipedrive.remote_key_record is 'Keys of a record, when it gets a link or goes.';

-- Registration numbers are compared by letters and digits alone; less than four say nothing.
create function books.normalize_number(number text) returns text
    language sql immutable parallel safe
    return (
        select case when length(kept) >= 4 then kept end
        from (select regexp_replace(upper(number), '[^A-Z0-9]', '', 'g') as kept) n);

-- ---- What people changed in PayDock --------------------------------------------------------------------------------

-- Fields of ours that a person, or the API, changed since they were last synced.
create table pipedrive.local_edit (
    company_id uuid not null references books.company,
    local_id uuid not null,
    field text not null,
    was_empty boolean not null,
    edited_at timestamptz not null default clock_timestamp(),
    primary key (company_id, local_id, field)
);

-- Whether the transaction is the sync's own: what it writes is no edit.
create function pipedrive.is_syncing() returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('paydock.syncing', true), '') = 'yes';

-- One message per changed record. None without a connection, or when everything only comes in.
create function pipedrive.queue_push(company uuid, locals uuid[]) returns void
    language sql security definer set search_path = pg_catalog as $$
    insert into queue.message (company_id, kind, subject, priority)
    select company, 'push', id::text, 3
    from unnest(locals) id
    where exists (select from pipedrive.connection c where c.company_id = company and c.state <> 'disconnected')
        and exists (
            select from pipedrive.settings s where s.company_id = company
                and (s.organization_direction, s.person_direction, s.product_direction)
                    <> ('pull', 'pull', 'pull'))
$$;
revoke execute on function pipedrive.queue_push from public;

-- Only what is linked has something that it was last synced with, also while its record is gone: it may come back. Who
-- changes a record that Pipedrive refused has it tried again.
create function pipedrive.note_edits(company uuid, edits jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    locals uuid[] := array(select distinct (x ->> 0)::uuid from jsonb_array_elements(edits) x);
begin
    insert into pipedrive.local_edit as e (company_id, local_id, field, was_empty)
    select company, (x ->> 0)::uuid, x ->> 1, (x ->> 2)::boolean from jsonb_array_elements(edits) x
    where exists (
        select from pipedrive.link l
        where l.company_id = company and l.local_id = (x ->> 0)::uuid and l.state in ('live', 'gone'))
    on conflict (company_id, local_id, field) do update set edited_at = clock_timestamp();
    delete from pipedrive.local_attention a
    where a.company_id = company and a.local_id = any (locals) and a.choice is null;
    perform pipedrive.queue_push(company, locals);
end
$$;
revoke execute on function pipedrive.note_edits from public;

create function pipedrive.contact_added() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    company uuid;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company in select distinct company_id from fresh loop
        perform pipedrive.queue_push(company, array(select id from fresh where company_id = company));
    end loop;
    return null;
end
$$;
create trigger contact_pushed after insert on books.contact
    referencing new table as fresh for each statement execute function pipedrive.contact_added();
create trigger product_pushed after insert on books.product
    referencing new table as fresh for each statement execute function pipedrive.contact_added();

create function pipedrive.contact_edited() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select n.company_id, jsonb_agg(jsonb_build_array(n.id, f.field, f.was_empty))
        from fresh n join stale o on o.company_id = n.company_id and o.id = n.id
        cross join lateral (values
            ('name', o.name is distinct from n.name, false),
            ('organization', o.organization_id is distinct from n.organization_id, o.organization_id is null),
            ('emails', o.emails is distinct from n.emails, o.emails = '{}'),
            ('phones', o.phones is distinct from n.phones, o.phones = '{}'),
            ('address', (o.street, o.postal_code, o.city, o.country)
                is distinct from (n.street, n.postal_code, n.city, n.country),
                coalesce(o.street, o.postal_code, o.city, o.country) is null),
            ('vat_number', o.vat_number is distinct from n.vat_number, o.vat_number is null),
            ('kvk_number', o.kvk_number is distinct from n.kvk_number, o.kvk_number is null),
            ('language', o.language is distinct from n.language, o.language is null)
        ) f (field, is_changed, was_empty)
        where f.is_changed
        group by n.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;
create trigger contact_edited after update on books.contact
    referencing old table as stale new table as fresh
    for each statement execute function pipedrive.contact_edited();

create function pipedrive.product_edited() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select n.company_id, jsonb_agg(jsonb_build_array(n.id, f.field, f.was_empty))
        from fresh n join stale o on o.company_id = n.company_id and o.id = n.id
        cross join lateral (values
            ('name', o.name is distinct from n.name, false),
            ('code', o.code is distinct from n.code, o.code is null),
            ('description', o.description is distinct from n.description, o.description is null),
            ('unit', o.unit is distinct from n.unit, o.unit is null),
            ('tax', o.tax_basis_points is distinct from n.tax_basis_points, false),
            ('is_active', o.is_active is distinct from n.is_active, false)
        ) f (field, is_changed, was_empty)
        where f.is_changed
        group by n.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;
create trigger product_edited after update on books.product
    referencing old table as stale new table as fresh
    for each statement execute function pipedrive.product_edited();

-- Prices are a list of their own, and one field. What goes with its product is no edit.
create function pipedrive.prices_edited() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select c.company_id, jsonb_agg(jsonb_build_array(c.product_id, 'prices', false))
        from (select distinct company_id, product_id from changed) c
        join books.product p on p.company_id = c.company_id and p.id = c.product_id
        group by c.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;
create trigger prices_added after insert on books.product_price
    referencing new table as changed for each statement execute function pipedrive.prices_edited();
create trigger prices_edited after update on books.product_price
    referencing new table as changed for each statement execute function pipedrive.prices_edited();
create trigger prices_removed after delete on books.product_price
    referencing old table as changed for each statement execute function pipedrive.prices_edited();

-- What is deleted needs no edits any more.
create function pipedrive.forget_edits() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    delete from pipedrive.local_edit e using deleted d where e.company_id = d.company_id and e.local_id = d.id;
    return null;
end
$$;
create trigger contact_edits_forgotten after delete on books.contact
    referencing old table as deleted for each statement execute function pipedrive.forget_edits();
create trigger product_edits_forgotten after delete on books.product
    referencing old table as deleted for each statement execute function pipedrive.forget_edits();

call migration.allow_message_kind('push');

-- ---- Records that Pipedrive told of, waiting to be read ---------------------------------------------------------------

create table pipedrive.touched_record (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    record_id bigint not null,
    -- When it changed, as the webhook says.
    occurred_at timestamptz,
    touched_at timestamptz not null default clock_timestamp(),
    -- Somebody reads it until then.
    taken_until timestamptz,
    primary key (company_id, pipedrive_company_id, kind, record_id)
);

-- ---- Runs ----------------------------------------------------------------------------------------------------------

alter table pipedrive.sync_run
    add column mode text not null default 'full' check (mode in ('full', 'preview')),
    add column phase text not null default 'read'
        check (phase in ('read', 'decide', 'plan', 'write', 'create', 'done')),
    -- How often a list was begun again because Pipedrive did not know our cursor any more.
    add column restart_count integer not null default 0,
    add column expected_count integer not null default 0,
    add column done_count integer not null default 0;

-- What runs and live changes did, per record, before and after: field, before, after in turn.
create table pipedrive.sync_change (
    company_id uuid not null references books.company,
    id bigint generated always as identity,
    -- Null: a live change.
    run_id uuid,
    kind text not null check (kind in ('organization', 'person', 'product')),
    record_id bigint,
    local_id uuid,
    action text not null check (action in (
        'created', 'linked', 'updated', 'created_there', 'updated_there', 'skipped', 'attention', 'refused', 'gone',
        'merged')),
    name text not null,
    changes text[] not null default '{}',
    happened_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);
create index sync_change_run on pipedrive.sync_change (company_id, run_id, id);
comment on index pipedrive.sync_change_run is 'The records of a run, for its page and its CSV; live changes have no run.';

-- What a run has to write to Pipedrive: read again first, a hundred at a time.
create table pipedrive.sync_task (
    company_id uuid not null references books.company,
    run_id uuid not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    local_id uuid not null,
    -- Null: it is to be created.
    record_id bigint,
    primary key (company_id, run_id, kind, local_id)
);

-- ---- What a person has to decide -------------------------------------------------------------------------------------

alter table pipedrive.attention
    add column candidates uuid[] not null default '{}',
    -- Two linked records became one in Pipedrive: stays until a person has looked.
    add column is_merge boolean not null default false,
    -- What a person chose; kept for 'ignore', else until it is done.
    add column choice text check (choice in ('link', 'create', 'ignore')),
    add column chosen_id uuid,
    add constraint attention_chosen_check check ((choice = 'link') = (chosen_id is not null) or choice is null);

-- Records of ours that can't go out: refused by Pipedrive, or several that could be one.
create table pipedrive.local_attention (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    local_id uuid not null,
    name text not null,
    reason text not null,
    -- What Pipedrive said.
    answer text,
    choice text check (choice in ('create', 'ignore')),
    noticed_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, local_id)
);

-- Fields that both sides changed: the loser is kept, and can be chosen.
create table pipedrive.conflict (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    kind text not null check (kind in ('organization', 'person', 'product')),
    local_id uuid not null,
    field text not null,
    record_id bigint not null,
    name text not null,
    kept text not null,
    lost text not null,
    -- Whether Pipedrive's value is the one that was kept.
    is_remote_kept boolean not null,
    noticed_at timestamptz not null default clock_timestamp(),
    primary key (company_id, pipedrive_company_id, kind, local_id, field)
);

-- ---- Staging ---------------------------------------------------------------------------------------------------------

alter table pipedrive.staged_record
    add column remote_values text[] not null default '{}',
    add column vat_number text,
    add column kvk_number text,
    add column language text,
    add column added_at timestamptz,
    add column changed_at timestamptz,
    -- When the request went out, by our database's clock: pairs written later than that are newer than this row.
    add column read_at timestamptz not null default clock_timestamp();

create table pipedrive.staged_key (
    company_id uuid not null,
    run_id uuid not null,
    kind text not null,
    rule text not null,
    key text not null,
    record_id bigint not null
);
create index staged_key_key on pipedrive.staged_key (company_id, run_id, kind, rule, key);
comment on index pipedrive.staged_key_key is 'Which records of a run share a key.';
create index staged_key_record on pipedrive.staged_key (company_id, run_id, kind, record_id);
comment on index pipedrive.staged_key_record is 'Keys of the records that are decided about.';

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'custom_field', 'sync_state', 'remote_key', 'local_edit', 'touched_record', 'sync_change', 'sync_task',
        'local_attention', 'conflict'
    ] loop
        call migration.protect(format('pipedrive.%I', tenant_table)::regclass);
    end loop;
end
$$;

grant select on pipedrive.custom_field, pipedrive.sync_state, pipedrive.sync_change, pipedrive.local_attention,
    pipedrive.conflict to paydock_web;
-- A person decides on the pages.
grant update on pipedrive.attention, pipedrive.local_attention to paydock_web;
grant delete on pipedrive.conflict, pipedrive.local_attention to paydock_web;
grant select, insert, update, delete on
    pipedrive.custom_field, pipedrive.sync_state, pipedrive.remote_key, pipedrive.local_edit,
    pipedrive.touched_record, pipedrive.sync_change, pipedrive.sync_task, pipedrive.local_attention,
    pipedrive.conflict, pipedrive.staged_key to paydock_cron;
