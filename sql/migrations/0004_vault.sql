-- Sealed credentials, nothing else. The key never enters the database; the API's role has no right on this schema.
create table vault.credentials (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    user_id bigint not null,
    access_token bytea not null,
    refresh_token bytea not null,
    expires_at timestamptz not null,
    api_origin text not null,
    scopes text[] not null,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (company_id, user_id)
);
call migration.protect('vault.credentials');

create table vault.webhook_secret (
    company_id uuid primary key references books.company,
    path text not null,
    user_name bytea not null,
    password bytea not null
);
call migration.protect('vault.webhook_secret');

-- Tokens of an install that no company is joined to yet; found by the ticket's hash, gone after an hour.
create table vault.pending_install (
    ticket_hash bytea primary key references web.pending_install on delete cascade,
    access_token bytea not null,
    refresh_token bytea not null,
    expires_at timestamptz not null,
    api_origin text not null,
    scopes text[] not null
);

-- What is left of an ended connection until Pipedrive was told, for revoking and nothing else, a day at most.
create table vault.revocation (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    pipedrive_company_id bigint not null,
    user_id bigint not null,
    refresh_token bytea not null,
    expires_at timestamptz not null default clock_timestamp() + interval '24 hours',
    primary key (company_id, id)
);
call migration.protect('vault.revocation');
create policy every_company on vault.revocation for delete to paydock_cron using (expires_at < clock_timestamp());
create policy every_expired on vault.revocation for select to paydock_cron using (expires_at < clock_timestamp());

grant select, insert, delete on vault.revocation to paydock_web, paydock_cron;
grant select, insert, update, delete on vault.credentials to paydock_web, paydock_cron;
grant select, insert on vault.webhook_secret to paydock_web, paydock_cron;
grant select, insert, delete on vault.pending_install to paydock_web, paydock_cron;
