-- PayDock's own data: only what an event, a figure or a quote needs.
create table books.company (
    company_id uuid primary key,
    name text not null check (name <> ''),
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    country text not null check (country ~ '^[A-Z]{2}$'),
    time_zone text not null,
    created_at timestamptz not null default clock_timestamp()
);

create table books.member (
    company_id uuid not null references books.company,
    id uuid not null,
    email text not null check (email = lower(btrim(email)) and email like '%@%'),
    password_hash text not null,
    role text not null check (role in ('owner', 'member')),
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    unique (company_id, email)
);

create table books.api_key (
    company_id uuid not null references books.company,
    hash bytea not null check (length(hash) = 32),
    created_at timestamptz not null default clock_timestamp(),
    revoked_at timestamptz,
    primary key (company_id, hash)
);

-- The only form in which addresses are compared; null for what can be no address.
create function books.normalize_email(address text) returns text
    language sql immutable parallel safe
    return case
        when lower(btrim(address, E' \t\n\r')) ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]{3,}$'
        then lower(btrim(address, E' \t\n\r'))
    end;

-- The only form in which names are compared.
create function books.normalize_name(name text) returns text
    language sql immutable parallel safe
    return lower(regexp_replace(btrim(name), '[[:space:]]+', ' ', 'g'));

create table books.contact (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    kind text not null check (kind in ('person', 'organization')),
    name text not null check (name <> ''),
    name_key text not null generated always as (books.normalize_name(name)) stored,
    organization_id uuid check (organization_id <> id),
    emails text[] not null default '{}',
    phones text[] not null default '{}',
    street text,
    postal_code text,
    city text,
    country text,
    vat_number text,
    kvk_number text,
    language text check (language in ('nl', 'en', 'de')),
    external_id text,
    archived_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    foreign key (company_id, organization_id) references books.contact (company_id, id)
        on delete set null (organization_id)
);
create index contact_name on books.contact (company_id, name_key, id) where archived_at is null;
comment on index books.contact_name is 'Lists of contacts by name; matching organizations by exact name.';
create index contact_organization on books.contact (company_id, organization_id) where organization_id is not null;
comment on index books.contact_organization is 'Persons of an organization, for the panel; the foreign key on delete.';

create table books.contact_email (
    company_id uuid not null,
    normalized text not null,
    contact_id uuid not null,
    primary key (company_id, normalized, contact_id),
    foreign key (company_id, contact_id) references books.contact (company_id, id) on delete cascade
);
create index contact_email_contact on books.contact_email (company_id, contact_id);
comment on index books.contact_email_contact is 'Addresses of a contact, when it changes or is deleted.';

-- Keeps contact_email in step with contact.emails, for one row or a hundred thousand.
create function books.index_contact_emails() returns trigger
    language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        delete from books.contact_email e using fresh f
        where e.company_id = f.company_id and e.contact_id = f.id;
    end if;
    insert into books.contact_email (company_id, normalized, contact_id)
    select distinct f.company_id, books.normalize_email(address), f.id
    from fresh f, unnest(f.emails) address
    where books.normalize_email(address) is not null
    on conflict do nothing;
    return null;
end
$$;
create trigger contact_emails_inserted after insert on books.contact
    referencing new table as fresh for each statement execute function books.index_contact_emails();
create trigger contact_emails_updated after update on books.contact
    referencing new table as fresh for each statement execute function books.index_contact_emails();

create table books.product (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    code text check (code <> ''),
    name text not null check (name <> ''),
    name_key text not null generated always as (books.normalize_name(name)) stored,
    description text,
    unit text,
    tax_basis_points integer not null check (tax_basis_points between 0 and 10000),
    is_active boolean not null default true,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);
create unique index product_code on books.product (company_id, code) where code is not null;
comment on index books.product_code is 'Matching products by code; a code names one product.';
create index product_name on books.product (company_id, name_key, id);
comment on index books.product_name is 'Lists of products by name; matching by exact name.';

create table books.product_price (
    company_id uuid not null,
    product_id uuid not null,
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    minor_units bigint not null check (minor_units between 0 and 1000000000000000),
    primary key (company_id, product_id, currency),
    foreign key (company_id, product_id) references books.product (company_id, id) on delete cascade
);

-- Numbers without gaps: the row is locked until the document that took the number commits.
create table books.document_number (
    company_id uuid not null references books.company,
    kind text not null check (kind in ('quote', 'invoice')),
    year integer not null,
    last_number integer not null check (last_number > 0),
    primary key (company_id, kind, year)
);

create table books.quote (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    number text not null,
    state text not null default 'concept'
        check (state in ('concept', 'sent', 'viewed', 'accepted', 'declined', 'expired')),
    contact_id uuid not null,
    addressee text,
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    lines jsonb not null check (jsonb_typeof(lines) = 'array'),
    net bigint not null,
    tax bigint not null,
    gross bigint not null check (gross = net + tax),
    -- Deals of different Pipedrive companies have the same numbers, so the account is part of the key; 0 is none.
    pipedrive_company_id bigint not null default 0,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    email_subject text not null default '',
    email_body text not null default '',
    valid_until date not null,
    public_token text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    unique (company_id, number),
    unique (company_id, public_token),
    foreign key (company_id, contact_id) references books.contact (company_id, id)
);
create unique index quote_external_id on books.quote (company_id, external_id, pipedrive_company_id)
    where external_id is not null;
comment on index books.quote_external_id is 'One quote per deal, for ever; lookup by external id.';
create index quote_newest on books.quote (company_id, created_at desc, id);
comment on index books.quote_newest is 'Lists of quotes, newest first.';
create index quote_contact on books.quote (company_id, contact_id, created_at desc);
comment on index books.quote_contact is 'Quotes of a contact; whether a contact has documents.';
create index quote_deal on books.quote (company_id, deal_id) where deal_id is not null;
comment on index books.quote_deal is 'The customer of a deal, for the panel.';
create index quote_validity on books.quote (valid_until) where state in ('sent', 'viewed');
comment on index books.quote_validity is 'Quotes past their validity, for housekeeping.';

create table books.invoice (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    number text not null,
    state text not null default 'concept'
        check (state in ('concept', 'sent', 'partially_paid', 'paid', 'credited')),
    contact_id uuid not null,
    addressee text,
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    lines jsonb not null check (jsonb_typeof(lines) = 'array'),
    net bigint not null,
    tax bigint not null,
    gross bigint not null check (gross = net + tax),
    paid bigint not null default 0 check (paid >= 0),
    quote_id uuid,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    issued_on date not null,
    due_on date not null,
    overdue_at timestamptz,
    public_token text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    unique (company_id, number),
    unique (company_id, public_token),
    foreign key (company_id, contact_id) references books.contact (company_id, id),
    foreign key (company_id, quote_id) references books.quote (company_id, id),
    check (state <> 'paid' or paid = gross),
    check (state <> 'partially_paid' or (paid > 0 and paid < gross))
);
create index invoice_newest on books.invoice (company_id, created_at desc, id);
comment on index books.invoice_newest is 'Lists of invoices, newest first.';
create index invoice_contact on books.invoice (company_id, contact_id, created_at desc);
comment on index books.invoice_contact is 'Invoices of a contact: lists, the panel, whether a contact has documents.';
create index invoice_due on books.invoice (due_on)
    where state in ('sent', 'partially_paid') and overdue_at is null;
comment on index books.invoice_due is 'Invoices past due that are not marked yet, for housekeeping.';

create table books.payment (
    company_id uuid not null,
    id uuid not null default gen_random_uuid(),
    invoice_id uuid not null,
    minor_units bigint not null check (minor_units > 0),
    paid_on date not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    foreign key (company_id, invoice_id) references books.invoice (company_id, id)
);
create index payment_invoice on books.payment (company_id, invoice_id);
comment on index books.payment_invoice is 'Payments of an invoice.';

create table books.subscription (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    state text not null check (state in ('concept', 'active', 'paused', 'cancelled')),
    name text not null check (name <> ''),
    contact_id uuid not null,
    currency text not null check (currency ~ '^[A-Z0-9]{3}$'),
    lines jsonb not null check (jsonb_typeof(lines) = 'array'),
    annual_net bigint not null,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    interval_unit text not null check (interval_unit in ('day', 'week', 'month', 'quarter', 'year')),
    interval_count integer not null check (interval_count > 0),
    starts_on date not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    foreign key (company_id, contact_id) references books.contact (company_id, id)
);
create index subscription_newest on books.subscription (company_id, created_at desc, id);
comment on index books.subscription_newest is 'Lists of subscriptions, newest first.';
create index subscription_contact on books.subscription (company_id, contact_id);
comment on index books.subscription_contact is 'ARR of a contact, for the panel; whether a contact has documents.';

-- The outbox: a row commits with its cause, and the trigger in 0005 queues the message about it.
create table books.event (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    kind text not null check (kind in (
        'quote.sent', 'quote.viewed', 'quote.accepted', 'invoice.sent', 'invoice.paid', 'invoice.overdue',
        'contact.created', 'contact.updated', 'contact.deleted',
        'product.created', 'product.updated', 'product.deleted')),
    subject_id uuid not null,
    occurred_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'company', 'member', 'api_key', 'contact', 'contact_email', 'product', 'product_price', 'document_number',
        'quote', 'invoice', 'payment', 'subscription', 'event'
    ] loop
        call migration.protect(format('books.%I', tenant_table)::regclass);
    end loop;
end
$$;

grant select, insert, update, delete on
    books.contact, books.contact_email, books.product, books.product_price
    to paydock_web, paydock_cron, paydock_api;
grant select, insert, update on
    books.document_number, books.quote, books.invoice, books.subscription
    to paydock_web, paydock_cron, paydock_api;
grant select, insert on books.payment, books.event to paydock_web, paydock_cron, paydock_api;
grant select on books.company to paydock_web, paydock_cron, paydock_api;
grant insert on books.company to paydock_web, paydock_cron;
grant select, insert, update on books.member to paydock_web, paydock_cron;
grant select, insert, update on books.api_key to paydock_web, paydock_cron;
