insert into books.company (company_id, name, currency, country, time_zone)
    values (md5('company')::uuid, 'A', 'EUR', 'NL', 'Europe/Amsterdam');
insert into books.contact (company_id, id, kind, name)
    select md5('company')::uuid, md5('organization ' || n)::uuid, 'organization', 'O' || n from generate_series(1, 3) n;
insert into books.contact (company_id, id, kind, name, organization_id)
    select md5('company')::uuid, md5('person ' || n)::uuid, 'person', 'P' || n,
        md5('organization ' || (1 + n % 3))::uuid
    from generate_series(1, 10) n;
