-- Three invoices and a subscription in one transaction, of three persons in whatever order.
\set a random(1, 10)
\set b random(1, 10)
\set c random(1, 10)
\set gross random(100, 9999)
\set days random(-20, 40)
begin;
insert into books.invoice (company_id, number, state, contact_id, currency, lines, net, tax, gross, issued_on, due_on,
        public_token)
    values (md5('company')::uuid, gen_random_uuid()::text, 'sent', md5('person ' || :a)::uuid, 'EUR', '[]', :gross, 0,
        :gross, current_date, current_date + :days, gen_random_uuid()::text);
insert into books.invoice (company_id, number, state, contact_id, currency, lines, net, tax, gross, issued_on, due_on,
        public_token)
    select md5('company')::uuid, gen_random_uuid()::text, state, md5('person ' || person)::uuid, 'USD', '[]', :gross, 0,
        :gross, current_date, current_date + :days, gen_random_uuid()::text
    from (values ('concept', :b), ('sent', :c)) v (state, person);
insert into books.subscription (company_id, state, name, contact_id, currency, lines, annual_net, interval_unit,
        interval_count, starts_on)
    values (md5('company')::uuid, 'active', 'S', md5('person ' || :b)::uuid, 'EUR', '[]', :gross, 'month', 1,
        current_date);
commit;
