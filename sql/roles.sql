-- The roles of the system: made on every `paydock migrate`, before the numbered migrations, and harmless to repeat.
-- Roles belong to the whole cluster, so this file is no migration of one database.
--
-- paydock_owner  owns the schemas and runs migrations
-- paydock_web    pages, webhooks, panel
-- paydock_cron   queue drainer, nightly sync, operator
-- paydock_api    the regular API and the customer pages: no right on vault, pipedrive and queue
--
-- The login role of PAYDOCK_DATABASE_URL becomes a member of all four, and picks one per transaction.
do $$
declare
    name text;
begin
    foreach name in array array['paydock_owner', 'paydock_web', 'paydock_cron', 'paydock_api'] loop
        if not exists (select from pg_roles where rolname = name) then
            begin
                execute format('create role %I nologin noinherit nobypassrls', name);
            exception when duplicate_object or unique_violation then
                null; -- another migrate made it at the same moment
            end;
        end if;
        if not pg_has_role(session_user, name, 'member') then
            begin
                execute format('grant %I to %I', name, session_user);
            exception when unique_violation or duplicate_object then
                null;
            end;
        end if;
    end loop;
    execute format('grant connect, create, temporary on database %I to paydock_owner', current_database());
    -- The sync plans in temporary tables that live for one transaction.
    execute format('grant temporary on database %I to paydock_cron', current_database());
    execute format('grant connect on database %I to paydock_web, paydock_cron, paydock_api', current_database());
end
$$;
