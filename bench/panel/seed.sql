-- :companies companies (200 in the measurement) with 400 persons, 100 organizations and ten invoices per contact, through
-- the triggers that keep the figures up. Person and organization r belong to company 1 + (r - 1) % :companies, whose
-- Pipedrive company is that + 1000 and whose user is that.
create function pg_temp.company(n bigint) returns uuid language sql immutable as $$ select md5('company ' || n)::uuid $$;
create function pg_temp.contact(kind text, n bigint) returns uuid language sql immutable as $$
    select md5(kind || ' ' || n)::uuid $$;

insert into books.company (company_id, name, currency, country, time_zone)
    select pg_temp.company(n), 'Company ' || n, 'EUR', 'NL', 'Europe/Amsterdam' from generate_series(1, :companies) n;
insert into web.pipedrive_company_directory (pipedrive_company_id, company_id)
    select 1000 + n, pg_temp.company(n) from generate_series(1, :companies) n;
insert into pipedrive.connection (company_id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state)
    select pg_temp.company(n), 1000 + n, 'Pipedrive ' || n, n, 'live' from generate_series(1, :companies) n;
insert into pipedrive.user_grant (company_id, pipedrive_company_id, user_id, user_name, is_admin, state)
    select pg_temp.company(n), 1000 + n, n, 'User ' || n, true, 'live' from generate_series(1, :companies) n;
insert into books.contact (company_id, id, kind, name)
    select pg_temp.company(1 + (n - 1) % :companies), pg_temp.contact('organization', n), 'organization', 'Organization ' || n
    from generate_series(1, 100 * :companies) n;
insert into books.contact (company_id, id, kind, name, organization_id)
    select pg_temp.company(1 + (n - 1) % :companies), pg_temp.contact('person', n), 'person', 'Person ' || n,
        pg_temp.contact('organization', 1 + (n - 1) % :companies + :companies * ((n - 1) / :companies % 100))
    from generate_series(1, 400 * :companies) n;
-- Two customers of company 1, with ten invoices and with as many as all others together.
insert into books.contact (company_id, id, kind, name)
    select pg_temp.company(1), pg_temp.contact('person', n), 'person', 'Person ' || n from (values (500 * :companies + 1), (600 * :companies + 1)) v (n);
insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
    select c.company_id, p.pipedrive_company_id, c.kind, substring(c.name from '[0-9]+')::bigint, c.id
    from books.contact c join pipedrive.connection p using (company_id);

select set_config('bench.companies', :'companies', false);
create procedure pg_temp.add_invoices(kind text, first bigint, last bigint, per_contact bigint) language sql as $$
    insert into books.invoice (company_id, number, state, contact_id, currency, lines, net, tax, gross, paid, issued_on,
            due_on, public_token, created_at)
        select pg_temp.company(1 + (n - 1) % current_setting('bench.companies')::bigint), kind || '-' || n || '-' || i, s.state, pg_temp.contact(kind, n),
            case when (n + i) % 9 = 0 then 'USD' else 'EUR' end, '[]', g.net, g.net / 5, g.net + g.net / 5,
            case s.state when 'paid' then g.net + g.net / 5 when 'partially_paid' then 100 else 0 end,
            current_date - 30, current_date + (hashint8(n * 31 + i) % 45)::int, md5('token ' || kind || n || ' ' || i),
            clock_timestamp() - i * interval '1 minute'
        from generate_series(first, last) n, generate_series(1, per_contact) i,
            lateral (select 1000 + abs(hashint8(n * 1000003 + i)) % 1000000 as net) g,
            lateral (select (array['paid', 'sent', 'paid', 'partially_paid', 'paid', 'paid', 'sent', 'paid', 'concept',
                'paid'])[1 + (n + i) % 10] as state) s
$$;
select format('call pg_temp.add_invoices(%L, %s, %s, 10)', kind, n * 20 * :companies + 1, (n + 1) * 20 * :companies)
from (values ('person', 20), ('organization', 5)) v (kind, parts), generate_series(0, parts - 1) n
\gexec
call pg_temp.add_invoices('person', 500 * :companies + 1, 500 * :companies + 1, 10);
call pg_temp.add_invoices('person', 600 * :companies + 1, 600 * :companies + 1, 5000 * :companies);

insert into books.subscription (company_id, state, name, contact_id, currency, lines, annual_net, interval_unit,
        interval_count, starts_on)
    select company_id, 'active', 'Subscription', id, 'EUR', '[]', 120000, 'month', 1, current_date
    from books.contact where hashtext(name) % 4 = 0;
-- As housekeeping leaves it.
select books.fold_past_figures();
vacuum analyze;
checkpoint;
