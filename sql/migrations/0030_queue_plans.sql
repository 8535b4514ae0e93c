-- The statements of each turn of a drainer. One in PL/pgSQL is planned once in a session, and a drainer's sessions begin
-- with a table that is empty as a rule, when the planner takes all ways for equal: so a join that was planned then read
-- all that was waiting, to write the results of ten. Here no such statement leaves a choice. Rows are found one by one
-- (`offset 0` keeps a subquery inside its loop, where only the key fits), locked, and written by the place (ctid) at
-- which they were locked: nobody moves a locked row, so its place is good until the end of the transaction. Where an
-- order is wanted, it is written so that one index alone has it.

create type queue.result as (
    company uuid, id bigint, claim integer, state text, outcome text, detail text, excerpt text, http_status integer,
    delay double precision, repeat double precision, unclear boolean, refund integer, final boolean,
    -- Whether Pipedrive served it, and whether it was the one message that went ahead: see queue.gate.
    opens boolean, probe boolean);

-- A result, and the message that it is about, locked.
create type queue.held_result as (place tid, attempt_count integer, claimed_at timestamptz, result queue.result);

-- What is due by now becomes available.
create or replace function queue.stage() returns void
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    -- In a variable: what a volatile function says is compared with every row.
    now_is timestamptz := clock_timestamp();
    places tid[] := array(
        select ctid from queue.message
        where state in ('scheduled', 'retryable') and due_at <= now_is
        order by due_at limit 500 for update skip locked);
begin
    if cardinality(places) = 0 then return; end if;
    update queue.message set state = 'available', bucket = queue.bucket() where ctid = any (places);
end
$$;

-- Lets the first message of each lane go on.
create or replace function queue.unblock(companies uuid[], lanes text[]) returns void
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    places tid[] := array(
        select first.place from unnest(companies, lanes) l (company_id, lane)
        cross join lateral (
            select f.id from queue.message f
            where f.company_id = l.company_id and f.lane between l.lane and l.lane
                and f.state in ('available', 'scheduled', 'running', 'retryable')
            order by f.lane, f.id limit 1) earliest
        cross join lateral (
            select m.ctid as place from queue.message m
            where m.company_id = l.company_id and m.id = earliest.id and m.is_blocked
            offset 0 for update) first);
begin
    if cardinality(places) = 0 then return; end if;
    update queue.message set is_blocked = false, bucket = queue.bucket() where ctid = any (places);
end
$$;

-- Whoever adds a message to a lane, by whatever statement: see 0015.
create or replace function queue.join_lane() returns trigger
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    perform pg_advisory_xact_lock(queue.lane_key(new.company_id, new.lane));
    -- A statement of its own, so that it sees what was committed until now, and the rows before it of the same insert.
    perform from queue.message earlier
    where earlier.company_id = new.company_id and earlier.lane between new.lane and new.lane
        and earlier.state in ('available', 'scheduled', 'running', 'retryable')
    order by earlier.lane, earlier.id limit 1;
    new.is_blocked := found;
    return new;
end
$$;

-- Takes a group of messages out of the claims' way, if its gate stays closed for a while; says how many.
create or replace function queue.hold(company uuid, level_priority smallint, in_bucket integer) returns bigint
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    places tid[];
begin
    perform from queue.gate
    where company_id = company and closed_until > clock_timestamp() + interval '30 seconds' for share skip locked;
    if not found then return 0; end if;
    places := array(
        select ctid from queue.message
        where state = 'available' and not is_blocked and not is_held and priority = level_priority and is_gated
            and (bucket, company_id) >= (in_bucket, company) and (bucket, company_id) <= (in_bucket, company)
        order by bucket, company_id, id limit 500 for update skip locked);
    update queue.message set is_held = true where ctid = any (places);
    return cardinality(places);
end
$$;

-- One message of each connection whose time is over, of those that were held. Who has the gate's row sends it.
drop function queue.probes(integer, text[], smallint);
create function queue.probes(room integer, kinds text[], lowest smallint)
    returns table (company_id uuid, place tid)
    language sql as $$
    with due as materialized (
        select g.company_id from queue.gate g
        where g.closed_until > '-infinity' and g.closed_until <= clock_timestamp()
            and exists (select from queue.message m where m.company_id = g.company_id and m.is_held)
        order by g.closed_until limit room for update skip locked)
    select due.company_id, first.place from due
    cross join lateral (
        select m.ctid as place from queue.message m
        where m.company_id = due.company_id and m.is_held and m.state = 'available' and not m.is_blocked
            and m.priority between 1 and lowest and m.kind = any (kinds)
        order by m.priority, m.id limit 1 for update skip locked) first
$$;

-- Claims what is available: by priority, and of one priority in two rounds. The first gives one message to each company
-- of which this worker has nothing in hand, beginning anywhere; so everybody's turn comes, however many have however
-- much. The second gives what room is left by age in buckets, and to no company more than its share, counted with what
-- is in hand. A gate that is closed lets nothing pass, one whose time is over one message.
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
    begun_bucket integer;
    begun_company uuid;
    at_bucket integer;
    at_company uuid;
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
        select l.priority, l.is_gated, l.floor from queue.level l
        where l.priority between 1 and lowest order by l.priority, l.is_gated
    loop
        for turn in 1..2 loop
            at_bucket := level.floor - 1;
            at_company := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
            if turn = 1 then
                if random() < 0.5 then
                    at_bucket := level.floor + (random() * (queue.bucket() - level.floor))::integer;
                end if;
                at_company := gen_random_uuid();
            end if;
            begun_bucket := at_bucket;
            begun_company := at_company;
            is_round := turn = 2;
            looks := 0;
            loop
                exit levels when room <= 0;
                exit when turn = 1 and looks >= 300;
                select m.bucket, m.company_id into at_bucket, at_company from queue.message m
                where m.state = 'available' and not m.is_blocked and not m.is_held
                    and m.priority = level.priority and m.is_gated = level.is_gated
                    and (m.bucket, m.company_id) > (at_bucket, at_company)
                order by m.bucket, m.company_id limit 1;
                if not found then
                    exit when is_round;
                    is_round := true;
                    at_bucket := level.floor - 1;
                    at_company := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
                    continue;
                end if;
                exit when turn = 1 and is_round and (at_bucket, at_company) > (begun_bucket, begun_company);
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
                        and (m.bucket, m.company_id) >= (at_bucket, at_company)
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
    if cardinality(probing) > 0 then
        update queue.gate g
        set closed_until = clock_timestamp() + make_interval(secs => lease_seconds), changed_at = clock_timestamp()
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
    reset all;
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
    given := array(select r from jsonb_populate_recordset(null::queue.result, results) r);
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
    -- What went out before a gate closed for a time says nothing about that time; a probe does.
    delete from queue.gate g
    using (
        select (o.result).company, bool_or((o.result).probe) as is_tried from unnest(ours) o
        where (o.result).opens group by 1) served
    where g.company_id = served.company and (g.failure_count > 0 or served.is_tried);
    if lane_companies is not null then perform queue.unblock(lane_companies, lane_names); end if;
end
$$;
alter function queue.finish(text, jsonb) reset all;
alter function queue.finish(text, jsonb) set enable_seqscan = off set plan_cache_mode = force_generic_plan;

-- Keeps in hand what this worker still holds; returns that.
create function queue.renew(renewer text, companies uuid[], ids bigint[], claims integer[], seconds double precision)
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
            offset 0 for update) m);
begin
    return query
    update queue.message m set lease_until = clock_timestamp() + make_interval(secs => seconds)
    where m.ctid = any (places) returning m.id;
end
$$;

-- What a worker that is lost had in hand. A note that it may have posted is looked for at once: whether it is there can
-- only become truer. It is posted again at `repeat_seconds` after the lease's end, no earlier: until shortly before that
-- end a worker that is not dead, but only cut off, may still begin to post.
drop function queue.give_back(uuid[], bigint[], double precision, text[]);
create function queue.give_back(places tid[], repeat_seconds double precision, looking_kinds text[]) returns bigint
    language sql as $$
    with returned as (
        update queue.message m set
            state = 'retryable', lease_until = null, worker = null, has_unclear_attempt = true,
            reason = 'The worker was lost', due_at = clock_timestamp(),
            repeat_after = case when m.kind = any (looking_kinds)
                then greatest(m.repeat_after, m.lease_until + make_interval(secs => repeat_seconds))
                else m.repeat_after end
        where m.ctid = any (places)
        returning m.company_id, m.id, m.attempt_count, m.claimed_at),
    tried as (
        insert into queue.attempt (
            company_id, message_id, number, worker, started_at, finished_at, outcome, detail)
        select company_id, id, attempt_count, '', coalesce(claimed_at, clock_timestamp()), clock_timestamp(),
            'rescued', 'The worker was lost'
        from returned)
    select count(*) from returned
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
    places := array(
        select ctid from queue.message
        where state = 'running'
            and (lease_until < now_is and lease_until >= now_is - make_interval(secs => back_seconds)
                or worker = any (gone) and kind = any (looking_kinds))
        order by lease_until limit 500 for update skip locked);
    if gone is not null then
        delete from queue.drainer where worker = any (gone);
    end if;
    if cardinality(places) = 0 then return 0; end if;
    return queue.give_back(places, repeat_seconds, looking_kinds);
end
$$;

-- Whose events wait to be routed: from company to company in the index, each at the cost of one look, however many events
-- it has.
create function queue.companies_with_events(most integer) returns setof uuid
    language plpgsql stable
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    return query
    with recursive place as (
        (select m.bucket, m.company_id, 1 as step from queue.message m
        where m.state = 'available' and not m.is_blocked and not m.is_held and m.priority = 0 and not m.is_gated
            and m.bucket >= (select l.floor from queue.level l where l.priority = 0 and not l.is_gated)
        order by m.bucket, m.company_id limit 1)
        union all
        select next.bucket, next.company_id, place.step + 1 from place
        cross join lateral (
            select m.bucket, m.company_id from queue.message m
            where m.state = 'available' and not m.is_blocked and not m.is_held
                and m.priority = 0 and not m.is_gated and (m.bucket, m.company_id) > (place.bucket, place.company_id)
            order by m.bucket, m.company_id limit 1) next
        where place.step < most)
    select distinct p.company_id from place p;
end
$$;

-- A company's oldest events.
create function queue.oldest_events(company uuid, most integer) returns table (id bigint, subject text)
    language plpgsql stable
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    return query
    select m.id, m.subject from queue.message m
    where m.company_id = company and m.state = 'available' and not m.is_blocked and not m.is_held
        and m.priority = 0 and not m.is_gated
        and m.bucket >= (select l.floor from queue.level l where l.priority = 0 and not l.is_gated)
    order by m.bucket, m.id limit most;
end
$$;

-- Events that were routed leave the queue.
create function queue.finish_events(company uuid, ids bigint[], reasons text[]) returns void
    language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    with gone as (
        delete from queue.message m where m.company_id = company and m.id = any (ids)
        returning m.id, m.subject, m.idempotency_key, m.caused_at, m.created_at)
    insert into queue.finished (
        company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
    select company, g.id, 'event', g.subject, g.idempotency_key, 'completed', 1, r.reason, g.caused_at, g.created_at
    from gone g join unnest(ids, reasons) r (id, reason) on r.id = g.id;
end
$$;
