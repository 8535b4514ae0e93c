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
