-- Organizations are recognised by their VAT and KvK numbers. Under row-level security only stored text that is compared
-- with = reaches an index, so the normalised numbers are columns. Persons, who have none, are spared the call.
alter table books.contact
    add column vat_key text generated always as (
        case when vat_number is not null then left(books.normalize_number(vat_number), 255) end) stored,
    add column kvk_key text generated always as (
        case when kvk_number is not null then left(books.normalize_number(kvk_number), 255) end) stored;
comment on column books.contact.vat_key is 'The VAT number as it is compared; null for less than four characters.';
comment on column books.contact.kvk_key is 'The KvK number as it is compared; null for less than four characters.';

create index contact_vat on books.contact (company_id, vat_key) where vat_key is not null;
comment on index books.contact_vat is 'Matching an organization of Pipedrive by its VAT number; organizations that share one.';
create index contact_kvk on books.contact (company_id, kvk_key) where kvk_key is not null;
comment on index books.contact_kvk is 'Matching an organization of Pipedrive by its KvK number; organizations that share one.';

-- A product that had no price when it was last synced, and has none again, was not emptied: an empty value never
-- overwrites a filled one unless that side cleared it since.
create or replace function pipedrive.prices_edited() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select c.company_id, jsonb_agg(jsonb_build_array(c.product_id, 'prices', tg_op = 'INSERT' and c.number = (
            select count(*) from books.product_price p
            where p.company_id = c.company_id and p.product_id = c.product_id)))
        from (select company_id, product_id, count(*) as number from changed group by 1, 2) c
        join books.product p on p.company_id = c.company_id and p.id = c.product_id
        group by c.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;
