-- What the regular API, the customer pages and sending by mail need beside the books themselves.

-- Keys that a member makes and revokes. A revoked key leaves the directory at once and stays here as a line of history.
alter table books.api_key
    add column id uuid not null default gen_random_uuid(),
    add column name text not null default 'First key' check (name <> ''),
    add column last_used_at timestamptz;
create unique index api_key_id on books.api_key (company_id, id);
comment on index books.api_key_id is 'Revoking one key from the settings page.';

grant insert, delete on web.api_key_directory to paydock_web;

-- Requests of a key in the minute that runs. Unlogged: after a crash of the server every key starts a fresh minute.
create unlogged table web.api_key_minute (
    hash bytea primary key,
    begun_at timestamptz not null,
    request_count integer not null
) with (fillfactor = 50);

-- Counts a request against its key and says whose it is; no row for an unknown or revoked key. Once the minute is
-- used up nothing is written any more. Last use is kept to the minute, so that reading costs no write per request.
create function web.use_api_key(key_hash bytea, request_limit integer)
    returns table (owner_id uuid, request_number integer, seconds_left integer)
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    moment timestamptz := clock_timestamp();
    minute timestamptz := date_trunc('minute', moment);
begin
    select d.company_id into owner_id from web.api_key_directory d where d.hash = key_hash;
    if not found then
        return;
    end if;
    insert into web.api_key_minute as m (hash, begun_at, request_count) values (key_hash, minute, 1)
    on conflict (hash) do update set
        request_count = case when m.begun_at >= minute then m.request_count + 1 else 1 end,
        begun_at = greatest(m.begun_at, minute)
    where m.begun_at < minute or m.request_count < request_limit
    returning m.request_count into request_number;
    request_number := coalesce(request_number, request_limit + 1);
    seconds_left := greatest(1, ceil(extract(epoch from minute + interval '1 minute' - moment))::integer);
    update books.api_key k set last_used_at = moment
    where k.company_id = owner_id and k.hash = key_hash
        and (k.last_used_at is null or k.last_used_at < moment - interval '1 minute');
    return next;
end
$$;
revoke execute on function web.use_api_key from public;
grant execute on function web.use_api_key to paydock_api;

-- The answers to requests that carried an Idempotency-Key, committed with what those requests did.
create table books.kept_answer (
    company_id uuid not null references books.company,
    key_hash bytea not null check (length(key_hash) = 32),
    request_hash bytea not null check (length(request_hash) = 32),
    status integer,
    location text,
    body bytea,
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, key_hash)
);
create index kept_answer_age on books.kept_answer (created_at);
comment on index books.kept_answer_age is 'Forgetting answers after a day, for housekeeping.';

create function books.forget_answers(before timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with forgotten as (delete from books.kept_answer where created_at < before returning 1)
    select count(*) from forgotten
$$;
revoke execute on function books.forget_answers from public;
grant execute on function books.forget_answers to paydock_cron;

-- What the customer said of a quote.
alter table books.quote
    add column decided_at timestamptz,
    add column decided_by_name text check (decided_by_name <> ''),
    add column decided_by_email text check (decided_by_email like '%@%'),
    add column decline_reason text check (decline_reason <> '');

-- A document on its way to the customer. Its id is the event of the sending, and stands in the mail's Message-ID.
create table books.mail (
    company_id uuid not null references books.company,
    id uuid not null,
    quote_id uuid,
    invoice_id uuid,
    recipient text check (recipient like '%@%'),
    recipient_name text not null,
    subject text not null,
    body text not null,
    -- waiting → sending → sent, failed or unclear; a person moves failed and unclear back to waiting.
    state text not null check (state in ('waiting', 'sending', 'sent', 'unclear', 'failed')),
    reason text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    foreign key (company_id, quote_id) references books.quote (company_id, id),
    foreign key (company_id, invoice_id) references books.invoice (company_id, id),
    check (num_nonnulls(quote_id, invoice_id) = 1),
    check (recipient is not null or state = 'failed')
);
create unique index mail_quote on books.mail (company_id, quote_id) where quote_id is not null;
comment on index books.mail_quote is 'The mail of a quote, for its page and the API.';
create unique index mail_invoice on books.mail (company_id, invoice_id) where invoice_id is not null;
comment on index books.mail_invoice is 'The mail of an invoice, for its page and the API.';

-- The API may write a mail and has no right on the queue: the message comes from here, in the same transaction.
create function queue.add_mail_message() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into queue.message (company_id, kind, subject) values (new.company_id, 'mail', new.id::text);
    return null;
end
$$;
create trigger mail_queued after insert on books.mail
    for each row when (new.state = 'waiting') execute function queue.add_mail_message();
create trigger mail_queued_again after update on books.mail
    for each row when (new.state = 'waiting' and old.state in ('unclear', 'failed'))
    execute function queue.add_mail_message();

-- How many rows each list has: every change adds a line, and housekeeping folds the lines of a list into one. Exact
-- like count(*), in the same transaction, without reading a million rows for a page of a hundred and without a row
-- that all writers would wait for.
create table books.list_change (
    company_id uuid not null references books.company,
    list text not null check (list in ('contact', 'product', 'quote', 'invoice', 'subscription')),
    state text not null,
    id bigint generated always as identity,
    change bigint not null,
    primary key (company_id, list, state, id)
);

-- The argument is the expression that says in which state a row stands.
create function books.count_list() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    changes text := '';
begin
    if tg_op <> 'DELETE' then
        changes := format('select company_id, %s as state, 1 as change from fresh', tg_argv[0]);
    end if;
    if tg_op = 'UPDATE' then
        changes := changes || ' union all ';
    end if;
    if tg_op <> 'INSERT' then
        changes := changes || format('select company_id, %s as state, -1 as change from stale', tg_argv[0]);
    end if;
    execute format(
        'insert into books.list_change (company_id, list, state, change)
             select company_id, %L, state, sum(change) from (%s) c
             group by company_id, state having sum(change) <> 0', tg_table_name, changes);
    return null;
end
$$;

do $$
declare
    list text;
    state text;
begin
    for list, state in values
        ('contact', 'case when archived_at is null then ''live'' else ''archived'' end'), ('product', '''live'''),
        ('quote', 'state'), ('invoice', 'state'), ('subscription', 'state')
    loop
        execute format(
            'create trigger %1$s_list_insert after insert on books.%1$s referencing new table as fresh
                 for each statement execute function books.count_list(%2$L)', list, state);
        execute format(
            'create trigger %1$s_list_update after update on books.%1$s
                 referencing new table as fresh old table as stale
                 for each statement execute function books.count_list(%2$L)', list, state);
        execute format(
            'create trigger %1$s_list_delete after delete on books.%1$s referencing old table as stale
                 for each statement execute function books.count_list(%2$L)', list, state);
        execute format(
            'insert into books.list_change (company_id, list, state, change)
                 select company_id, %1$L, %2$s, count(*) from books.%1$I group by 1, 3', list, state);
    end loop;
end
$$;

-- Lists with more than a few lines are folded; a list being written meanwhile keeps its new lines.
create function books.fold_lists() returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with long as (
        select company_id, list, state from books.list_change group by company_id, list, state having count(*) > 20
    ), gone as (
        delete from books.list_change c using long l
        where c.company_id = l.company_id and c.list = l.list and c.state = l.state
        returning c.company_id, c.list, c.state, c.change
    ), folded as (
        insert into books.list_change (company_id, list, state, change)
        select company_id, list, state, sum(change) from gone group by company_id, list, state
        returning 1
    )
    select count(*) from folded
$$;
revoke execute on function books.fold_lists from public;
grant execute on function books.fold_lists to paydock_cron;

-- Lists filtered by state come in the list's order from these, without passing over rows of other states.
create index invoice_state_newest on books.invoice (company_id, state, created_at desc, id);
comment on index books.invoice_state_newest is 'Lists of invoices in one state, newest first.';
create index quote_state_newest on books.quote (company_id, state, created_at desc, id);
comment on index books.quote_state_newest is 'Lists of quotes in one state, newest first.';
create index invoice_overdue on books.invoice (company_id, created_at desc, id)
    where overdue_at is not null and state in ('sent', 'partially_paid');
comment on index books.invoice_overdue is 'Lists of overdue invoices, newest first, and their number.';

create index contact_name_prefix on books.contact (company_id, name_key text_pattern_ops) where archived_at is null;
comment on index books.contact_name_prefix is 'Searching contacts by the beginning of the name.';

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array['kept_answer', 'mail', 'list_change'] loop
        call migration.protect(format('books.%I', tenant_table)::regclass);
    end loop;
end
$$;

grant select, insert, update, delete on books.kept_answer to paydock_api;
grant select, insert, update on books.mail to paydock_web, paydock_cron, paydock_api;
grant select on books.list_change to paydock_web, paydock_cron, paydock_api;
