-- What a drainer's turn waits for, in which order it takes its locks, and what a claim looks past.

-- A gate is closed by three things apart, so that an answer about one of them ends no other: a wait that Pipedrive told,
-- which only ever grows; a wait after failures, which the next success ends; and a message that went ahead, until it is
-- back or its lease is over.
alter table queue.gate
    add column told_until timestamptz not null default '-infinity',
    add column failing_until timestamptz not null default '-infinity',
    add column probing_until timestamptz not null default '-infinity';
update queue.gate set
    told_until = case when failure_count = 0 then closed_until else '-infinity' end,
    failing_until = case when failure_count > 0 then closed_until else '-infinity' end;
alter table queue.gate drop column closed_until;
alter table queue.gate add column closed_until timestamptz not null
    generated always as (greatest(told_until, failing_until, probing_until)) stored;
comment on column queue.gate.told_until is 'As long as Pipedrive said, or as its answer means. Only ever grows.';
comment on column queue.gate.failing_until is 'After failures in a row. Ends with the next success.';
comment on column queue.gate.probing_until is 'A message went ahead: until its lease is over, or its result is there.';

-- The locks of a turn are taken in one order, which is also that of a disconnect: lanes, messages by company and number,
-- gates by company. What a turn merely renews or lets go it never waits for.

-- A gate that is gone lets all go on that waited for it; what another has locked is being cancelled, or claimed. Held
-- without a gate, if there ever is such a one, it is found by queue.raise_floors().
create or replace function queue.let_go() returns trigger
    language plpgsql as $$
begin
    update queue.message set is_held = false, bucket = queue.bucket()
    where ctid = any (array(
        select ctid from queue.message where company_id = old.company_id and is_held for update skip locked));
    return null;
end
$$;

-- A bucket is what became available in the same while. Claims go through them by age, and look past the dead in them. So
-- they are short, half a second or the time between two rescues, as long as nothing that waits is older: then there are
-- few, and almost all are over. Once something waits, a bucket is twenty seconds again: a claim goes from bucket to bucket.
-- Numbered by half seconds since 2023-11-14, which an integer holds until 2057; higher than the numbers until now.
--
-- Both are sequences because they are read and moved all the time: a row would leave a dead one behind each time, which
-- an old snapshot keeps.
create sequence queue.bucket_begun as integer;
comment on sequence queue.bucket_begun is 'The bucket that messages get now, unless the clock is twenty seconds further.';
create sequence queue.bucket_passed as integer minvalue 0;
comment on sequence queue.bucket_passed is 'Where claims begin to look: before this bucket nothing was available.';
select setval('queue.bucket_begun', 1), setval('queue.bucket_passed', 0);
grant usage on sequence queue.bucket_begun to paydock_web;
grant usage, update on sequence queue.bucket_begun, queue.bucket_passed to paydock_cron;

-- The first bucket of the twenty seconds that the clock is in.
create function queue.clock_bucket() returns integer
    language sql volatile
    return floor((extract(epoch from clock_timestamp()) - 1700000000) / 20)::integer * 40;
create or replace function queue.bucket() returns integer
    language sql volatile
    return greatest(pg_sequence_last_value('queue.bucket_begun')::integer, queue.clock_bucket());

-- Sets each level's floor to the oldest bucket that holds something, looking from where it is or everywhere, and lets
-- claims begin no later than there. A message belongs to the bucket in which it was written, not to that in which its
-- transaction commits. So the floors stay twenty seconds behind, and claims begin at the bucket before the one that
-- begins now: what commits later than that, they find after the next call, and below a floor when a drainer starts.
create function queue.move_floors(everywhere boolean) returns void
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    begun integer := queue.bucket();
    passed integer := pg_sequence_last_value('queue.bucket_passed');
    latest_floor integer := queue.clock_bucket() - 40;
    oldest integer := 2147483647;
    level_oldest integer;
    level record;
begin
    for level in
        select l.priority, l.is_gated, l.floor from queue.level l order by l.priority, l.is_gated
    loop
        select m.bucket into level_oldest from queue.message m
        where m.state = 'available' and not m.is_blocked and not m.is_held
            and m.priority = level.priority and m.is_gated = level.is_gated
            and m.bucket >= case when everywhere then 0 else level.floor end
        order by m.bucket limit 1;
        level_oldest := coalesce(level_oldest, 2147483647);
        oldest := least(oldest, level_oldest);
        if least(level_oldest, latest_floor) > level.floor or everywhere and level_oldest < level.floor then
            perform from queue.level l
            where l.priority = level.priority and l.is_gated = level.is_gated for update skip locked;
            if found then
                update queue.level l set floor = least(level_oldest, latest_floor)
                where l.priority = level.priority and l.is_gated = level.is_gated;
            end if;
        end if;
    end loop;
    if oldest < passed then
        perform setval('queue.bucket_passed', oldest);
    elsif oldest >= begun then
        if passed < begun then perform setval('queue.bucket_passed', begun); end if;
        begun := greatest(begun, floor((extract(epoch from clock_timestamp()) - 1700000000) * 2)::integer);
        perform setval('queue.bucket_begun', begun);
    end if;
end
$$;

-- Moves each level's floor up from where it is, past what was finished meanwhile.
create or replace function queue.raise_floors_further() returns void
    language sql as $$
    select queue.move_floors(false);
$$;

-- The same, wherever the oldest is; and what is held without a gate, if there ever is such a one, goes on.
create or replace function queue.raise_floors() returns void
    language sql as $$
    update queue.message m set is_held = false, bucket = queue.bucket()
    where m.is_held and not exists (select from queue.gate g where g.company_id = m.company_id);
    select queue.move_floors(true);
$$;

-- Claims what is available: by priority, and of one priority in two rounds. The first gives one message to each company
-- of which this worker has nothing in hand, beginning anywhere; so everybody's turn comes, however many have however
-- much. The second gives what room is left by age in buckets, and to no company more than its share, counted with what
-- is in hand. A gate that is closed lets nothing pass, one whose time is over one message. What was claimed or finished
-- lately, and cannot be vacuumed yet, stands before what waits: it is walked past once, and not for each look.
create or replace function queue.claim(
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
    passed integer := pg_sequence_last_value('queue.bucket_passed');
    last_company constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    last_bucket constant integer := 2147483647;
    last_id constant bigint := 9223372036854775807;
    begun_bucket integer;
    begun_company uuid;
    end_bucket integer;
    end_company uuid;
    at_bucket integer;
    at_company uuid;
    at_id bigint;
    after_id bigint;
    -- The first message of the level; what stands before it are the dead, which are walked past once.
    first_bucket integer;
    first_company uuid;
    first_id bigint;
    is_first_known boolean;
    is_round boolean;
    looks integer;
    held bigint := 0;
    got tid[];
    position_of integer;
    most integer;
    gate record;
    has_gates boolean := exists (select from queue.gate);
    companies uuid[] := held_companies;
    counts integer[] := held_counts;
    closed uuid[] := '{}';
    probing uuid[] := '{}';
    places tid[] := '{}';
begin
    -- Frozen inside its transaction, a worker must not keep for ever what it has locked.
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
    perform queue.stage();
    if has_gates and room > 0 then
        select coalesce(array_agg(p.company_id), '{}'), coalesce(array_agg(p.place), '{}')
        into probing, places from queue.probes(room, kinds, lowest) p;
        closed := probing;
        room := room - cardinality(places);
    end if;
    <<levels>>
    for level in
        select l.priority, l.is_gated, greatest(l.floor, passed) as floor from queue.level l
        where l.priority between 1 and lowest order by l.priority, l.is_gated
    loop
        is_first_known := false;
        first_bucket := null;
        for turn in 1..2 loop
            at_bucket := level.floor - 1;
            at_company := last_company;
            after_id := last_id;
            if turn = 1 then
                if random() < 0.5 then
                    at_bucket := level.floor + (random() * (queue.bucket() - level.floor))::integer;
                    at_company := gen_random_uuid();
                end if;
            elsif is_first_known then
                at_bucket := first_bucket;
                at_company := first_company;
                after_id := first_id - 1;
            end if;
            begun_bucket := at_bucket;
            begun_company := at_company;
            end_bucket := last_bucket;
            end_company := last_company;
            -- Whoever began at the beginning has been everywhere at the end.
            is_round := turn = 2 or at_bucket < level.floor;
            looks := 0;
            loop
                exit levels when room <= 0;
                exit when turn = 1 and looks >= 300;
                is_first_known := is_first_known or at_bucket < level.floor;
                select m.bucket, m.company_id, m.id into at_bucket, at_company, at_id from queue.message m
                where m.state = 'available' and not m.is_blocked and not m.is_held
                    and m.priority = level.priority and m.is_gated = level.is_gated
                    and (m.bucket, m.company_id, m.id) > (at_bucket, at_company, after_id)
                    and (m.bucket, m.company_id) <= (end_bucket, end_company)
                order by m.bucket, m.company_id, m.id limit 1;
                if not found then
                    exit when is_round;
                    is_round := true;
                    at_bucket := level.floor - 1;
                    at_company := last_company;
                    after_id := last_id;
                    end_bucket := begun_bucket;
                    end_company := begun_company;
                    continue;
                end if;
                after_id := last_id;
                if first_bucket is null
                    or (at_bucket, at_company, at_id) < (first_bucket, first_company, first_id) then
                    first_bucket := at_bucket;
                    first_company := at_company;
                    first_id := at_id;
                end if;
                looks := looks + 1;
                position_of := array_position(companies, at_company);
                most := case
                    when turn = 2 then least(room, share - coalesce(counts[position_of], 0))
                    when position_of is null then least(room, share, 1)
                    else 0 end;
                if level.is_gated and has_gates and most > 0 and at_company <> all (probing) then
                    if at_company = any (closed) then
                        most := 0;
                    else
                        select g.closed_until > clock_timestamp() as is_closed into gate from queue.gate g
                        where g.company_id = at_company and g.closed_until > '-infinity';
                        if found then
                            if gate.is_closed then
                                most := 0;
                                if held < 1000 then
                                    held := held + queue.hold(at_company, level.priority, at_bucket);
                                end if;
                            else
                                closed := closed || at_company;
                                -- Whoever has the row sends the one message; others find it locked, or closed again.
                                perform from queue.gate g
                                where g.company_id = at_company and g.closed_until <= clock_timestamp()
                                for update skip locked;
                                if found then most := 1; else most := 0; end if;
                            end if;
                        end if;
                    end if;
                end if;
                if level.is_gated and at_company = any (probing) then most := 0; end if;
                continue when most <= 0;
                select array_agg(f.ctid) into got from (
                    select m.ctid from queue.message m
                    where m.state = 'available' and not m.is_blocked and not m.is_held
                        and m.priority = level.priority and m.is_gated = level.is_gated
                        and (m.bucket, m.company_id, m.id) >= (at_bucket, at_company, at_id)
                        and (m.bucket, m.company_id) <= (at_bucket, at_company)
                        and m.kind = any (kinds) and m.ctid <> all (places)
                    order by m.bucket, m.company_id, m.id limit most for update skip locked) f;
                continue when got is null;
                if level.is_gated and at_company = any (closed) then probing := probing || at_company; end if;
                places := places || got;
                room := room - cardinality(got);
                if position_of is null then
                    companies := companies || at_company;
                    counts := counts || cardinality(got);
                else
                    counts[position_of] := counts[position_of] + cardinality(got);
                end if;
            end loop;
            exit when turn = 1 and looks = 0;
        end loop;
    end loop;
    if cardinality(places) = 0 then
        -- Only a claim has to outlast a crash of the server before anything is sent. Results that it loses are found
        -- again: their messages are rescued, and looked for.
        perform set_config('synchronous_commit', 'off', true);
        return;
    end if;
    -- Also where the database leaves others without: a claim that a crash forgets would be sent a second time.
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    if cardinality(probing) > 0 then
        update queue.gate g
        set probing_until = clock_timestamp() + make_interval(secs => lease_seconds), changed_at = clock_timestamp()
        where g.company_id = any (probing);
    end if;
    return query
    with claimed as (
        update queue.message m set
            state = 'running', worker = new_worker, claimed_at = clock_timestamp(), is_held = false,
            attempt_count = m.attempt_count + 1, claim_count = m.claim_count + 1,
            lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
        where m.ctid = any (places)
        returning m.company_id, m.id, m.kind, m.subject, m.attempt_count, m.claim_count, m.has_unclear_attempt,
            m.priority, m.is_gated and m.company_id = any (probing) as is_probe,
            greatest(extract(epoch from m.repeat_after - clock_timestamp())::double precision, 0) as repeat_seconds,
            m.caused_at)
    select * from claimed order by priority, id;
end
$$;
alter function queue.claim(
    text, integer, double precision, integer, text[], smallint, uuid[], integer[])
    set enable_seqscan = off set plan_cache_mode = force_generic_plan;

-- Writes results of messages that this worker still holds, moves the finished ones out of the way, keeps the attempts,
-- lets the next of each lane go on, and opens the gates of connections that serve again. Returns the messages that were
-- this worker's: the others' results count for nothing.
create or replace function queue.finish(finisher text, results jsonb) returns setof bigint
    language plpgsql as $$
#variable_conflict use_column
declare
    given queue.result[];
    lane_companies uuid[];
    lane_names text[];
    ours queue.held_result[];
begin
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
    given := array(
        select r from jsonb_populate_recordset(null::queue.result, results) r order by (r).company, (r).id);
    select array_agg(l.company), array_agg(l.lane) into lane_companies, lane_names from (
        select distinct r.company, m.lane from unnest(given) r
        cross join lateral (
            select lane from queue.message where company_id = r.company and id = r.id offset 0) m
        where r.final and m.lane is not null) l;
    if lane_companies is not null then
        perform pg_advisory_xact_lock(key) from (
            select queue.lane_key(company_id, lane) as key
            from unnest(lane_companies, lane_names) l (company_id, lane) order by 1) keys;
    end if;
    ours := array(
        select row(m.place, m.attempt_count, m.claimed_at, r)::queue.held_result from unnest(given) r
        cross join lateral (
            select h.ctid as place, h.attempt_count, h.claimed_at from queue.message h
            -- Written so that the index of leases cannot serve: each is found by its key.
            where h.company_id = r.company and h.id = r.id
                and h.state || '' = 'running' and h.worker = finisher and h.claim_count = r.claim
            offset 0 for update) m);
    insert into queue.attempt (
        company_id, message_id, number, worker, started_at, finished_at, outcome, detail, http_status, excerpt)
    select (o.result).company, (o.result).id, o.attempt_count, finisher, coalesce(o.claimed_at, clock_timestamp()),
        clock_timestamp(), (o.result).outcome, (o.result).detail, (o.result).http_status, (o.result).excerpt
    from unnest(ours) o;
    return query
    with gone as (
        delete from queue.message
        where ctid = any (array(
            select o.place from unnest(ours) o where (o.result).state in ('completed', 'cancelled')))
        returning company_id, id, kind, subject, idempotency_key, attempt_count, caused_at, created_at),
    kept as (
        insert into queue.finished (
            company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
        select g.company_id, g.id, g.kind, g.subject, g.idempotency_key, (o.result).state, g.attempt_count,
            (o.result).detail, g.caused_at, g.created_at
        from gone g join unnest(ours) o on (o.result).company = g.company_id and (o.result).id = g.id)
    select id from gone;
    if exists (select from unnest(ours) o where (o.result).state not in ('completed', 'cancelled')) then
        return query
        update queue.message m set
            state = (o.result).state, lease_until = null, worker = null, reason = (o.result).detail,
            attempt_count = m.attempt_count - (o.result).refund,
            has_unclear_attempt = m.has_unclear_attempt or (o.result).unclear,
            due_at = clock_timestamp() + make_interval(secs => (o.result).delay),
            repeat_after = case when (o.result).repeat is null then m.repeat_after
                else clock_timestamp() + make_interval(secs => (o.result).repeat) end,
            bucket = queue.bucket(),
            finished_at = case when (o.result).final then clock_timestamp() end
        from unnest(ours) o
        where m.ctid = o.place and (o.result).state not in ('completed', 'cancelled')
        returning m.id;
    end if;
    if exists (select from queue.gate) then
        perform from queue.gate g
        where g.company_id in (select (o.result).company from unnest(ours) o)
        order by g.company_id for update;
        -- What went out before a gate closed for a time says nothing about that time; a probe does. About a time that was
        -- told while it was out, neither does: that one goes on.
        update queue.gate g set
            failure_count = 0, failing_until = '-infinity',
            probing_until = case when served.is_tried then '-infinity' else g.probing_until end
        from (
            select (o.result).company, bool_or((o.result).probe) as is_tried from unnest(ours) o
            where (o.result).opens group by 1) served
        where g.company_id = served.company and (g.failure_count > 0 or served.is_tried)
            and g.told_until > clock_timestamp();
        delete from queue.gate g
        using (
            select (o.result).company, bool_or((o.result).probe) as is_tried from unnest(ours) o
            where (o.result).opens group by 1) served
        where g.company_id = served.company and (g.failure_count > 0 or served.is_tried)
            and g.told_until <= clock_timestamp();
    end if;
    if lane_companies is not null then perform queue.unblock(lane_companies, lane_names); end if;
end
$$;
alter function queue.finish(text, jsonb) set enable_seqscan = off set plan_cache_mode = force_generic_plan;

-- Keeps in hand what this worker still holds; returns that.
create or replace function queue.renew(renewer text, companies uuid[], ids bigint[], claims integer[], seconds double precision)
    returns setof bigint
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    places tid[] := array(
        select m.place from unnest(companies, ids, claims) h (company_id, id, claim)
        cross join lateral (
            select r.ctid as place from queue.message r
            where r.company_id = h.company_id and r.id = h.id
                and r.state || '' = 'running' and r.worker = renewer and r.claim_count = h.claim
            -- Whoever has one locked takes it away: it is cancelled, or rescued.
            offset 0 for update skip locked) m);
begin
    return query
    update queue.message m set lease_until = clock_timestamp() + make_interval(secs => seconds)
    where m.ctid = any (places) returning m.id;
end
$$;

-- Returns messages whose lease ran out; and of drainers whose session is gone those that are looked for before they are
-- repeated. That a session is gone is a suspicion, no proof: so what is not looked for waits for its lease.
create or replace function queue.rescue(
    rescuer text, repeat_seconds double precision, looking_kinds text[], back_seconds double precision) returns bigint
    language plpgsql as $$
declare
    now_is timestamptz := clock_timestamp();
    gone text[];
    places tid[];
begin
    perform queue.raise_floors_further();
    select array_agg(worker) into gone from (
        with others as materialized (select worker from queue.drainer where hears and worker <> rescuer)
        select worker from others
        where pg_try_advisory_xact_lock(20529, hashtext(worker))) d;
    -- Apart, so that the index of leases serves: what is running is not read each time to find who has nothing.
    places := array(
        select ctid from queue.message
        where state = 'running' and lease_until < now_is
            and lease_until >= now_is - make_interval(secs => back_seconds)
        order by lease_until limit 500 for update skip locked);
    if gone is not null then
        places := places || array(
            select ctid from queue.message
            where state = 'running' and worker = any (gone) and kind = any (looking_kinds)
            order by lease_until limit 500 for update skip locked);
        delete from queue.drainer where worker = any (gone);
    end if;
    if cardinality(places) = 0 then return 0; end if;
    return queue.give_back(places, repeat_seconds, looking_kinds);
end
$$;
