-- What the panel shows of a contact, kept up by every write to the books, so that reading it costs the same whatever
-- the number of documents. The figures are lines that are only ever added: nobody waits for anybody, whichever contacts
-- a transaction touches in whichever order, and what is added up is exact because addition knows no order. Lines of one
-- key are folded into one by those who add to it. docs/decisions/0028-figures.md tells the whole of it.
create table books.figure (
    company_id uuid not null references books.company,
    -- Whose page shows it.
    contact_id uuid not null,
    -- Of the contact's own documents, or of the documents of an organization's persons.
    scope text not null check (scope in ('own', 'persons')),
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    -- Open amounts stand by their due date, because midnight makes them overdue without a write. What has none stands
    -- under infinity, what has been due for long under -infinity.
    due_on date not null,
    id bigint generated always as identity,
    invoice_count bigint not null,
    revenue bigint not null,
    arr bigint not null,
    open_count bigint not null,
    open_amount bigint not null,
    primary key (company_id, contact_id, scope, currency, due_on, id)
);
comment on table books.figure is 'Sums for the panel; a key''s figures are the sum of its lines.';
create index figure_past on books.figure (due_on) where due_on > '-infinity' and due_on < 'infinity';
comment on index books.figure_past is 'Lines whose due date is long past, for housekeeping.';
call migration.protect('books.figure');

-- The newest issued invoice of each contact and currency, on the contact's page and on its organization's. Older lines
-- are taken away by those who add newer ones; one that stays for a while does no harm, because the newest is read.
create table books.newest_invoice (
    company_id uuid not null references books.company,
    contact_id uuid not null,
    scope text not null check (scope in ('own', 'persons')),
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    issued_at timestamptz not null,
    invoice_id uuid not null,
    number text not null,
    -- The contact that the invoice was made out to.
    customer_id uuid not null,
    primary key (company_id, contact_id, scope, currency, issued_at, invoice_id)
);
comment on table books.newest_invoice is 'The panel''s link to the latest invoice.';
create index newest_invoice_customer on books.newest_invoice (company_id, customer_id, scope);
comment on index books.newest_invoice_customer is 'Lines of one customer: older ones to be taken away, and moves.';
call migration.protect('books.newest_invoice');

grant select on books.figure, books.newest_invoice to paydock_web, paydock_cron, paydock_api;

-- What one document adds to its customer's figures.
create function books.invoice_figures(state text, due_on date, gross bigint, paid bigint)
    returns table (
        due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    language sql immutable parallel safe as $$
    select 'infinity'::date, 1::bigint, case when $1 = 'paid' then $3 else 0 end, 0::bigint, 0::bigint, 0::bigint
    where $1 <> 'concept'
    union all
    select $2, 0, 0, 0, 1, $3 - $4 where $1 in ('sent', 'partially_paid')
$$;
create function books.subscription_figures(state text, annual_net bigint)
    returns table (
        due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    language sql immutable parallel safe as $$
    select 'infinity'::date, 0::bigint, 0::bigint, $2, 0::bigint, 0::bigint where $1 = 'active'
$$;

-- After any write to invoices or subscriptions, of one row or a million: adds the difference. The argument is the call
-- that says what a row adds. The customers' rows are locked for share until the end of the transaction, so that who
-- moves a person to another organization waits for what is being added, or is waited for; nothing else waits.
create function books.keep_figures() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select *, 1 as sign from fresh'
        when 'DELETE' then 'select *, -1 as sign from stale'
        else 'select *, 1 as sign from fresh union all select *, -1 from stale' end;
begin
    execute format(
        'with change as materialized (
             select r.company_id, r.contact_id, r.currency, f.due_on, sum(r.sign * f.invoice_count) as invoice_count,
                 sum(r.sign * f.revenue) as revenue, sum(r.sign * f.arr) as arr,
                 sum(r.sign * f.open_count) as open_count, sum(r.sign * f.open_amount) as open_amount
             from (%s) r cross join lateral %s f
             group by r.company_id, r.contact_id, r.currency, f.due_on
         ), customer as materialized (
             select c.company_id, c.id, c.organization_id from books.contact c
             join (select distinct company_id, contact_id from change
                 where (invoice_count, revenue, arr, open_count, open_amount) <> (0, 0, 0, 0, 0)) d
                 on d.company_id = c.company_id and d.contact_id = c.id
             order by c.company_id, c.id for share of c
         )
         insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
             open_count, open_amount)
         select k.company_id, h.contact_id, h.scope, k.currency, k.due_on, sum(k.invoice_count), sum(k.revenue),
             sum(k.arr), sum(k.open_count), sum(k.open_amount)
         from change k join customer c on c.company_id = k.company_id and c.id = k.contact_id
         cross join lateral (values (c.id, ''own''), (c.organization_id, ''persons'')) h (contact_id, scope)
         where h.contact_id is not null
         group by k.company_id, h.contact_id, h.scope, k.currency, k.due_on
         having (sum(k.invoice_count), sum(k.revenue), sum(k.arr), sum(k.open_count), sum(k.open_amount))
             <> (0, 0, 0, 0, 0)', changed, tg_argv[0]);
    return null;
end
$$;

-- Who adds to a key folds its lines once there are more than a few, or once something was closed. Lines that somebody
-- else is folding are left to them; what was not committed yet is not seen. So a key has at most eight lines and those
-- of the transactions that run.
create function books.fold_figures() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    -- Folding adds lines, too, which come here again: where nothing was folded it ends.
    if not exists (select from added) then
        return null;
    end if;
    with crowded as materialized (
        select a.company_id, a.contact_id, a.scope, a.currency, a.due_on
        from (
            select company_id, contact_id, scope, currency, due_on, bool_or(open_count < 0) as closes
            from added group by company_id, contact_id, scope, currency, due_on) a
        where (
            select count(*) from (
                select from books.figure f
                where f.company_id = a.company_id and f.contact_id = a.contact_id and f.scope = a.scope
                    and f.currency = a.currency and f.due_on = a.due_on
                limit 9) line
        ) > case when a.closes then 1 else 8 end
    ), line as materialized (
        select f.company_id, f.contact_id, f.scope, f.currency, f.due_on, f.id
        from crowded c join books.figure f using (company_id, contact_id, scope, currency, due_on)
        for update of f skip locked
    ), gone as (
        delete from books.figure f using (
            select l.*, count(*) over (partition by company_id, contact_id, scope, currency, due_on) as fellows
            from line l) l
        where l.fellows > 1 and f.company_id = l.company_id and f.contact_id = l.contact_id and f.scope = l.scope
            and f.currency = l.currency and f.due_on = l.due_on and f.id = l.id
        returning f.*
    )
    insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count,
        open_amount)
    select company_id, contact_id, scope, currency, due_on, sum(invoice_count), sum(revenue), sum(arr),
        sum(open_count), sum(open_amount)
    from gone group by company_id, contact_id, scope, currency, due_on
    having (sum(invoice_count), sum(revenue), sum(arr), sum(open_count), sum(open_amount)) <> (0, 0, 0, 0, 0);
    return null;
end
$$;
create trigger figure_added after insert on books.figure
    referencing new table as added for each statement execute function books.fold_figures();

-- An invoice counts as the latest from its issue on. The customer's row is locked already: an issue changes a figure.
-- Where one is withdrawn, which is rare, the one before it takes its place. What did not change is told by its signs,
-- which cancel out: joining the old rows with the new ones could be planned as a loop in a loop.
create function books.keep_newest_invoice() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select *, 1 as sign from fresh'
        when 'DELETE' then 'select *, -1 as sign from stale'
        else 'select *, 1 as sign from fresh union all select *, -1 from stale' end;
begin
    execute format(
        'with change as materialized (
             select company_id, contact_id, currency, created_at, id, number, sum(sign) as sign
             from (%s) r where state <> ''concept''
             group by company_id, contact_id, currency, created_at, id, number having sum(sign) <> 0
         ), withdrawn as (
             delete from books.newest_invoice n using change w
             where w.sign < 0 and n.company_id = w.company_id and n.customer_id = w.contact_id and n.invoice_id = w.id
         ), newest as (
             select distinct on (company_id, contact_id, currency) * from (
                 select company_id, contact_id, currency, created_at, id, number from change where sign > 0
                 union all
                 select w.company_id, w.contact_id, w.currency, i.created_at, i.id, i.number
                 from (select distinct company_id, contact_id, currency from change where sign < 0) w
                 cross join lateral (
                     select i.created_at, i.id, i.number from books.invoice i
                     where i.company_id = w.company_id and i.contact_id = w.contact_id and i.currency = w.currency
                         and i.state <> ''concept''
                     order by i.created_at desc, i.id limit 1) i) i
             order by company_id, contact_id, currency, created_at desc, id
         )
         insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
             customer_id)
         select c.company_id, h.contact_id, h.scope, i.currency, i.created_at, i.id, i.number, c.id
         from newest i join books.contact c on c.company_id = i.company_id and c.id = i.contact_id
         cross join lateral (values (c.id, ''own''), (c.organization_id, ''persons'')) h (contact_id, scope)
         where h.contact_id is not null
         on conflict do nothing', changed);
    return null;
end
$$;

create function books.drop_older_invoices() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    with older as materialized (
        select n.company_id, n.contact_id, n.scope, n.currency, n.issued_at, n.invoice_id
        from added a join books.newest_invoice n
            on n.company_id = a.company_id and n.customer_id = a.customer_id and n.scope = a.scope
            and n.contact_id = a.contact_id and n.currency = a.currency
            and (n.issued_at < a.issued_at or (n.issued_at = a.issued_at and n.invoice_id > a.invoice_id))
        for update of n skip locked
    )
    delete from books.newest_invoice n using older o
    where n.company_id = o.company_id and n.contact_id = o.contact_id and n.scope = o.scope
        and n.currency = o.currency and n.issued_at = o.issued_at and n.invoice_id = o.invoice_id;
    return null;
end
$$;
create trigger newest_invoice_added after insert on books.newest_invoice
    referencing new table as added for each statement execute function books.drop_older_invoices();

do $$
declare
    document text;
    adds text;
begin
    for document, adds in values
        ('invoice', 'books.invoice_figures(r.state, r.due_on, r.gross, r.paid)'),
        ('subscription', 'books.subscription_figures(r.state, r.annual_net)')
    loop
        execute format(
            'create trigger %1$s_figures_insert after insert on books.%1$s referencing new table as fresh
                 for each statement execute function books.keep_figures(%2$L)', document, adds);
        execute format(
            'create trigger %1$s_figures_update after update on books.%1$s
                 referencing new table as fresh old table as stale
                 for each statement execute function books.keep_figures(%2$L)', document, adds);
        execute format(
            'create trigger %1$s_figures_delete after delete on books.%1$s referencing old table as stale
                 for each statement execute function books.keep_figures(%2$L)', document, adds);
    end loop;
end
$$;
-- After the figures, whose trigger locks the customers: triggers of one event fire by name.
create trigger invoice_newest_insert after insert on books.invoice referencing new table as fresh
    for each statement execute function books.keep_newest_invoice();
create trigger invoice_newest_update after update on books.invoice referencing new table as fresh old table as stale
    for each statement execute function books.keep_newest_invoice();
create trigger invoice_newest_delete after delete on books.invoice referencing old table as stale
    for each statement execute function books.keep_newest_invoice();

-- A person that comes to another organization takes its figures along. Its row is locked by the update, so nobody adds
-- to them meanwhile; whoever waited for the row sees the new organization. An archived contact keeps its documents, and
-- its organization keeps counting them.
create function books.move_figures() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    moved text := '(
        select company_id, id, organization_id, sum(sign) as sign from (
            select company_id, id, organization_id, 1 as sign from fresh
            union all select company_id, id, organization_id, -1 from stale) r
        where organization_id is not null
        group by company_id, id, organization_id having sum(sign) <> 0)';
begin
    -- An organization that is being deleted takes its figures with it.
    execute
        'insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
             open_count, open_amount)
         select g.company_id, m.organization_id, ''persons'', g.currency, g.due_on, sum(m.sign * g.invoice_count),
             sum(m.sign * g.revenue), sum(m.sign * g.arr), sum(m.sign * g.open_count), sum(m.sign * g.open_amount)
         from ' || moved || ' m
         join books.figure g on g.company_id = m.company_id and g.contact_id = m.id and g.scope = ''own''
         where exists (select from books.contact c where c.company_id = m.company_id and c.id = m.organization_id)
         group by g.company_id, m.organization_id, g.currency, g.due_on
         having (sum(m.sign * g.invoice_count), sum(m.sign * g.revenue), sum(m.sign * g.arr),
             sum(m.sign * g.open_count), sum(m.sign * g.open_amount)) <> (0, 0, 0, 0, 0)';
    execute
        'with moved as materialized ' || moved || ', left_behind as (
             delete from books.newest_invoice n using moved m
             where m.sign < 0 and n.company_id = m.company_id and n.customer_id = m.id
                 and n.contact_id = m.organization_id and n.scope = ''persons''
         )
         insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
             customer_id)
         select n.company_id, m.organization_id, ''persons'', n.currency, n.issued_at, n.invoice_id, n.number,
             n.customer_id
         from moved m join books.newest_invoice n
             on n.company_id = m.company_id and n.customer_id = m.id and n.scope = ''own''
         where m.sign > 0';
    return null;
end
$$;
create trigger contact_figures_moved after update on books.contact
    referencing new table as fresh old table as stale for each statement execute function books.move_figures();

create function books.drop_figures() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    delete from books.figure f using stale s where f.company_id = s.company_id and f.contact_id = s.id;
    delete from books.newest_invoice n using stale s where n.company_id = s.company_id and n.contact_id = s.id;
    return null;
end
$$;
create trigger contact_figures_deleted after delete on books.contact
    referencing old table as stale for each statement execute function books.drop_figures();

-- What has been due for more than a week is overdue wherever the company is, so its date no longer matters: it goes
-- under -infinity. This keeps the number of a contact's lines to the due dates of the last days and those to come.
create function books.fold_past_figures() returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with past as materialized (
        select company_id, contact_id, scope, currency, due_on, id from books.figure
        where due_on > '-infinity' and due_on < current_date - 7
        order by due_on limit 100000 for update skip locked
    ), gone as (
        delete from books.figure f using past p
        where f.company_id = p.company_id and f.contact_id = p.contact_id and f.scope = p.scope
            and f.currency = p.currency and f.due_on = p.due_on and f.id = p.id
        returning f.*
    ), folded as (
        insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
            open_count, open_amount)
        select company_id, contact_id, scope, currency, '-infinity', sum(invoice_count), sum(revenue), sum(arr),
            sum(open_count), sum(open_amount)
        from gone group by company_id, contact_id, scope, currency
        having (sum(invoice_count), sum(revenue), sum(arr), sum(open_count), sum(open_amount)) <> (0, 0, 0, 0, 0)
    )
    select count(*) from gone
$$;

-- Every figure as it follows from the documents, the slow and plain way; for the operator's check and for making them
-- anew.
create function books.figures_from_documents()
    returns table (
        company_id uuid, contact_id uuid, scope text, currency text, due_on date, invoice_count bigint, revenue bigint,
        arr bigint, open_count bigint, open_amount bigint)
    language sql stable security definer set search_path = pg_catalog as $$
    select d.company_id, h.contact_id, h.scope, d.currency, d.due_on, sum(d.invoice_count)::bigint,
        sum(d.revenue)::bigint, sum(d.arr)::bigint, sum(d.open_count)::bigint, sum(d.open_amount)::bigint
    from (
        select r.company_id, r.contact_id, r.currency, f.* from books.invoice r
        cross join lateral books.invoice_figures(r.state, r.due_on, r.gross, r.paid) f
        union all
        select r.company_id, r.contact_id, r.currency, f.* from books.subscription r
        cross join lateral books.subscription_figures(r.state, r.annual_net) f) d
    join books.contact c on c.company_id = d.company_id and c.id = d.contact_id
    cross join lateral (values (c.id, 'own'), (c.organization_id, 'persons')) h (contact_id, scope)
    where h.contact_id is not null
    group by d.company_id, h.contact_id, h.scope, d.currency, d.due_on
$$;
create function books.newest_from_documents()
    returns table (
        company_id uuid, contact_id uuid, scope text, currency text, issued_at timestamptz, invoice_id uuid,
        number text, customer_id uuid)
    language sql stable security definer set search_path = pg_catalog as $$
    select i.company_id, h.contact_id, h.scope, i.currency, i.created_at, i.id, i.number, c.id
    from (
        select distinct on (company_id, contact_id, currency) company_id, contact_id, currency, created_at, id, number
        from books.invoice where state <> 'concept'
        order by company_id, contact_id, currency, created_at desc, id) i
    join books.contact c on c.company_id = i.company_id and c.id = i.contact_id
    cross join lateral (values (c.id, 'own'), (c.organization_id, 'persons')) h (contact_id, scope)
    where h.contact_id is not null
$$;

-- How many contacts, or organizations for their persons, show another figure or another latest invoice in a currency
-- than their documents give. Due dates that were folded away are compared as what they are: past.
create function books.differing_figures() returns bigint
    language sql stable security definer set search_path = pg_catalog as $$
    with kept as (
        select company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count, open_amount
        from books.figure
    ), line as (
        select k.*, 1 as sign from kept k union all select d.*, -1 from books.figures_from_documents() d
    ), amount as (
        select company_id, contact_id, scope, currency from line
        group by company_id, contact_id, scope, currency,
            case when due_on < current_date - 7 then '-infinity' else due_on end
        having (sum(sign * invoice_count), sum(sign * revenue), sum(sign * arr), sum(sign * open_count),
            sum(sign * open_amount)) <> (0, 0, 0, 0, 0)
    ), newest as (
        select company_id, contact_id, scope, currency, customer_id from (
            select distinct on (company_id, contact_id, scope, currency, customer_id) n.*
            from books.newest_invoice n
            order by company_id, contact_id, scope, currency, customer_id, issued_at desc, invoice_id) k
        full join books.newest_from_documents() d
            using (company_id, contact_id, scope, currency, customer_id, issued_at, invoice_id)
        where k.number is distinct from d.number
    )
    select count(*) from (
        select company_id, contact_id, scope, currency from amount
        union select company_id, contact_id, scope, currency from newest) differing
$$;

-- Makes all figures anew. Writes to the books wait for it.
create function books.rebuild_figures() returns bigint
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    line_count bigint;
begin
    lock table books.contact, books.invoice, books.subscription in share mode;
    lock table books.figure, books.newest_invoice in exclusive mode;
    delete from books.figure;
    delete from books.newest_invoice;
    insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count,
        open_amount)
    select * from books.figures_from_documents();
    get diagnostics line_count = row_count;
    insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
        customer_id)
    select * from books.newest_from_documents();
    return line_count;
end
$$;
revoke execute on function books.fold_past_figures, books.figures_from_documents, books.newest_from_documents,
    books.differing_figures, books.rebuild_figures from public;
grant execute on function books.fold_past_figures, books.differing_figures, books.rebuild_figures to paydock_cron;

select books.rebuild_figures();

-- A deal's own documents.
create index invoice_deal on books.invoice (company_id, deal_id, created_at desc) where deal_id is not null;
comment on index books.invoice_deal is 'The invoice of a deal, for the panel.';
create index invoice_quote on books.invoice (company_id, quote_id) where quote_id is not null;
comment on index books.invoice_quote is 'The invoice made from a deal''s quote, for the panel.';
