-- Deals and leads of different Pipedrive companies have the same numbers: a document remembers whose deal it was bound
-- to. With another company connected, its panel and its deals' notes know nothing of that document; when the first one
-- returns, they do again.
alter table books.quote add column deal_pipedrive_company_id bigint;
alter table books.invoice add column deal_pipedrive_company_id bigint;
comment on column books.quote.deal_pipedrive_company_id is 'Whose deal or lead; null without one, and before the first connection.';
comment on column books.invoice.deal_pipedrive_company_id is 'Whose deal or lead; null without one, and before the first connection.';

-- Who binds a document may have no right to read the connection.
create function books.note_deal_company() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    new.deal_pipedrive_company_id := (
        select c.pipedrive_company_id from pipedrive.connection c
        where c.company_id = new.company_id and (new.deal_id is not null or new.lead_id is not null));
    return new;
end
$$;

-- What was bound before anything was ever connected belongs to the first company that is.
create function books.note_first_connection() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    update books.quote set deal_pipedrive_company_id = new.pipedrive_company_id
    where company_id = new.company_id and deal_pipedrive_company_id is null
        and (deal_id is not null or lead_id is not null);
    update books.invoice set deal_pipedrive_company_id = new.pipedrive_company_id
    where company_id = new.company_id and deal_pipedrive_company_id is null
        and (deal_id is not null or lead_id is not null);
    return null;
end
$$;

-- As far as it can still be known: a drafted quote says whose deal it is, anything else was bound to the last company.
update books.quote q set deal_pipedrive_company_id = coalesce(nullif(q.pipedrive_company_id, 0), c.pipedrive_company_id)
from pipedrive.connection c
where c.company_id = q.company_id and (q.deal_id is not null or q.lead_id is not null);
update books.invoice i set deal_pipedrive_company_id = coalesce(
    (select q.deal_pipedrive_company_id from books.quote q
    where q.company_id = i.company_id and q.id = i.quote_id and q.deal_id = i.deal_id), c.pipedrive_company_id)
from pipedrive.connection c
where c.company_id = i.company_id and (i.deal_id is not null or i.lead_id is not null);

do $$
declare
    document text;
begin
    foreach document in array array['quote', 'invoice'] loop
        execute format(
            'create trigger %1$s_deal_insert before insert on books.%1$s for each row
                 when (new.deal_id is not null or new.lead_id is not null)
                 execute function books.note_deal_company()', document);
        execute format(
            'create trigger %1$s_deal_update before update of deal_id, lead_id on books.%1$s for each row
                 when (new.deal_id is distinct from old.deal_id or new.lead_id is distinct from old.lead_id)
                 execute function books.note_deal_company()', document);
    end loop;
end
$$;
create trigger connection_first after insert on pipedrive.connection
    for each row execute function books.note_first_connection();
