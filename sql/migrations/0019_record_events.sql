-- Contacts and products that the sync makes or changes, many in a statement, have their events from here, in the same
-- transaction. Pages and API write one at a time and append the event themselves. The argument is a column that says
-- nothing; a product's updated_at says that its prices changed, which stand in another table.
create function books.add_record_events() returns trigger
    language plpgsql set search_path = pg_catalog as $$
begin
    if current_user <> 'paydock_cron' then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into books.event (company_id, kind, subject_id)
        select company_id, tg_table_name || '.created', id from fresh;
    else
        insert into books.event (company_id, kind, subject_id)
        select f.company_id, tg_table_name || '.updated', f.id
        from fresh f join stale s on s.company_id = f.company_id and s.id = f.id
        where to_jsonb(f) - tg_argv[0] <> to_jsonb(s) - tg_argv[0];
    end if;
    return null;
end
$$;
create trigger contact_events_insert after insert on books.contact referencing new table as fresh
    for each statement execute function books.add_record_events();
create trigger contact_events_update after update on books.contact referencing new table as fresh old table as stale
    for each statement execute function books.add_record_events('updated_at');
create trigger product_events_insert after insert on books.product referencing new table as fresh
    for each statement execute function books.add_record_events();
create trigger product_events_update after update on books.product referencing new table as fresh old table as stale
    for each statement execute function books.add_record_events('');
