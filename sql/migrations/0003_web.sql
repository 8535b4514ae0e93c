-- The directory: a global key and the company behind it, nothing else. Unique across companies, without row-level
-- security, because it is read before the company is known. Keys are hashes wherever they are secrets.
create table web.api_key_directory (hash bytea primary key, company_id uuid not null);
create table web.login_directory (email text primary key, company_id uuid not null);
create table web.session_directory (token_hash bytea primary key, company_id uuid not null);
create table web.public_token_directory (token_hash bytea primary key, company_id uuid not null);
create table web.webhook_directory (path text primary key, company_id uuid not null);
create table web.pipedrive_company_directory (pipedrive_company_id bigint primary key, company_id uuid not null);

create table web.session (
    company_id uuid not null,
    token_hash bytea not null,
    member_id uuid not null,
    csrf_token text not null,
    expires_at timestamptz not null,
    primary key (company_id, token_hash),
    foreign key (company_id, member_id) references books.member (company_id, id) on delete cascade
);
call migration.protect('web.session');

-- No company is known yet while a browser is at Pipedrive or an install waits for a login.
create table web.oauth_state (
    state_hash bytea primary key,
    session_hash bytea not null,
    expires_at timestamptz not null
);
create table web.pending_install (
    ticket_hash bytea primary key,
    pipedrive_company_id bigint not null,
    pipedrive_company_name text not null,
    user_id bigint not null,
    user_name text not null,
    is_admin boolean not null,
    expires_at timestamptz not null
);

create table web.login_failure (
    key_hash bytea not null,
    failed_at timestamptz not null
);
create index login_failure_key on web.login_failure (key_hash, failed_at);
comment on index web.login_failure_key is 'Failed logins of an account or an address in the last minutes.';

-- A document's public token enters the directory with the document.
create function web.list_public_token() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into web.public_token_directory (token_hash, company_id)
    values (sha256(convert_to(new.public_token, 'UTF8')), new.company_id);
    return null;
end
$$;
create trigger quote_public_token after insert on books.quote
    for each row execute function web.list_public_token();
create trigger invoice_public_token after insert on books.invoice
    for each row execute function web.list_public_token();

grant select on web.api_key_directory, web.public_token_directory to paydock_api;
grant select on all tables in schema web to paydock_web, paydock_cron;
grant insert, delete on web.session_directory, web.session, web.oauth_state, web.pending_install, web.login_failure
    to paydock_web, paydock_cron;
grant insert on web.api_key_directory, web.login_directory to paydock_web, paydock_cron;
grant insert on web.webhook_directory, web.pipedrive_company_directory to paydock_web, paydock_cron;
