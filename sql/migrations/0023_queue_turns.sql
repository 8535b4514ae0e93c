-- Claims that stay fair when many companies have much to do, and cheap when connections are held back for weeks or an
-- old snapshot keeps the dead from being vacuumed.

-- Twenty seconds: what was finished within the last of them is all that a claim has to look past.
create function queue.bucket() returns integer
    language sql volatile
    return floor(extract(epoch from clock_timestamp()) / 20)::integer;
alter table queue.message
    alter column bucket set default queue.bucket(),
    -- Out of the claims' way while its connection is held back for long. Ends with the gate.
    add column is_held boolean not null default false;

drop index queue.message_ready;
create index message_ready on queue.message (priority, is_gated, bucket, company_id, id)
    where state = 'available' and not is_blocked and not is_held;
comment on index queue.message_ready is 'Claims: by priority, then age in buckets, then company by company.';
create index message_held on queue.message (company_id, priority, id) where is_held;
comment on index queue.message_held is 'What tries a connection that was held back, and what goes on when it serves again.';

create or replace function queue.unblock(companies uuid[], lanes text[]) returns void
    language sql as $$
    update queue.message n set is_blocked = false, bucket = queue.bucket()
    from unnest(companies, lanes) l (company_id, lane)
    cross join lateral (
        select f.id from queue.message f
        where f.company_id = l.company_id and f.lane = l.lane
            and f.state in ('available', 'scheduled', 'running', 'retryable')
        order by f.id limit 1) first
    where n.company_id = l.company_id and n.id = first.id and n.is_blocked
$$;

create or replace function queue.stage() returns void
    language sql as $$
    update queue.message m set state = 'available', bucket = queue.bucket()
    from (
        select company_id, id from queue.message
        where state in ('scheduled', 'retryable') and due_at <= clock_timestamp()
        order by due_at limit 500 for update skip locked) due
    where m.company_id = due.company_id and m.id = due.id
$$;

-- A gate that is gone lets all go on that waited for it. Its row is locked by whoever holds messages back, so none can
-- be held behind a gate that has just gone.
create function queue.let_go() returns trigger
    language plpgsql as $$
begin
    update queue.message set is_held = false, bucket = queue.bucket() where company_id = old.company_id and is_held;
    return null;
end
$$;
create trigger gate_opened after delete on queue.gate for each row execute function queue.let_go();

-- One message of each connection whose time is over, of those that were held. Who has the gate's row sends it.
create function queue.probes(room integer, kinds text[], lowest smallint) returns table (company_id uuid, id bigint)
    language sql as $$
    with due as materialized (
        select g.company_id from queue.gate g
        where g.closed_until > '-infinity' and g.closed_until <= clock_timestamp()
            and exists (select from queue.message m where m.company_id = g.company_id and m.is_held)
        order by g.closed_until limit room for update skip locked)
    select due.company_id, first.id from due
    cross join lateral (
        select m.id from queue.message m
        where m.company_id = due.company_id and m.is_held and m.state = 'available' and not m.is_blocked
            and m.priority between 1 and lowest and m.kind = any (kinds)
        order by m.priority, m.id limit 1 for update skip locked) first
$$;

-- Takes a group of messages out of the claims' way, if its gate stays closed for a while; says how many.
create function queue.hold(company uuid, level_priority smallint, in_bucket integer) returns bigint
    language plpgsql as $$
declare
    held bigint;
begin
    perform from queue.gate
    where company_id = company and closed_until > clock_timestamp() + interval '30 seconds' for share skip locked;
    if not found then return 0; end if;
    update queue.message m set is_held = true from (
        select id from queue.message
        where state = 'available' and not is_blocked and not is_held and priority = level_priority and is_gated
            and bucket = in_bucket and company_id = company
        order by id limit 500 for update skip locked) waiting
    where m.company_id = company and m.id = waiting.id;
    get diagnostics held = row_count;
    return held;
end
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
    -- Frozen inside its transaction, a worker must not keep for ever what it has locked.
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
    perform queue.stage();
    if has_gates and room > 0 then
        select coalesce(array_agg(p.company_id), '{}'), coalesce(array_agg(p.id), '{}')
        into claimed_companies, claimed_ids from queue.probes(room, kinds, lowest) p;
        probing := claimed_companies;
        closed := claimed_companies;
        room := room - cardinality(claimed_ids);
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
                select array_agg(f.id) into got from (
                    select m.id from queue.message m
                    where m.state = 'available' and not m.is_blocked and not m.is_held
                        and m.priority = level.priority and m.is_gated = level.is_gated
                        and m.bucket = at_bucket and m.company_id = at_company and m.kind = any (kinds)
                        and m.id <> all (claimed_ids)
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
            exit when turn = 1 and looks = 0;
        end loop;
    end loop;
    if cardinality(claimed_ids) = 0 then
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
create or replace function queue.finish(finisher text, results jsonb) returns setof bigint
    language plpgsql as $$
#variable_conflict use_column
declare
    lane_companies uuid[];
    lane_names text[];
begin
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
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
            bucket = queue.bucket(),
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

-- Moves each level's floor up from where it is, past what was finished meanwhile.
create function queue.raise_floors_further() returns void
    language sql as $$
    update queue.level l set floor = f.floor
    from (
        select k.priority, k.is_gated, least(
            coalesce((
                select m.bucket from queue.message m
                where m.state = 'available' and not m.is_blocked and not m.is_held
                    and m.priority = k.priority and m.is_gated = k.is_gated and m.bucket >= k.floor
                order by m.bucket limit 1), 2147483647),
            queue.bucket() - 1) as floor
        from (select * from queue.level order by priority, is_gated for update skip locked) k) f
    where l.priority = f.priority and l.is_gated = f.is_gated and l.floor < f.floor
$$;

-- Returns messages whose lease ran out. What may have taken effect is looked for first, once that can be seen.
create or replace function queue.rescue(look_seconds double precision, looking_kinds text[], back_seconds double precision) returns bigint
    language sql as $$
    select queue.raise_floors_further();
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

-- Sets each level's floor to the oldest bucket that holds something, wherever that is. The floor stays below the current
-- bucket, because a message belongs to the bucket in which it was written, not to that in which its transaction commits:
-- what commits later than that is found here. So are messages that are held without a gate, if there ever are any.
create or replace function queue.raise_floors() returns void
    language sql as $$
    update queue.message m set is_held = false, bucket = queue.bucket()
    where m.is_held and not exists (select from queue.gate g where g.company_id = m.company_id);
    update queue.level l set floor = f.floor
    from (
        select k.priority, k.is_gated, least(
            coalesce((
                select m.bucket from queue.message m
                where m.state = 'available' and not m.is_blocked and not m.is_held
                    and m.priority = k.priority and m.is_gated = k.is_gated
                order by m.bucket limit 1), 2147483647),
            queue.bucket() - 1) as floor
        from (select * from queue.level order by priority, is_gated for update skip locked) k) f
    where l.priority = f.priority and l.is_gated = f.is_gated and l.floor <> f.floor
$$;
