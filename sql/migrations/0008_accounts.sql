-- Sessions end when they are not used, and people come in by links: a reset of a forgotten password, an invitation.
alter table web.session
    add column seen_at timestamptz not null default clock_timestamp();
grant update (seen_at) on web.session to paydock_web, paydock_cron;

create table web.account_link_directory (token_hash bytea primary key, company_id uuid not null);

-- One link per address and purpose. The token itself is made when the mail is handed over and stands in that mail only.
create table web.account_link (
    company_id uuid not null references books.company,
    id uuid not null,
    purpose text not null check (purpose in ('reset', 'invitation')),
    email text not null check (email = lower(btrim(email)) and email like '%@%'),
    role text check (role in ('owner', 'member')),
    -- waiting → sending → sent, failed or unclear; shown: nobody mails it, the page showed it once.
    state text not null check (state in ('waiting', 'sending', 'sent', 'unclear', 'failed', 'shown')),
    reason text,
    token_hash bytea,
    expires_at timestamptz not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id),
    check ((purpose = 'invitation') = (role is not null))
);
create unique index account_link_address on web.account_link (company_id, purpose, email);
comment on index web.account_link_address is 'A newer link of an address replaces the earlier one.';
create index account_link_token on web.account_link (company_id, token_hash) where token_hash is not null;
comment on index web.account_link_token is 'Whoever opens a link brings its token.';
call migration.protect('web.account_link');

grant select, insert, delete on web.account_link_directory to paydock_web, paydock_cron;
grant select, insert, update, delete on web.account_link to paydock_web, paydock_cron;
-- Members leave, and their address may come back elsewhere.
grant delete on books.member, web.login_directory to paydock_web, paydock_cron;

-- What has expired, of every company: nobody can use it any more.
create function web.forget_expired(idle_seconds double precision) returns bigint
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    moment timestamptz := clock_timestamp();
    forgotten bigint;
    more bigint;
begin
    delete from web.session s
    where s.expires_at < moment or s.seen_at < moment - make_interval(secs => idle_seconds);
    get diagnostics forgotten = row_count;
    delete from web.session_directory d
    where not exists (
        select from web.session s where s.company_id = d.company_id and s.token_hash = d.token_hash);
    delete from web.oauth_state where expires_at < moment;
    get diagnostics more = row_count;
    forgotten := forgotten + more;
    delete from web.pending_install where expires_at < moment;
    get diagnostics more = row_count;
    forgotten := forgotten + more;
    -- An invitation that ran out stays a week, so that the page can say so.
    delete from web.account_link where expires_at < moment - interval '7 days';
    get diagnostics more = row_count;
    forgotten := forgotten + more;
    delete from web.account_link_directory d
    where not exists (
        select from web.account_link l where l.company_id = d.company_id and l.token_hash = d.token_hash);
    delete from web.login_failure where failed_at < moment - interval '1 day';
    delete from pipedrive.audit where action = 'refreshed' and happened_at < moment - interval '30 days';
    return forgotten;
end
$$;
revoke execute on function web.forget_expired(double precision) from public;
grant execute on function web.forget_expired(double precision) to paydock_cron;
