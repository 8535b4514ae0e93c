-- Whoever adds a message to a lane, by whatever statement: it waits behind what is unfinished there. The lock is the one
-- that ending a message takes (0011): a message is never added behind one that has just ended.
create function queue.join_lane() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(queue.lane_key(new.company_id, new.lane));
    -- A statement of its own, so that it sees what was committed until now, and the rows before it of the same insert.
    new.is_blocked := exists (
        select from queue.message earlier
        where earlier.company_id = new.company_id and earlier.lane = new.lane
            and earlier.state in ('available', 'scheduled', 'running', 'retryable'));
    return new;
end
$$;
create trigger message_joins_lane before insert on queue.message
    for each row when (new.lane is not null) execute function queue.join_lane();
