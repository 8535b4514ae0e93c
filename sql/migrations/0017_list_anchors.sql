-- Pages far down a long list. OFFSET passes over every entry before the page; an anchor says how many there are before a
-- place in the list, so that only what lies between it and the page is passed over. Nobody waits for anybody: writers
-- add lines to books.list_change as before, now with the place of what changed, and an anchor's rank is the one that was
-- counted, plus the lines since then whose place is before it. Who counts takes those lines away in the statement that
-- counts, so that each change is in the ranks or in a line, never in both. docs/decisions/0011-lists-that-stay-flat.md
alter table books.list_change
    -- Where in its list the row stands: documents by time, contacts and products by name. None: anywhere.
    add column at_time timestamptz,
    add column at_name text,
    add column at_id uuid,
    -- Whether the list's anchors were counted with this line.
    add column is_anchored boolean not null default false;

create table books.list_anchor (
    company_id uuid not null references books.company,
    list text not null check (list in ('contact', 'product', 'quote', 'invoice', 'subscription')),
    -- Empty for the whole list.
    state text not null,
    id bigint generated always as identity,
    -- How many rows stand before it.
    rank bigint not null,
    at_time timestamptz,
    at_name text,
    at_id uuid not null,
    primary key (company_id, list, state, id)
);
create index list_anchor_rank on books.list_anchor (company_id, list, state, rank);
comment on index books.list_anchor_rank is 'The last anchor before an offset.';
call migration.protect('books.list_anchor');
grant select on books.list_anchor to paydock_web, paydock_cron, paydock_api;

-- Whether a place in a list is before another: newer documents first, names in their order.
create function books.is_before(
        time_a timestamptz, name_a text, id_a uuid, time_b timestamptz, name_b text, id_b uuid) returns boolean
    language sql immutable parallel safe
    return case
        when time_b is null then (name_a, id_a) < (name_b, id_b)
        else time_a > time_b or (time_a = time_b and id_a < id_b)
    end;

-- The arguments are the expressions that say in which state a row stands, and where. A statement that changes more than
-- a few rows of a company says how many, not where.
create or replace function books.count_list() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    changes text := '';
begin
    if tg_op <> 'DELETE' then
        changes := format('select company_id, %s as state, 1 as change, %s from fresh', tg_argv[0], tg_argv[1]);
    end if;
    if tg_op = 'UPDATE' then
        changes := changes || ' union all ';
    end if;
    if tg_op <> 'INSERT' then
        changes := changes || format('select company_id, %s as state, -1 as change, %s from stale', tg_argv[0],
            tg_argv[1]);
    end if;
    execute format(
        'with line (company_id, state, change, at_time, at_name, at_id) as (
             select company_id, state, sum(change), at_time, at_name, at_id
             from (%1$s) c (company_id, state, change, at_time, at_name, at_id)
             group by company_id, state, at_time, at_name, at_id having sum(change) <> 0
         ), numbered as (
             select *, count(*) over (partition by company_id) > 8 as is_many from line
         )
         insert into books.list_change (company_id, list, state, change, at_time, at_name, at_id)
         select company_id, %2$L, state, change, at_time, at_name, at_id from numbered where not is_many
         union all
         select company_id, %2$L, state, sum(change), null, null, null from numbered where is_many
         group by company_id, state', changes, tg_table_name);
    return null;
end
$$;

do $$
declare
    list text;
    state text;
    place text;
begin
    for list, state, place in values
        ('contact', 'case when archived_at is null then ''live'' else ''archived'' end',
            'null::timestamptz, name_key, id'),
        ('product', '''live''', 'null::timestamptz, name_key, id'),
        ('quote', 'state', 'created_at, null::text, id'), ('invoice', 'status', 'created_at, null::text, id'),
        ('subscription', 'state', 'created_at, null::text, id')
    loop
        execute format(
            'drop trigger %1$s_list_insert on books.%1$s; drop trigger %1$s_list_update on books.%1$s;
             drop trigger %1$s_list_delete on books.%1$s;
             create trigger %1$s_list_insert after insert on books.%1$s referencing new table as fresh
                 for each statement execute function books.count_list(%2$L, %3$L);
             create trigger %1$s_list_update after update on books.%1$s
                 referencing new table as fresh old table as stale
                 for each statement execute function books.count_list(%2$L, %3$L);
             create trigger %1$s_list_delete after delete on books.%1$s referencing old table as stale
                 for each statement execute function books.count_list(%2$L, %3$L)', list, state, place);
    end loop;
end
$$;

-- Moves a list's anchors by what changed before them, and takes the lines of it away.
create function books.move_anchors(company uuid, list_name text) returns void
    language sql security definer set search_path = pg_catalog as $$
    with gone as (
        delete from books.list_change where company_id = company and list = list_name returning *
    ), moved as (
        update books.list_anchor a set rank = a.rank + m.change
        from (
            select b.state, b.id, sum(g.change) as change
            from books.list_anchor b join gone g on (b.state = '' or g.state = b.state) and not g.is_anchored
                and books.is_before(g.at_time, g.at_name, g.at_id, b.at_time, b.at_name, b.at_id)
            where b.company_id = company and b.list = list_name
            group by b.state, b.id) m
        where a.company_id = company and a.list = list_name and a.state = m.state and a.id = m.id
    )
    insert into books.list_change (company_id, list, state, change, is_anchored)
    select company, list_name, state, sum(change), true from gone group by state
$$;

-- Counts a list and sets its anchors anew, two thousand rows apart: for the rows of each state, and for the whole of a
-- list of documents. Contacts and products are listed in one state only.
create function books.set_anchors(company uuid, list_name text) returns void
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    is_named boolean := list_name in ('contact', 'product');
    rows text := format('books.%I where company_id = $1%s', list_name,
        case list_name when 'contact' then ' and archived_at is null' else '' end);
    state text := case when is_named then '''live''' when list_name = 'invoice' then 'status' else 'state' end;
    place text := case when is_named then 'null::timestamptz, name_key, id' else 'created_at, null::text, id' end;
    way text := case when is_named then 'name_key, id' else 'created_at desc, id' end;
    counted text := format('select %1$s, row_number() over (partition by %1$s order by %2$s) - 1, %3$s from %4$s',
        state, way, place, rows);
begin
    if not is_named then
        counted := counted || format(' union all select '''', row_number() over (order by %1$s) - 1, %2$s from %3$s',
            way, place, rows);
    end if;
    execute format(
        'with gone as (
             delete from books.list_change where company_id = $1 and list = %1$L returning *
         ), old as (
             delete from books.list_anchor where company_id = $1 and list = %1$L
         ), base as (
             insert into books.list_change (company_id, list, state, change, is_anchored)
             select $1, %1$L, state, sum(change), true from gone group by state
         )
         insert into books.list_anchor (company_id, list, state, rank, at_time, at_name, at_id)
         select $1, %1$L, r.* from (%2$s) r (state, rank, at_time, at_name, at_id)
         where rank > 0 and rank %% 2000 = 0', list_name, counted)
    using company;
end
$$;

-- Whether a list has a stretch without an anchor that is too long, by the ranks that were counted last.
create function books.lacks_anchors(company uuid, list_name text) returns boolean
    language sql stable security definer set search_path = pg_catalog as $$
    select exists (
        select from (
            select rank - lag(rank, 1, 0::numeric) over (partition by state order by rank) as distance
            from (
                select state, rank::numeric from books.list_anchor where company_id = company and list = list_name
                union all
                select state, sum(change) from books.list_change
                where company_id = company and list = list_name and state <> 'archived' group by state
                union all
                select '', sum(change) from books.list_change
                where company_id = company and list = list_name and list_name not in ('contact', 'product')
            ) r (state, rank)
        ) d
        where distance > 6000)
$$;

-- Lists with more than a few lines are folded; a list being written meanwhile keeps its new lines. One at a time, so
-- that nobody counts by a snapshot that another has taken the lines of.
drop function books.fold_lists();
create function books.fold_lists() returns bigint
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    folded bigint := 0;
    long record;
begin
    perform pg_advisory_xact_lock(hashtext('books.fold_lists'));
    for long in
        select company_id, list, bool_or(at_id is null and not is_anchored) as is_anywhere
        from books.list_change group by company_id, list
        having count(*) > 20 or (bool_or(at_id is null and not is_anchored) and sum(change) > 6000)
    loop
        folded := folded + 1;
        if books.lacks_anchors(long.company_id, long.list) or (long.is_anywhere and exists (
            select from books.list_anchor a where a.company_id = long.company_id and a.list = long.list))
        then
            perform books.set_anchors(long.company_id, long.list);
        else
            perform books.move_anchors(long.company_id, long.list);
        end if;
    end loop;
    return folded;
end
$$;
revoke execute on function books.fold_lists, books.set_anchors, books.move_anchors, books.lacks_anchors from public;
grant execute on function books.fold_lists to paydock_cron;
