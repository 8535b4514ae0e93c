-- Triggers of their own, drafts that wait, and the catalog searched by words.

-- A company's rules by which deals ask for quotes.
create table pipedrive.quote_trigger (
    company_id uuid not null references books.company,
    id uuid not null,
    pipeline_id bigint not null,
    is_on boolean not null default true,
    language text check (language in ('nl', 'en', 'de')),
    validity_days integer not null default 30 check (validity_days between 1 and 365),
    instructions text not null default '' check (length(instructions) <= 2000),
    unmet_needs text not null default 'line' check (unmet_needs in ('line', 'remark')),
    created_at timestamptz not null default clock_timestamp(),
    primary key (company_id, id)
);

-- A stage belongs to one trigger: the key says so. `since` is when it began to ask.
create table pipedrive.trigger_stage (
    company_id uuid not null references books.company,
    stage_id bigint not null,
    trigger_id uuid not null,
    since timestamptz not null default clock_timestamp(),
    primary key (company_id, stage_id),
    foreign key (company_id, trigger_id) references pipedrive.quote_trigger (company_id, id) on delete cascade
);
create index trigger_stage_trigger on pipedrive.trigger_stage (company_id, trigger_id);
comment on index pipedrive.trigger_stage_trigger is 'The stages of a trigger.';

insert into pipedrive.quote_trigger (company_id, id, pipeline_id)
    select company_id, gen_random_uuid(), trigger_pipeline_id from pipedrive.settings
    where trigger_pipeline_id is not null;
insert into pipedrive.trigger_stage (company_id, stage_id, trigger_id, since)
    select s.company_id, stage_id, t.id, coalesce(s.trigger_since, clock_timestamp())
    from pipedrive.settings s join pipedrive.quote_trigger t using (company_id),
        unnest(s.trigger_stage_ids) as stage_id;
alter table pipedrive.settings
    drop column trigger_pipeline_id, drop column trigger_stage_ids, drop column trigger_since;

-- A stage that Pipedrive no longer has keeps its name for the triggers that chose it.
alter table pipedrive.stage add column is_deleted boolean not null default false;

alter table pipedrive.quote_draft
    drop constraint quote_draft_state_check,
    add constraint quote_draft_state_check check (state in ('requested', 'waiting', 'held', 'ready', 'failed')),
    add column trigger_id uuid,
    -- The customer that a waiting deal had when it was last looked at.
    add column person_id bigint,
    add column organization_id bigint;
create index quote_draft_open on pipedrive.quote_draft (company_id, state, requested_at)
    where state in ('waiting', 'held');
comment on index pipedrive.quote_draft_open is 'What waits for a contact or for a person.';

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array['quote_trigger', 'trigger_stage'] loop
        call migration.protect(format('pipedrive.%I', tenant_table)::regclass);
    end loop;
end
$$;

grant select, insert, update, delete on pipedrive.quote_trigger, pipedrive.trigger_stage to paydock_web;
grant select on pipedrive.quote_trigger, pipedrive.trigger_stage to paydock_cron;
grant update on pipedrive.stage to paydock_web, paydock_cron;
grant update on pipedrive.quote_draft to paydock_web;

-- The catalog by words. Full-text and trigram operators are not leakproof, so under row-level security no index would
-- serve them: a function of the owner's searches, and filters by the transaction's company itself.
create extension if not exists pg_trgm with schema books;
create extension if not exists btree_gin with schema books;
alter table books.product add column words tsvector not null generated always as (
    setweight(to_tsvector('simple'::regconfig, name), 'A')
    || setweight(to_tsvector('simple'::regconfig, coalesce(code, '')), 'B')
    || setweight(to_tsvector('simple'::regconfig, coalesce(description, '')), 'D')) stored;
create index product_words on books.product using gin (company_id books.uuid_ops, words);
comment on index books.product_words is 'Products that the words of a deal speak of.';
create index product_likeness on books.product using gin (company_id books.uuid_ops, name_key books.gin_trgm_ops);
comment on index books.product_likeness is 'Products whose name is like a word of a deal.';

create function books.products_matching(words text[], most integer) returns table (id uuid, rank real)
    language plpgsql stable security definer set search_path = pg_catalog, books as $$
declare
    company uuid := books.current_company();
    wanted tsquery := (select string_agg(quote_literal(word), ' | ')::tsquery from unnest(words) as word where word <> '');
begin
    if company is null or wanted is null then
        return;
    end if;
    return query
    with found as (
        select p.id, p.name_key, p.words from books.product p
        where p.company_id = company and p.is_active and p.words @@ wanted
        union
        select p.id, p.name_key, p.words from unnest(products_matching.words) as word
        join books.product p on p.company_id = company and p.is_active and p.name_key operator(books.%) word
        where length(word) > 3)
    select f.id,
        -- A share of the name's own words first; where none stands there, likeness decides.
        (ts_rank(array[0.05, 0.2, 0.8, 1.0]::real[], f.words, wanted, 1)
            + coalesce((select max(books.similarity(f.name_key, word)) from unnest(products_matching.words) as word), 0)
            / 10)::real as score
    from found f
    order by score desc, f.name_key, f.id
    limit most;
end
$$;
revoke execute on function books.products_matching from public;
grant execute on function books.products_matching to paydock_cron, paydock_web;
