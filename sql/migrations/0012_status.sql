-- The status that a person reads of an invoice, stored, so that lists filtered by it come from an index in their order
-- and their totals from the counts, overdue like any other.
alter table books.invoice
    add column status text not null generated always as (
        case when overdue_at is not null and state in ('sent', 'partially_paid') then 'overdue' else state end) stored;

drop index books.invoice_state_newest, books.invoice_overdue;
create index invoice_status_newest on books.invoice (company_id, status, created_at desc, id);
comment on index books.invoice_status_newest is 'Lists of invoices with one status, newest first.';

-- The lists' counts keep the status where they kept the state.
drop trigger invoice_list_insert on books.invoice;
drop trigger invoice_list_update on books.invoice;
drop trigger invoice_list_delete on books.invoice;
create trigger invoice_list_insert after insert on books.invoice referencing new table as fresh
    for each statement execute function books.count_list('status');
create trigger invoice_list_update after update on books.invoice referencing new table as fresh old table as stale
    for each statement execute function books.count_list('status');
create trigger invoice_list_delete after delete on books.invoice referencing old table as stale
    for each statement execute function books.count_list('status');
delete from books.list_change where list = 'invoice';
insert into books.list_change (company_id, list, state, change)
    select company_id, 'invoice', status, count(*) from books.invoice group by 1, 3;

create index subscription_state_newest on books.subscription (company_id, state, created_at desc, id);
comment on index books.subscription_state_newest is 'Lists of subscriptions in one state, newest first.';

-- With the id, so that they give the lists of a contact in order, and pages far down without reading what is before.
drop index books.invoice_contact, books.quote_contact;
create index invoice_contact on books.invoice (company_id, contact_id, created_at desc, id);
comment on index books.invoice_contact is
    'Invoices of a contact: lists, the panel, whether a contact has documents.';
create index quote_contact on books.quote (company_id, contact_id, created_at desc, id);
comment on index books.quote_contact is 'Quotes of a contact; whether a contact has documents.';
