-- A drainer that is gone is noticed by its session, before its leases run out; and what it may have posted is looked for
-- at once, while the rule of when it may be posted again stays what it was.

comment on column queue.drainer.hears is
    'Whether its listening session is open: it notices notifications, and holds the lock (20529, hashtext(worker)).';

-- What a worker that is lost had in hand. A note that it may have posted is looked for at once: whether it is there can
-- only become truer. It is posted again at `repeat_seconds` after the lease's end, no earlier: until shortly before that
-- end a worker that is not dead, but only cut off, may still begin to post.
create function queue.give_back(companies uuid[], ids bigint[], repeat_seconds double precision, looking_kinds text[]) returns bigint
    language sql as $$
    with returned as (
        update queue.message m set
            state = 'retryable', lease_until = null, worker = null, has_unclear_attempt = true,
            reason = 'The worker was lost', due_at = clock_timestamp(),
            repeat_after = case when m.kind = any (looking_kinds)
                then greatest(m.repeat_after, m.lease_until + make_interval(secs => repeat_seconds))
                else m.repeat_after end
        from unnest(companies, ids) l (company_id, id)
        where m.company_id = l.company_id and m.id = l.id
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
drop function queue.rescue(double precision, text[], double precision);
create function queue.rescue(
    rescuer text, repeat_seconds double precision, looking_kinds text[], back_seconds double precision) returns bigint
    language plpgsql as $$
declare
    gone text[];
    companies uuid[];
    ids bigint[];
begin
    perform queue.raise_floors_further();
    select array_agg(worker) into gone from (
        with others as materialized (select worker from queue.drainer where hears and worker <> rescuer)
        select worker from others
        where pg_try_advisory_xact_lock(20529, hashtext(worker))) d;
    select array_agg(company_id), array_agg(id) into companies, ids from (
        select company_id, id from queue.message
        where state = 'running'
            and (lease_until < clock_timestamp() and lease_until >= clock_timestamp() - make_interval(secs => back_seconds)
                or worker = any (gone) and kind = any (looking_kinds))
        order by lease_until limit 500 for update skip locked) lost;
    if gone is not null then
        delete from queue.drainer where worker = any (gone);
    end if;
    if ids is null then return 0; end if;
    return queue.give_back(companies, ids, repeat_seconds, looking_kinds);
end
$$;

-- The statements of each turn of a drainer. A function in SQL is planned anew at every call, one in PL/pgSQL once in a
-- session; and what is planned while the table is small must still be right when it is not, with the dead of a minute in
-- every index: so each looks its rows up by their keys, whatever the statistics say.
create or replace function queue.stage() returns void
    language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    update queue.message m set state = 'available', bucket = queue.bucket()
    from (
        select company_id, id from queue.message
        where state in ('scheduled', 'retryable') and due_at <= clock_timestamp()
        order by due_at limit 500 for update skip locked) due
    where m.company_id = due.company_id and m.id = due.id;
end
$$;

create or replace function queue.unblock(companies uuid[], lanes text[]) returns void
    language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    update queue.message n set is_blocked = false, bucket = queue.bucket()
    from unnest(companies, lanes) l (company_id, lane)
    cross join lateral (
        select f.id from queue.message f
        where f.company_id = l.company_id and f.lane = l.lane
            and f.state in ('available', 'scheduled', 'running', 'retryable')
        order by f.id limit 1) first
    where n.company_id = l.company_id and n.id = first.id and n.is_blocked;
end
$$;

alter function queue.claim(
    text, integer, double precision, integer, text[], smallint, uuid[], integer[])
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;

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
        -- Written so that the index of leases cannot serve: each is found by its key.
        where m.state || '' = 'running' and m.worker = finisher and m.claim_count = r.claim
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
alter function queue.finish(text, jsonb)
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
