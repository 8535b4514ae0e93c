-- The queue at work: what is claimed next and of whom, what is held back, what is finished, who drains.

-- Kinds are a list that any migration may extend: `call migration.allow_message_kind('push')`.
create table migration.message_kind (name text primary key);
insert into migration.message_kind
values ('event'), ('webhook'), ('note'), ('draft'), ('record'), ('sync'), ('subscribe'), ('revoke'), ('sweep'),
    ('refresh'), ('mail');

create procedure migration.allow_message_kind(kind text)
    language plpgsql as $$
begin
    insert into migration.message_kind values (kind) on conflict do nothing;
    execute (
        select format(
            'alter table queue.message drop constraint if exists message_kind_check,
                 add constraint message_kind_check check (kind in (%s))',
            string_agg(quote_literal(name), ', ' order by name))
        from migration.message_kind);
end
$$;

alter table queue.message
    drop constraint message_state_check,
    add constraint message_state_check check (state in (
        'available', 'scheduled', 'running', 'retryable', 'completed', 'discarded', 'cancelled')),
    -- 0 is for events, which are routed off the queue and never claimed one by one.
    add constraint message_priority_check check (priority between 0 and 9 and (priority > 0 or kind = 'event')),
    -- Fences results: counts every claim, also those that cost no attempt.
    add column claim_count integer not null default 0,
    add column claimed_at timestamptz,
    -- Waits in its lane for an earlier message, and is in no claim's way meanwhile.
    add column is_blocked boolean not null default false,
    -- Held back while its connection is: everything that calls Pipedrive's API.
    add column is_gated boolean not null
        generated always as (kind not in ('event', 'webhook', 'mail', 'revoke', 'refresh')) stored,
    -- The five minutes in which it became available: claims go through these in order, so that they need not look
    -- at what was finished earlier and could not be vacuumed yet.
    add column bucket integer not null default floor(extract(epoch from clock_timestamp()) / 300),
    -- Not before this may the work be repeated, although it is looked for earlier whether it was done.
    add column repeat_after timestamptz,
    -- When that happened which the message is about: commit-to-note is counted from here.
    add column caused_at timestamptz not null default clock_timestamp();
update queue.message set priority = 0 where kind = 'event';
update queue.message set lane = null where kind = 'event';
-- Attempts are kept apart from messages, for 30 days.
alter table queue.attempt
    drop constraint attempt_company_id_message_id_fkey,
    add column http_status integer,
    add column excerpt text,
    drop constraint attempt_pkey,
    add primary key (company_id, message_id, started_at, number);
create index attempt_old on queue.attempt (finished_at);
comment on index queue.attempt_old is 'Retention: attempts of more than 30 days ago.';

drop index queue.message_due, queue.message_next, queue.message_lane, queue.message_lease;
create index message_ready on queue.message (priority, is_gated, bucket, company_id, id)
    where state = 'available' and not is_blocked;
comment on index queue.message_ready is 'Claims: by priority, then age in buckets, then company by company.';
create index message_later on queue.message (due_at) where state in ('scheduled', 'retryable');
comment on index queue.message_later is 'What becomes available next, and when.';
create index message_lane on queue.message (company_id, lane, id)
    where lane is not null and state in ('available', 'scheduled', 'running', 'retryable');
comment on index queue.message_lane is 'The earliest unfinished message of a lane.';
create index message_lease on queue.message (lease_until) where state = 'running';
comment on index queue.message_lease is 'Rescue: leases that ran out.';
create index message_trouble on queue.message (company_id, id) where state in ('retryable', 'discarded');
comment on index queue.message_trouble is 'The pages: what waits for another attempt, and what was given up.';

-- Finished messages leave the hot table in the statement that finishes them. It stays as small as what is open, so a
-- vacuum of it takes milliseconds; it must therefore run often, and without the pauses that are meant for big tables.
create table queue.finished (
    company_id uuid not null references books.company,
    id bigint not null,
    kind text not null,
    subject text not null,
    idempotency_key text,
    state text not null check (state in ('completed', 'cancelled')),
    attempt_count integer not null,
    reason text,
    caused_at timestamptz not null,
    created_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);
create index finished_key on queue.finished (company_id, kind, idempotency_key) where idempotency_key is not null;
comment on index queue.finished_key is 'A repeated cause adds no second message, also after the first was finished.';
create index finished_recent on queue.finished (company_id, kind, finished_at);
comment on index queue.finished_recent is 'The pages: what was delivered in the last day, and how fast.';
create index finished_old on queue.finished (finished_at);
comment on index queue.finished_old is 'Rates over all companies; retention.';
with done as (delete from queue.message where state in ('completed', 'cancelled') returning *)
insert into queue.finished
select company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at,
    coalesce(finished_at, clock_timestamp())
from done;
alter table queue.message set (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- A connection that is held back: after failures, a 429, a dead grant. After its time one message goes ahead.
create table queue.gate (
    company_id uuid primary key references books.company,
    -- Failed attempts in a row; zero for a gate that waits for another reason.
    failure_count integer not null default 0,
    closed_until timestamptz not null default '-infinity',
    reason text not null,
    changed_at timestamptz not null default clock_timestamp()
);

-- From which bucket on a claim has to look, for each place in the order.
create table queue.level (
    priority smallint not null,
    is_gated boolean not null,
    floor integer not null default 0,
    primary key (priority, is_gated)
);
insert into queue.level (priority, is_gated) select p, g from generate_series(0, 9) p, (values (false), (true)) g (g);

-- Drainers that live. Writers notify only when one of them listens and has nothing to do: a notification per commit
-- takes a lock that all commits share.
drop trigger message_added on queue.message;
drop table queue.listener;
create table queue.drainer (
    worker text primary key,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    idle_until timestamptz not null default '-infinity',
    hears boolean not null default false,
    held_count integer not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create or replace function queue.wake_listeners() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    if exists (select from queue.drainer where hears and idle_until > clock_timestamp()) then
        perform pg_notify('paydock_queue', '');
    end if;
    return null;
end
$$;
-- At the commit, not at the insert: a drainer that goes to sleep in between would not be woken. Notes are queued by
-- drainers, which claim next.
create constraint trigger message_added after insert on queue.message deferrable initially deferred
    for each row when (new.kind <> 'note') execute function queue.wake_listeners();

create or replace function queue.add_event_message() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into queue.message (company_id, kind, subject, idempotency_key, priority, caused_at)
    values (new.company_id, 'event', new.id::text, new.id::text, 0, new.occurred_at);
    return null;
end
$$;

-- Who adds to a lane, and who ends a message of one, take this lock: else a message could be added behind one that
-- has just ended, and nobody would let it go on.
create function queue.lane_key(company uuid, lane text) returns bigint
    language sql immutable parallel safe
    return hashtextextended(company::text || lane, 7);

-- Lets the first message of each lane go on.
create function queue.unblock(companies uuid[], lanes text[]) returns void
    language sql as $$
    update queue.message n set is_blocked = false, bucket = floor(extract(epoch from clock_timestamp()) / 300)
    from unnest(companies, lanes) l (company_id, lane)
    cross join lateral (
        select f.id from queue.message f
        where f.company_id = l.company_id and f.lane = l.lane
            and f.state in ('available', 'scheduled', 'running', 'retryable')
        order by f.id limit 1) first
    where n.company_id = l.company_id and n.id = first.id and n.is_blocked
$$;

-- What is due by now becomes available.
create function queue.stage() returns void
    language sql as $$
    update queue.message m set state = 'available', bucket = floor(extract(epoch from clock_timestamp()) / 300)
    from (
        select company_id, id from queue.message
        where state in ('scheduled', 'retryable') and due_at <= clock_timestamp()
        order by due_at limit 500 for update skip locked) due
    where m.company_id = due.company_id and m.id = due.id
$$;

-- Claims what is available: by priority, then in the order of buckets, and inside a bucket company by company. No
-- company gets more than its share, counted with what this worker holds of it already. A gate that is closed lets
-- nothing pass, one whose time is over one message.
create function queue.claim(
    new_worker text, room integer, lease_seconds double precision, share integer, kinds text[], lowest smallint,
    held_companies uuid[], held_counts integer[])
    returns table (
        company_id uuid, id bigint, kind text, subject text, attempt_count integer, claim_count integer,
        has_unclear_attempt boolean, priority smallint, is_probe boolean, repeat_seconds double precision,
        caused_at timestamptz)
    language plpgsql as $$
#variable_conflict use_column
declare
    level record;
    at_bucket integer;
    at_company uuid;
    got bigint[];
    position_of integer;
    most integer;
    gate record;
    has_gates boolean := exists (select from queue.gate);
    companies uuid[] := held_companies;
    counts integer[] := held_counts;
    closed uuid[] := '{}';
    probing uuid[] := '{}';
    claimed_companies uuid[] := '{}';
    claimed_ids bigint[] := '{}';
begin
    perform queue.stage();
    <<levels>>
    for level in
        select l.priority, l.is_gated, l.floor from queue.level l
        where l.priority between 1 and lowest order by l.priority, l.is_gated
    loop
        at_bucket := level.floor - 1;
        at_company := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
        loop
            exit levels when room <= 0;
            select m.bucket, m.company_id into at_bucket, at_company from queue.message m
            where m.state = 'available' and not m.is_blocked
                and m.priority = level.priority and m.is_gated = level.is_gated
                and (m.bucket, m.company_id) > (at_bucket, at_company)
            order by m.bucket, m.company_id limit 1;
            exit when not found;
            position_of := array_position(companies, at_company);
            most := least(room, share - coalesce(counts[position_of], 0));
            if level.is_gated and has_gates and most > 0 and at_company <> all (probing) then
                if at_company = any (closed) then
                    most := 0;
                else
                    select g.closed_until > clock_timestamp() as is_closed into gate from queue.gate g
                    where g.company_id = at_company and g.closed_until > '-infinity';
                    if found then
                        closed := closed || at_company;
                        if gate.is_closed then
                            most := 0;
                        else
                            -- Whoever has the row sends the one message; others find it locked, or closed again.
                            perform from queue.gate g
                            where g.company_id = at_company and g.closed_until <= clock_timestamp()
                            for update skip locked;
                            if found then most := 1; else most := 0; end if;
                        end if;
                    end if;
                end if;
            end if;
            continue when most <= 0;
            select array_agg(f.id) into got from (
                select m.id from queue.message m
                where m.state = 'available' and not m.is_blocked
                    and m.priority = level.priority and m.is_gated = level.is_gated
                    and m.bucket = at_bucket and m.company_id = at_company and m.kind = any (kinds)
                order by m.id limit most for update skip locked) f;
            continue when got is null;
            if level.is_gated and at_company = any (closed) then probing := probing || at_company; end if;
            claimed_companies := claimed_companies || array_fill(at_company, array[cardinality(got)]);
            claimed_ids := claimed_ids || got;
            room := room - cardinality(got);
            if position_of is null then
                companies := companies || at_company;
                counts := counts || cardinality(got);
            else
                counts[position_of] := counts[position_of] + cardinality(got);
            end if;
        end loop;
    end loop;
    if cardinality(claimed_ids) = 0 then return; end if;
    if cardinality(probing) > 0 then
        update queue.gate g
        set closed_until = clock_timestamp() + make_interval(secs => lease_seconds), changed_at = clock_timestamp()
        where g.company_id = any (probing);
    end if;
    return query
    with claimed as (
        update queue.message m set
            state = 'running', worker = new_worker, claimed_at = clock_timestamp(),
            attempt_count = m.attempt_count + 1, claim_count = m.claim_count + 1,
            lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
        from unnest(claimed_companies, claimed_ids) c (company_id, id)
        where m.company_id = c.company_id and m.id = c.id
        returning m.company_id, m.id, m.kind, m.subject, m.attempt_count, m.claim_count, m.has_unclear_attempt,
            m.priority, m.is_gated and m.company_id = any (probing) as is_probe,
            greatest(extract(epoch from m.repeat_after - clock_timestamp())::double precision, 0) as repeat_seconds,
            m.caused_at)
    select * from claimed order by priority, id;
end
$$;

-- Writes results of messages that this worker still holds, moves the finished ones out of the way, keeps the attempts,
-- and lets the next of each lane go on. Returns the messages that were this worker's: the others' results count for
-- nothing.
create function queue.finish(finisher text, results jsonb) returns setof bigint
    language plpgsql as $$
#variable_conflict use_column
declare
    lane_companies uuid[];
    lane_names text[];
begin
    select array_agg(l.company_id), array_agg(l.lane) into lane_companies, lane_names from (
        select distinct m.company_id, m.lane
        from jsonb_to_recordset(results) r (company uuid, id bigint, final boolean)
        join queue.message m on m.company_id = r.company and m.id = r.id
        where r.final and m.lane is not null) l;
    if lane_companies is not null then
        perform pg_advisory_xact_lock(key) from (
            select queue.lane_key(company_id, lane) as key
            from unnest(lane_companies, lane_names) l (company_id, lane) order by 1) keys;
    end if;
    return query
    with result as (
        select * from jsonb_to_recordset(results) r (
            company uuid, id bigint, claim integer, state text, outcome text, detail text, excerpt text,
            http_status integer, delay double precision, repeat double precision, unclear boolean, refund integer,
            final boolean)),
    ours as materialized (
        select m.company_id, m.attempt_count, m.claimed_at, r.* from result r
        join queue.message m on m.company_id = r.company and m.id = r.id
        where m.state = 'running' and m.worker = finisher and m.claim_count = r.claim
        for update of m),
    gone as (
        delete from queue.message m using ours o
        where m.company_id = o.company_id and m.id = o.id and o.state in ('completed', 'cancelled')
        returning m.company_id, m.id, m.kind, m.subject, m.idempotency_key, o.state, m.attempt_count, o.detail,
            m.caused_at, m.created_at),
    kept as (
        insert into queue.finished (
            company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
        select * from gone),
    changed as (
        update queue.message m set
            state = o.state, lease_until = null, worker = null, reason = o.detail,
            attempt_count = m.attempt_count - o.refund,
            has_unclear_attempt = m.has_unclear_attempt or o.unclear,
            due_at = clock_timestamp() + make_interval(secs => o.delay),
            repeat_after = case when o.repeat is null then m.repeat_after
                else clock_timestamp() + make_interval(secs => o.repeat) end,
            bucket = floor(extract(epoch from clock_timestamp()) / 300),
            finished_at = case when o.final then clock_timestamp() end
        from ours o
        where m.company_id = o.company_id and m.id = o.id and o.state not in ('completed', 'cancelled')),
    tried as (
        insert into queue.attempt (
            company_id, message_id, number, worker, started_at, finished_at, outcome, detail, http_status, excerpt)
        select company_id, id, attempt_count, finisher, coalesce(claimed_at, clock_timestamp()), clock_timestamp(),
            outcome, detail, http_status, excerpt
        from ours)
    select o.id from ours o;
    if lane_companies is not null then perform queue.unblock(lane_companies, lane_names); end if;
end
$$;

-- Returns messages whose lease ran out. What may have taken effect is looked for first, once that can be seen.
create function queue.rescue(look_seconds double precision, looking_kinds text[], back_seconds double precision) returns bigint
    language sql as $$
    with lost as (
        select company_id, id from queue.message
        where state = 'running' and lease_until < clock_timestamp() and lease_until >= clock_timestamp() - make_interval(secs => back_seconds)
        order by lease_until limit 500 for update skip locked),
    returned as (
        update queue.message m set
            state = 'retryable', lease_until = null, worker = null, has_unclear_attempt = true,
            reason = 'The worker was lost',
            due_at = case when m.kind = any (looking_kinds)
                then greatest(clock_timestamp(), m.claimed_at + make_interval(secs => look_seconds))
                else clock_timestamp() end
        from lost where m.company_id = lost.company_id and m.id = lost.id
        returning m.company_id, m.id, m.attempt_count, m.claimed_at),
    tried as (
        insert into queue.attempt (
            company_id, message_id, number, worker, started_at, finished_at, outcome, detail)
        select company_id, id, attempt_count, '', coalesce(claimed_at, clock_timestamp()), clock_timestamp(),
            'rescued', 'The worker was lost'
        from returned)
    select count(*) from returned
$$;

-- Moves each level's floor up to the oldest bucket that holds something. It stays below the current one, because a
-- message belongs to the bucket in which it was written, not to that in which its transaction commits; what commits
-- later than the floor allows is found when the floors are set the next time.
create function queue.raise_floors() returns void
    language sql as $$
    update queue.level l set floor = f.floor
    from (
        select priority, is_gated, least(
            coalesce((
                select m.bucket from queue.message m
                where m.state = 'available' and not m.is_blocked
                    and m.priority = k.priority and m.is_gated = k.is_gated
                order by m.bucket limit 1), 2147483647),
            floor(extract(epoch from clock_timestamp()) / 300)::integer - 1) as floor
        from queue.level k) f
    where l.priority = f.priority and l.is_gated = f.is_gated and l.floor <> f.floor
$$;

-- What the company may still ask of Pipedrive, shared by all hosts. A bucket of calls that fills up over two seconds,
-- and the day's tokens. The limits are what Pipedrive's answers said last; null is unknown.
create table pipedrive.call_budget (
    company_id uuid primary key references books.company,
    call_limit integer,
    calls_left double precision not null default 0,
    filled_at timestamptz not null default clock_timestamp(),
    day_limit integer,
    day_left integer,
    day_seen_at timestamptz,
    day date not null default (clock_timestamp() at time zone 'UTC')::date,
    day_spent integer not null default 0
) with (fillfactor = 50);
call migration.protect('pipedrive.call_budget');
grant select on pipedrive.call_budget to paydock_web;
grant select, insert, update on pipedrive.call_budget to paydock_cron;

do $$
declare
    queue_table text;
begin
    foreach queue_table in array array['finished', 'gate'] loop
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
-- Disconnecting, from the pages too, cancels what waits.
grant delete on queue.message to paydock_web, paydock_cron;
grant select, insert on queue.finished to paydock_web, paydock_cron;
grant delete on queue.finished to paydock_cron;
grant select, insert, update, delete on queue.gate to paydock_cron;
grant select, delete on queue.gate to paydock_web;
grant select, update on queue.level to paydock_cron;
grant select, insert, update, delete on queue.drainer to paydock_cron;
