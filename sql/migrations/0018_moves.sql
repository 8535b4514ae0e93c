-- The moves of docs/states.md, held here too: a CHECK says which states there are, this says which may follow which.
create function books.check_move() returns trigger
    language plpgsql set search_path = pg_catalog as $$
begin
    if old.state || '>' || new.state <> all (tg_argv) then
        raise exception 'a % that is % does not become %', tg_table_name, old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;
create trigger quote_moves before update of state on books.quote
    for each row when (old.state <> new.state) execute function books.check_move(
        'concept>sent', 'sent>viewed', 'sent>accepted', 'sent>declined', 'sent>expired',
        'viewed>accepted', 'viewed>declined', 'viewed>expired');
create trigger invoice_moves before update of state on books.invoice
    for each row when (old.state <> new.state) execute function books.check_move(
        'concept>sent', 'sent>partially_paid', 'sent>paid', 'sent>credited',
        'partially_paid>paid', 'partially_paid>credited', 'paid>credited');
create trigger subscription_moves before update of state on books.subscription
    for each row when (old.state <> new.state) execute function books.check_move(
        'concept>active', 'concept>cancelled', 'active>paused', 'active>cancelled',
        'paused>active', 'paused>cancelled');
