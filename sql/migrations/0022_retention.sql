-- Retention, over all companies: attempts and finished messages 30 days, bodies of webhooks 7.
create index webhook_inbox_old on pipedrive.webhook_inbox (received_at);
comment on index pipedrive.webhook_inbox_old is 'Retention: deliveries of more than 7 days ago.';
create function queue.forget(most integer) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with attempts as (
        delete from queue.attempt where ctid = any (array(
            select ctid from queue.attempt where finished_at < clock_timestamp() - interval '30 days' limit most))
        returning 1),
    messages as (
        delete from queue.finished where ctid = any (array(
            select ctid from queue.finished where finished_at < clock_timestamp() - interval '30 days' limit most))
        returning 1),
    bodies as (
        delete from pipedrive.webhook_inbox where ctid = any (array(
            select ctid from pipedrive.webhook_inbox
            where received_at < clock_timestamp() - interval '7 days' limit most))
        returning 1)
    select (select count(*) from attempts) + (select count(*) from messages) + (select count(*) from bodies)
$$;
revoke execute on function queue.forget from public;
grant execute on function queue.forget to paydock_cron;
