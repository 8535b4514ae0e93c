-- Who writes an invoice meanwhile would add its figures as they were counted before.
lock table books.invoice in share row exclusive mode;

-- An invoice made from a quote is the deal's that the quote was bound to, also when another Pipedrive company was
-- connected meanwhile. Bound anew, it is the connected company's deal, as before.
create or replace function books.note_deal_company() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    new.deal_pipedrive_company_id := (
        select c.pipedrive_company_id from pipedrive.connection c
        where c.company_id = new.company_id and (new.deal_id is not null or new.lead_id is not null));
    -- Only invoices have a quote.
    if tg_table_name = 'invoice' and tg_op = 'INSERT' then
        new.deal_pipedrive_company_id := coalesce(
            (select q.deal_pipedrive_company_id from books.quote q
            where q.company_id = new.company_id and q.id = new.quote_id
                and (q.deal_id = new.deal_id
                    or q.deal_id is null and new.deal_id is null and q.lead_id = new.lead_id)),
            new.deal_pipedrive_company_id);
    end if;
    return new;
end
$$;
update books.invoice i set deal_pipedrive_company_id = q.deal_pipedrive_company_id
from books.quote q
where q.company_id = i.company_id and q.id = i.quote_id
    and (q.deal_id = i.deal_id or q.deal_id is null and i.deal_id is null and q.lead_id = i.lead_id)
    and q.deal_pipedrive_company_id <> i.deal_pipedrive_company_id;

-- Nothing is due of an invoice of 0.00: it is neither open nor overdue.
create or replace function books.companies_with_lapsed_documents(moment timestamptz) returns setof uuid
    language sql stable security definer set search_path = pg_catalog
    begin atomic
        select i.company_id from books.invoice i join books.company c using (company_id)
        where i.state in ('sent', 'partially_paid') and i.overdue_at is null and i.gross > i.paid
            and i.due_on < (moment at time zone c.time_zone)::date
        union
        select q.company_id from books.quote q join books.company c using (company_id)
        where q.state in ('sent', 'viewed') and q.valid_until < (moment at time zone c.time_zone)::date;
    end;

create or replace function books.invoice_figures(state text, due_on date, gross bigint, paid bigint)
    returns table (
        due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    language sql immutable parallel safe as $$
    select 'infinity'::date, 1::bigint, case when $1 = 'paid' then $3 else 0 end, 0::bigint, 0::bigint, 0::bigint
    where $1 <> 'concept'
    union all
    select $2, 0, 0, 0, 1, $3 - $4 where $1 in ('sent', 'partially_paid') and $3 <> $4
$$;
with settled as materialized (
    select company_id, contact_id, currency, due_on, count(*) as invoices from books.invoice
    where state in ('sent', 'partially_paid') and gross = paid
    group by company_id, contact_id, currency, due_on
), customer as materialized (
    select c.company_id, c.id, c.organization_id from books.contact c
    where (c.company_id, c.id) in (select company_id, contact_id from settled)
    order by c.company_id, c.id for share of c
)
insert into books.figure (
    company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count, open_amount)
select s.company_id, h.contact_id, h.scope, s.currency, s.due_on, 0, 0, 0, -sum(s.invoices), 0
from settled s join customer c on c.company_id = s.company_id and c.id = s.contact_id
cross join lateral (values (c.id, 'own'), (c.organization_id, 'persons')) h (contact_id, scope)
where h.contact_id is not null
group by s.company_id, h.contact_id, h.scope, s.currency, s.due_on;
update books.invoice set overdue_at = null
where state in ('sent', 'partially_paid') and gross <= paid and overdue_at is not null;

-- Drafts whose messages were cancelled with their connection were waited for in vain.
update pipedrive.quote_draft d set state = 'failed', reason = 'The connection was ended.'
where d.state = 'requested' and not exists (
    select from queue.message m
    where m.company_id = d.company_id and m.kind = 'draft' and m.subject = d.deal_id::text
        and m.state in ('available', 'scheduled', 'retryable', 'running'));
