-- Messages, leases and attempts. The cron role sees all companies; the pages see their own.
create table queue.message (
    company_id uuid not null references books.company,
    id bigint generated always as identity,
    kind text not null check (kind in ('event', 'webhook', 'note', 'draft', 'record', 'sync', 'subscribe', 'revoke',
        'sweep', 'refresh', 'mail')),
    subject text not null,
    idempotency_key text,
    lane text,
    priority smallint not null default 1,
    state text not null default 'available'
        check (state in ('available', 'running', 'retryable', 'completed', 'discarded', 'cancelled')),
    due_at timestamptz not null default clock_timestamp(),
    -- Attempts that count against the limit; waiting costs none.
    attempt_count integer not null default 0,
    -- A cut-off or unclear attempt may have taken effect: its successor has to look first.
    has_unclear_attempt boolean not null default false,
    worker text,
    lease_until timestamptz,
    reason text,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (company_id, id),
    check ((state = 'running') = (lease_until is not null))
);
create unique index message_idempotency on queue.message (company_id, kind, idempotency_key)
    where idempotency_key is not null;
comment on index queue.message_idempotency is 'A repeated cause adds no second message.';
create index message_due on queue.message (priority, due_at, id) where state in ('available', 'retryable');
comment on index queue.message_due is 'Claims: what is due, by priority and age.';
create index message_next on queue.message (due_at) where state in ('available', 'retryable');
comment on index queue.message_next is 'When the next message is due.';
create index message_lane on queue.message (company_id, lane, id)
    where lane is not null and state in ('available', 'running', 'retryable');
comment on index queue.message_lane is 'Claims: whether an earlier message of the lane is unfinished.';
create index message_lease on queue.message (lease_until) where state = 'running';
comment on index queue.message_lease is 'Rescue: leases that ran out.';

create table queue.attempt (
    company_id uuid not null,
    message_id bigint not null,
    number integer not null,
    worker text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    outcome text check (outcome in ('completed', 'again', 'snoozed', 'failed', 'discarded', 'cancelled', 'rescued')),
    detail text,
    primary key (company_id, message_id, started_at),
    foreign key (company_id, message_id) references queue.message (company_id, id) on delete cascade
);

-- Until when a drainer listens: writers notify only then, because a notification per commit does not scale.
create table queue.listener (
    is_row boolean primary key default true check (is_row),
    until timestamptz not null default '-infinity'
);
insert into queue.listener default values;

-- Work that comes back; whoever moves due_at on gets to do it.
create table queue.chore (
    name text primary key,
    due_at timestamptz not null default '-infinity'
);

create function queue.wake_listeners() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    if exists (select from queue.listener where until > clock_timestamp()) then
        perform pg_notify('paydock_queue', '');
    end if;
    return null;
end
$$;
create trigger message_added after insert on queue.message
    for each statement execute function queue.wake_listeners();

-- The API may write an event and has no right on the queue: the message comes from here, in the same transaction.
create function queue.add_event_message() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    -- One lane per company: events are routed one after the other, so that the notes of a deal queue up in the order
    -- of their events.
    insert into queue.message (company_id, kind, subject, idempotency_key, lane)
    values (new.company_id, 'event', new.id::text, new.id::text, 'events');
    return null;
end
$$;
create trigger event_queued after insert on books.event
    for each row
    when (new.kind in (
        'quote.sent', 'quote.viewed', 'quote.accepted', 'invoice.sent', 'invoice.paid', 'invoice.overdue'))
    execute function queue.add_event_message();

do $$
declare
    queue_table text;
begin
    foreach queue_table in array array['message', 'attempt'] loop
        execute format('alter table queue.%I enable row level security', queue_table);
        execute format('alter table queue.%I force row level security', queue_table);
        execute format(
            'create policy tenant on queue.%I to paydock_web
                 using (company_id = books.current_company()) with check (company_id = books.current_company())',
            queue_table);
        execute format(
            'create policy every_company on queue.%I to paydock_cron using (true) with check (true)', queue_table);
        execute format(
            'create policy owner on queue.%I to paydock_owner using (true) with check (true)', queue_table);
    end loop;
end
$$;

grant select, insert, update on queue.message to paydock_web, paydock_cron;
grant select on queue.attempt to paydock_web;
grant select, insert, update, delete on queue.attempt to paydock_cron;
grant select, update on queue.listener to paydock_cron;
grant select, insert, update on queue.chore to paydock_cron;
