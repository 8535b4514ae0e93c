-- Companies 0 to 200 with :small invoices and a tenth as many contacts each, but company 0, which has :invoices and a
-- tenth. A quarter of the invoices is sent, a tenth of those overdue, the rest paid; the first contact of company 0 has
-- a tenth of all its invoices. Triggers are left out, and what they keep up for lists is counted at the end.
set session_replication_role = replica;
insert into books.company (company_id, name, currency, country, time_zone)
    select md5('company ' || n)::uuid, 'Company ' || n, 'EUR', 'NL', 'Europe/Amsterdam' from generate_series(0, 200) n;
insert into books.api_key (company_id, hash, name)
    select company_id, sha256(convert_to('ftj_' || company_id, 'UTF8')), 'bench' from books.company
    where name like 'Company %';
insert into web.api_key_directory (hash, company_id) select hash, company_id from books.api_key
    on conflict do nothing;
create temporary table size as
    select n, md5('company ' || n)::uuid as company_id,
        case n when 0 then :invoices else :small end as invoices from generate_series(0, 200) n;
insert into books.contact (company_id, id, kind, name, emails)
    select company_id, md5(n || ' c ' || c)::uuid, 'person', 'Contact ' || md5(c::text), array['c' || c || '@example.com']
    from size, generate_series(1, invoices / 10) c;
insert into books.contact_email (company_id, normalized, contact_id)
    select company_id, emails[1], id from books.contact;
insert into books.invoice (company_id, id, number, state, contact_id, currency, lines, net, tax, gross, paid, issued_on,
        due_on, overdue_at, public_token, created_at)
    select company_id, md5(n || ' i ' || i)::uuid, '2026-' || i, case when i % 4 = 0 then 'sent' else 'paid' end,
        md5(n || ' c ' || case when i % 10 = 1 then 1 else 1 + i % (invoices / 10) end)::uuid, 'EUR',
        '[{"description":"Work","quantity_ten_thousandths":10000,"unit_price_minor":100,"tax_method":"exclusive",
           "tax_basis_points":2100,"billing_frequency":"one-time"}]',
        100, 21, 121, case when i % 4 = 0 then 0 else 121 end, '2026-01-01',
        case when i % 40 = 0 then '2026-02-01' else '2099-01-01' end::date,
        case when i % 40 = 0 then clock_timestamp() end, md5(n || ' t ' || i),
        '2020-01-01'::timestamptz + i * interval '1 second'
    from size, generate_series(1, invoices) i;
reset session_replication_role;
insert into books.list_change (company_id, list, state, change)
    select company_id, 'invoice', status, count(*) from books.invoice group by 1, 3
    union all select company_id, 'contact', 'live', count(*) from books.contact group by 1;
select books.fold_lists();
vacuum (analyze);
