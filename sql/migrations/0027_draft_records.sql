-- How quotes came about, kept for 90 days; trials that a person asks for; and what drafting costs.

create table pipedrive.draft_record (
    company_id uuid not null references books.company,
    id uuid not null default gen_random_uuid(),
    pipedrive_company_id bigint not null,
    deal_id bigint not null,
    purpose text not null check (purpose in ('quote', 'trial', 'comparison')),
    state text not null check (state in ('requested', 'ready', 'failed')),
    -- The quote that was made, or that a trial is compared with.
    quote_id uuid,
    drafter text,
    model text,
    prompt_version text,
    fallback text,
    question_tokens integer not null default 0,
    answer_tokens integer not null default 0,
    milliseconds integer not null default 0,
    -- Lines, e-mail, questions, answers and checks, as JSON text: an answer may hold what jsonb refuses.
    outcome text,
    reason text,
    requested_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (company_id, id),
    foreign key (company_id, quote_id) references books.quote (company_id, id),
    check ((purpose = 'trial') = (quote_id is null)),
    check ((state = 'ready') = (outcome is not null))
);
create index draft_record_quote on pipedrive.draft_record (company_id, quote_id, requested_at desc)
    where quote_id is not null;
comment on index pipedrive.draft_record_quote is 'A quote''s page: how it came about, and the newest comparison.';
create index draft_record_trial on pipedrive.draft_record (company_id, requested_at desc) where purpose = 'trial';
comment on index pipedrive.draft_record_trial is 'The Triggers tab: the newest trials.';
create index draft_record_old on pipedrive.draft_record (requested_at);
comment on index pipedrive.draft_record_old is 'Retention: records of more than 90 days ago.';

-- What a company's drafting costs on one day of UTC: one row, shared by all hosts.
create table pipedrive.draft_spend (
    company_id uuid primary key references books.company,
    day date not null default (clock_timestamp() at time zone 'UTC')::date,
    tokens bigint not null default 0,
    questions integer not null default 0
) with (fillfactor = 50);

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array['draft_record', 'draft_spend'] loop
        call migration.protect(format('pipedrive.%I', tenant_table)::regclass);
    end loop;
end
$$;
grant select, insert on pipedrive.draft_record to paydock_web;
grant select, insert, update on pipedrive.draft_record, pipedrive.draft_spend to paydock_cron;
grant select on pipedrive.draft_spend to paydock_web;

-- When a deal entered again although it has its quote.
alter table pipedrive.quote_draft add column again_at timestamptz;

-- Retention, over all companies: attempts and finished messages 30 days, bodies of webhooks 7, records of draftings 90.
create or replace function queue.forget(most integer) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with attempts as (
        delete from queue.attempt where ctid = any (array(
            select ctid from queue.attempt where finished_at < clock_timestamp() - interval '30 days' limit most))
        returning 1),
    messages as (
        delete from queue.finished where ctid = any (array(
            select ctid from queue.finished where finished_at < clock_timestamp() - interval '30 days' limit most))
        returning 1),
    bodies as (
        delete from pipedrive.webhook_inbox where ctid = any (array(
            select ctid from pipedrive.webhook_inbox
            where received_at < clock_timestamp() - interval '7 days' limit most))
        returning 1),
    drafts as (
        delete from pipedrive.draft_record where ctid = any (array(
            select ctid from pipedrive.draft_record
            where requested_at < clock_timestamp() - interval '90 days' limit most))
        returning 1)
    select (select count(*) from attempts) + (select count(*) from messages) + (select count(*) from bodies)
        + (select count(*) from drafts)
$$;
