CREATE SCHEMA books;

ALTER SCHEMA books OWNER TO paydock_owner;

CREATE SCHEMA migration;

ALTER SCHEMA migration OWNER TO paydock_owner;

CREATE SCHEMA pipedrive;

ALTER SCHEMA pipedrive OWNER TO paydock_owner;

CREATE SCHEMA queue;

ALTER SCHEMA queue OWNER TO paydock_owner;

CREATE SCHEMA vault;

ALTER SCHEMA vault OWNER TO paydock_owner;

CREATE SCHEMA web;

ALTER SCHEMA web OWNER TO paydock_owner;

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA books;

COMMENT ON EXTENSION btree_gin IS 'support for indexing common datatypes in GIN';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA books;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE TYPE queue.result AS (
	company uuid,
	id bigint,
	claim integer,
	state text,
	outcome text,
	detail text,
	excerpt text,
	http_status integer,
	delay double precision,
	repeat double precision,
	unclear boolean,
	refund integer,
	final boolean,
	opens boolean,
	probe boolean
);

ALTER TYPE queue.result OWNER TO paydock_owner;

CREATE TYPE queue.held_result AS (
	place tid,
	attempt_count integer,
	claimed_at timestamp with time zone,
	result queue.result
);

ALTER TYPE queue.held_result OWNER TO paydock_owner;

CREATE FUNCTION books.add_record_events() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if current_user <> 'paydock_cron' then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into books.event (company_id, kind, subject_id)
        select company_id, tg_table_name || '.created', id from fresh;
    else
        insert into books.event (company_id, kind, subject_id)
        select f.company_id, tg_table_name || '.updated', f.id
        from fresh f join stale s on s.company_id = f.company_id and s.id = f.id
        where to_jsonb(f) - tg_argv[0] <> to_jsonb(s) - tg_argv[0];
    end if;
    return null;
end
$$;

ALTER FUNCTION books.add_record_events() OWNER TO paydock_owner;

CREATE FUNCTION books.check_move() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if old.state || '>' || new.state <> all (tg_argv) then
        raise exception 'a % that is % does not become %', tg_table_name, old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;

ALTER FUNCTION books.check_move() OWNER TO paydock_owner;

CREATE TABLE books.company (
    company_id uuid NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    country text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT company_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT company_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT company_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY books.company FORCE ROW LEVEL SECURITY;

ALTER TABLE books.company OWNER TO paydock_owner;

CREATE TABLE books.invoice (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number text NOT NULL,
    state text DEFAULT 'concept'::text NOT NULL,
    contact_id uuid NOT NULL,
    addressee text,
    currency text NOT NULL,
    lines jsonb NOT NULL,
    net bigint NOT NULL,
    tax bigint NOT NULL,
    gross bigint NOT NULL,
    paid bigint DEFAULT 0 NOT NULL,
    quote_id uuid,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    overdue_at timestamp with time zone,
    public_token text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    status text GENERATED ALWAYS AS (
CASE
    WHEN ((overdue_at IS NOT NULL) AND (state = ANY (ARRAY['sent'::text, 'partially_paid'::text]))) THEN 'overdue'::text
    ELSE state
END) STORED NOT NULL,
    deal_pipedrive_company_id bigint,
    addressee_email text,
    CONSTRAINT invoice_check CHECK ((gross = (net + tax))),
    CONSTRAINT invoice_check1 CHECK (((state <> 'paid'::text) OR (paid = gross))),
    CONSTRAINT invoice_check2 CHECK (((state <> 'partially_paid'::text) OR ((paid > 0) AND (paid < gross)))),
    CONSTRAINT invoice_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT invoice_lines_check CHECK ((jsonb_typeof(lines) = 'array'::text)),
    CONSTRAINT invoice_paid_check CHECK ((paid >= 0)),
    CONSTRAINT invoice_state_check CHECK ((state = ANY (ARRAY['concept'::text, 'sent'::text, 'partially_paid'::text, 'paid'::text, 'credited'::text])))
);

ALTER TABLE ONLY books.invoice FORCE ROW LEVEL SECURITY;

ALTER TABLE books.invoice OWNER TO paydock_owner;

COMMENT ON COLUMN books.invoice.deal_pipedrive_company_id IS 'Whose deal or lead; null without one, and before the first connection.';

COMMENT ON COLUMN books.invoice.addressee_email IS 'Where its mail goes; the contact''s own address where this is null.';

CREATE TABLE books.quote (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number text NOT NULL,
    state text DEFAULT 'concept'::text NOT NULL,
    contact_id uuid NOT NULL,
    addressee text,
    currency text NOT NULL,
    lines jsonb NOT NULL,
    net bigint NOT NULL,
    tax bigint NOT NULL,
    gross bigint NOT NULL,
    pipedrive_company_id bigint DEFAULT 0 NOT NULL,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    email_subject text DEFAULT ''::text NOT NULL,
    email_body text DEFAULT ''::text NOT NULL,
    valid_until date NOT NULL,
    public_token text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decided_at timestamp with time zone,
    decided_by_name text,
    decided_by_email text,
    decline_reason text,
    deal_pipedrive_company_id bigint,
    addressee_email text,
    CONSTRAINT quote_check CHECK ((gross = (net + tax))),
    CONSTRAINT quote_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT quote_decided_by_email_check CHECK ((decided_by_email ~~ '%@%'::text)),
    CONSTRAINT quote_decided_by_name_check CHECK ((decided_by_name <> ''::text)),
    CONSTRAINT quote_decline_reason_check CHECK ((decline_reason <> ''::text)),
    CONSTRAINT quote_lines_check CHECK ((jsonb_typeof(lines) = 'array'::text)),
    CONSTRAINT quote_state_check CHECK ((state = ANY (ARRAY['concept'::text, 'sent'::text, 'viewed'::text, 'accepted'::text, 'declined'::text, 'expired'::text])))
);

ALTER TABLE ONLY books.quote FORCE ROW LEVEL SECURITY;

ALTER TABLE books.quote OWNER TO paydock_owner;

COMMENT ON COLUMN books.quote.deal_pipedrive_company_id IS 'Whose deal or lead; null without one, and before the first connection.';

COMMENT ON COLUMN books.quote.addressee_email IS 'Where its mail goes; the contact''s own address where this is null.';

CREATE FUNCTION books.companies_with_lapsed_documents(moment timestamp with time zone) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT i.company_id
    FROM (books.invoice i
      JOIN books.company c USING (company_id))
   WHERE ((i.state = ANY (ARRAY['sent'::text, 'partially_paid'::text])) AND (i.overdue_at IS NULL) AND (i.gross > i.paid) AND (i.due_on < ((companies_with_lapsed_documents.moment AT TIME ZONE c.time_zone))::date))
 UNION
  SELECT q.company_id
    FROM (books.quote q
      JOIN books.company c USING (company_id))
   WHERE ((q.state = ANY (ARRAY['sent'::text, 'viewed'::text])) AND (q.valid_until < ((companies_with_lapsed_documents.moment AT TIME ZONE c.time_zone))::date));
END;

ALTER FUNCTION books.companies_with_lapsed_documents(moment timestamp with time zone) OWNER TO paydock_owner;

CREATE FUNCTION books.count_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $_$
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
$_$;

ALTER FUNCTION books.count_list() OWNER TO paydock_owner;

CREATE FUNCTION books.current_company() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('paydock.company'::text, true), ''::text))::uuid;

ALTER FUNCTION books.current_company() OWNER TO paydock_owner;

CREATE FUNCTION books.differing_figures() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    with kept as (
        select company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count, open_amount
        from books.figure
    ), line as (
        select k.*, 1 as sign from kept k union all select d.*, -1 from books.figures_from_documents() d
    ), amount as (
        select company_id, contact_id, scope, currency from line
        group by company_id, contact_id, scope, currency,
            case when due_on < current_date - 7 then '-infinity' else due_on end
        having (sum(sign * invoice_count), sum(sign * revenue), sum(sign * arr), sum(sign * open_count),
            sum(sign * open_amount)) <> (0, 0, 0, 0, 0)
    ), newest as (
        select company_id, contact_id, scope, currency, customer_id from (
            select distinct on (company_id, contact_id, scope, currency, customer_id) n.*
            from books.newest_invoice n
            order by company_id, contact_id, scope, currency, customer_id, issued_at desc, invoice_id) k
        full join books.newest_from_documents() d
            using (company_id, contact_id, scope, currency, customer_id, issued_at, invoice_id)
        where k.number is distinct from d.number
    )
    select count(*) from (
        select company_id, contact_id, scope, currency from amount
        union select company_id, contact_id, scope, currency from newest) differing
$$;

ALTER FUNCTION books.differing_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.drop_figures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    delete from books.figure f using stale s where f.company_id = s.company_id and f.contact_id = s.id;
    delete from books.newest_invoice n using stale s where n.company_id = s.company_id and n.contact_id = s.id;
    return null;
end
$$;

ALTER FUNCTION books.drop_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.drop_older_invoices() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET jit TO 'off'
    AS $$
begin
    with older as materialized (
        select n.company_id, n.contact_id, n.scope, n.currency, n.issued_at, n.invoice_id
        from added a join books.newest_invoice n
            on n.company_id = a.company_id and n.customer_id = a.customer_id and n.scope = a.scope
            and n.contact_id = a.contact_id and n.currency = a.currency
            and (n.issued_at < a.issued_at or (n.issued_at = a.issued_at and n.invoice_id > a.invoice_id))
        for update of n skip locked
    )
    delete from books.newest_invoice n using older o
    where n.company_id = o.company_id and n.contact_id = o.contact_id and n.scope = o.scope
        and n.currency = o.currency and n.issued_at = o.issued_at and n.invoice_id = o.invoice_id;
    return null;
end
$$;

ALTER FUNCTION books.drop_older_invoices() OWNER TO paydock_owner;

CREATE FUNCTION books.figures_from_documents() RETURNS TABLE(company_id uuid, contact_id uuid, scope text, currency text, due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    select d.company_id, h.contact_id, h.scope, d.currency, d.due_on, sum(d.invoice_count)::bigint,
        sum(d.revenue)::bigint, sum(d.arr)::bigint, sum(d.open_count)::bigint, sum(d.open_amount)::bigint
    from (
        select r.company_id, r.contact_id, r.currency, f.* from books.invoice r
        cross join lateral books.invoice_figures(r.state, r.due_on, r.gross, r.paid) f
        union all
        select r.company_id, r.contact_id, r.currency, f.* from books.subscription r
        cross join lateral books.subscription_figures(r.state, r.annual_net) f) d
    join books.contact c on c.company_id = d.company_id and c.id = d.contact_id
    cross join lateral (values (c.id, 'own'), (c.organization_id, 'persons')) h (contact_id, scope)
    where h.contact_id is not null
    group by d.company_id, h.contact_id, h.scope, d.currency, d.due_on
$$;

ALTER FUNCTION books.figures_from_documents() OWNER TO paydock_owner;

CREATE FUNCTION books.fold_figures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET jit TO 'off'
    AS $$
begin
    -- Folding adds lines, too, which come here again: where nothing was folded it ends.
    if not exists (select from added) then
        return null;
    end if;
    with crowded as materialized (
        select a.company_id, a.contact_id, a.scope, a.currency, a.due_on
        from (
            select company_id, contact_id, scope, currency, due_on, bool_or(open_count < 0) as closes
            from added group by company_id, contact_id, scope, currency, due_on) a
        where (
            select count(*) from (
                select from books.figure f
                where f.company_id = a.company_id and f.contact_id = a.contact_id and f.scope = a.scope
                    and f.currency = a.currency and f.due_on = a.due_on
                limit 9) line
        ) > case when a.closes then 1 else 8 end
    ), line as materialized (
        select f.company_id, f.contact_id, f.scope, f.currency, f.due_on, f.id
        from crowded c join books.figure f using (company_id, contact_id, scope, currency, due_on)
        for update of f skip locked
    ), gone as (
        delete from books.figure f using (
            select l.*, count(*) over (partition by company_id, contact_id, scope, currency, due_on) as fellows
            from line l) l
        where l.fellows > 1 and f.company_id = l.company_id and f.contact_id = l.contact_id and f.scope = l.scope
            and f.currency = l.currency and f.due_on = l.due_on and f.id = l.id
        returning f.*
    )
    insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count,
        open_amount)
    select company_id, contact_id, scope, currency, due_on, sum(invoice_count), sum(revenue), sum(arr),
        sum(open_count), sum(open_amount)
    from gone group by company_id, contact_id, scope, currency, due_on
    having (sum(invoice_count), sum(revenue), sum(arr), sum(open_count), sum(open_amount)) <> (0, 0, 0, 0, 0);
    return null;
end
$$;

ALTER FUNCTION books.fold_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.fold_lists() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

ALTER FUNCTION books.fold_lists() OWNER TO paydock_owner;

CREATE FUNCTION books.fold_past_figures() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    with past as materialized (
        select company_id, contact_id, scope, currency, due_on, id from books.figure
        where due_on > '-infinity' and due_on < current_date - 7
        order by due_on limit 100000 for update skip locked
    ), gone as (
        delete from books.figure f using past p
        where f.company_id = p.company_id and f.contact_id = p.contact_id and f.scope = p.scope
            and f.currency = p.currency and f.due_on = p.due_on and f.id = p.id
        returning f.*
    ), folded as (
        insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
            open_count, open_amount)
        select company_id, contact_id, scope, currency, '-infinity', sum(invoice_count), sum(revenue), sum(arr),
            sum(open_count), sum(open_amount)
        from gone group by company_id, contact_id, scope, currency
        having (sum(invoice_count), sum(revenue), sum(arr), sum(open_count), sum(open_amount)) <> (0, 0, 0, 0, 0)
    )
    select count(*) from gone
$$;

ALTER FUNCTION books.fold_past_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.forget_answers(before timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    with forgotten as (delete from books.kept_answer where created_at < before returning 1)
    select count(*) from forgotten
$$;

ALTER FUNCTION books.forget_answers(before timestamp with time zone) OWNER TO paydock_owner;

CREATE FUNCTION books.index_contact_emails() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION books.index_contact_emails() OWNER TO paydock_owner;

CREATE FUNCTION books.invoice_figures(state text, due_on date, gross bigint, paid bigint) RETURNS TABLE(due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select 'infinity'::date, 1::bigint, case when $1 = 'paid' then $3 else 0 end, 0::bigint, 0::bigint, 0::bigint
    where $1 <> 'concept'
    union all
    select $2, 0, 0, 0, 1, $3 - $4 where $1 in ('sent', 'partially_paid') and $3 <> $4
$_$;

ALTER FUNCTION books.invoice_figures(state text, due_on date, gross bigint, paid bigint) OWNER TO paydock_owner;

CREATE FUNCTION books.is_before(time_a timestamp with time zone, name_a text, id_a uuid, time_b timestamp with time zone, name_b text, id_b uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (time_b IS NULL) THEN (ROW(name_a, id_a) < ROW(name_b, id_b)) ELSE ((time_a > time_b) OR ((time_a = time_b) AND (id_a < id_b))) END;

ALTER FUNCTION books.is_before(time_a timestamp with time zone, name_a text, id_a uuid, time_b timestamp with time zone, name_b text, id_b uuid) OWNER TO paydock_owner;

CREATE FUNCTION books.keep_figures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET jit TO 'off'
    AS $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select *, 1 as sign from fresh'
        when 'DELETE' then 'select *, -1 as sign from stale'
        else 'select *, 1 as sign from fresh union all select *, -1 from stale' end;
begin
    execute format(
        'with change as materialized (
             select r.company_id, r.contact_id, r.currency, f.due_on, sum(r.sign * f.invoice_count) as invoice_count,
                 sum(r.sign * f.revenue) as revenue, sum(r.sign * f.arr) as arr,
                 sum(r.sign * f.open_count) as open_count, sum(r.sign * f.open_amount) as open_amount
             from (%s) r cross join lateral %s f
             group by r.company_id, r.contact_id, r.currency, f.due_on
         ), customer as materialized (
             select c.company_id, c.id, c.organization_id from books.contact c
             join (select distinct company_id, contact_id from change
                 where (invoice_count, revenue, arr, open_count, open_amount) <> (0, 0, 0, 0, 0)) d
                 on d.company_id = c.company_id and d.contact_id = c.id
             order by c.company_id, c.id for share of c
         )
         insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
             open_count, open_amount)
         select k.company_id, h.contact_id, h.scope, k.currency, k.due_on, sum(k.invoice_count), sum(k.revenue),
             sum(k.arr), sum(k.open_count), sum(k.open_amount)
         from change k join customer c on c.company_id = k.company_id and c.id = k.contact_id
         cross join lateral (values (c.id, ''own''), (c.organization_id, ''persons'')) h (contact_id, scope)
         where h.contact_id is not null
         group by k.company_id, h.contact_id, h.scope, k.currency, k.due_on
         having (sum(k.invoice_count), sum(k.revenue), sum(k.arr), sum(k.open_count), sum(k.open_amount))
             <> (0, 0, 0, 0, 0)', changed, tg_argv[0]);
    return null;
end
$$;

ALTER FUNCTION books.keep_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.keep_newest_invoice() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET jit TO 'off'
    AS $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select *, 1 as sign from fresh'
        when 'DELETE' then 'select *, -1 as sign from stale'
        else 'select *, 1 as sign from fresh union all select *, -1 from stale' end;
begin
    execute format(
        'with change as materialized (
             select company_id, contact_id, currency, created_at, id, number, sum(sign) as sign
             from (%s) r where state <> ''concept''
             group by company_id, contact_id, currency, created_at, id, number having sum(sign) <> 0
         ), withdrawn as (
             delete from books.newest_invoice n using change w
             where w.sign < 0 and n.company_id = w.company_id and n.customer_id = w.contact_id and n.invoice_id = w.id
         ), newest as (
             select distinct on (company_id, contact_id, currency) * from (
                 select company_id, contact_id, currency, created_at, id, number from change where sign > 0
                 union all
                 select w.company_id, w.contact_id, w.currency, i.created_at, i.id, i.number
                 from (select distinct company_id, contact_id, currency from change where sign < 0) w
                 cross join lateral (
                     select i.created_at, i.id, i.number from books.invoice i
                     where i.company_id = w.company_id and i.contact_id = w.contact_id and i.currency = w.currency
                         and i.state <> ''concept''
                     order by i.created_at desc, i.id limit 1) i) i
             order by company_id, contact_id, currency, created_at desc, id
         )
         insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
             customer_id)
         select c.company_id, h.contact_id, h.scope, i.currency, i.created_at, i.id, i.number, c.id
         from newest i join books.contact c on c.company_id = i.company_id and c.id = i.contact_id
         cross join lateral (values (c.id, ''own''), (c.organization_id, ''persons'')) h (contact_id, scope)
         where h.contact_id is not null
         on conflict do nothing', changed);
    return null;
end
$$;

ALTER FUNCTION books.keep_newest_invoice() OWNER TO paydock_owner;

CREATE FUNCTION books.lacks_anchors(company uuid, list_name text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

ALTER FUNCTION books.lacks_anchors(company uuid, list_name text) OWNER TO paydock_owner;

CREATE FUNCTION books.move_anchors(company uuid, list_name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

ALTER FUNCTION books.move_anchors(company uuid, list_name text) OWNER TO paydock_owner;

CREATE FUNCTION books.move_figures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET jit TO 'off'
    AS $$
declare
    moved text := '(
        select company_id, id, organization_id, sum(sign) as sign from (
            select company_id, id, organization_id, 1 as sign from fresh
            union all select company_id, id, organization_id, -1 from stale) r
        where organization_id is not null
        group by company_id, id, organization_id having sum(sign) <> 0)';
begin
    -- An organization that is being deleted takes its figures with it.
    execute
        'insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr,
             open_count, open_amount)
         select g.company_id, m.organization_id, ''persons'', g.currency, g.due_on, sum(m.sign * g.invoice_count),
             sum(m.sign * g.revenue), sum(m.sign * g.arr), sum(m.sign * g.open_count), sum(m.sign * g.open_amount)
         from ' || moved || ' m
         join books.figure g on g.company_id = m.company_id and g.contact_id = m.id and g.scope = ''own''
         where exists (select from books.contact c where c.company_id = m.company_id and c.id = m.organization_id)
         group by g.company_id, m.organization_id, g.currency, g.due_on
         having (sum(m.sign * g.invoice_count), sum(m.sign * g.revenue), sum(m.sign * g.arr),
             sum(m.sign * g.open_count), sum(m.sign * g.open_amount)) <> (0, 0, 0, 0, 0)';
    execute
        'with moved as materialized ' || moved || ', left_behind as (
             delete from books.newest_invoice n using moved m
             where m.sign < 0 and n.company_id = m.company_id and n.customer_id = m.id
                 and n.contact_id = m.organization_id and n.scope = ''persons''
         )
         insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
             customer_id)
         select n.company_id, m.organization_id, ''persons'', n.currency, n.issued_at, n.invoice_id, n.number,
             n.customer_id
         from moved m join books.newest_invoice n
             on n.company_id = m.company_id and n.customer_id = m.id and n.scope = ''own''
         where m.sign > 0';
    return null;
end
$$;

ALTER FUNCTION books.move_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.newest_from_documents() RETURNS TABLE(company_id uuid, contact_id uuid, scope text, currency text, issued_at timestamp with time zone, invoice_id uuid, number text, customer_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    select i.company_id, h.contact_id, h.scope, i.currency, i.created_at, i.id, i.number, c.id
    from (
        select distinct on (company_id, contact_id, currency) company_id, contact_id, currency, created_at, id, number
        from books.invoice where state <> 'concept'
        order by company_id, contact_id, currency, created_at desc, id) i
    join books.contact c on c.company_id = i.company_id and c.id = i.contact_id
    cross join lateral (values (c.id, 'own'), (c.organization_id, 'persons')) h (contact_id, scope)
    where h.contact_id is not null
$$;

ALTER FUNCTION books.newest_from_documents() OWNER TO paydock_owner;

CREATE FUNCTION books.normalize_email(address text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (lower(btrim(address, ' 	
'::text)) ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]{3,}$'::text) THEN lower(btrim(address, ' 	
'::text)) ELSE NULL::text END;

ALTER FUNCTION books.normalize_email(address text) OWNER TO paydock_owner;

CREATE FUNCTION books.normalize_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(regexp_replace(btrim(name), '[[:space:]]+'::text, ' '::text, 'g'::text));

ALTER FUNCTION books.normalize_name(name text) OWNER TO paydock_owner;

CREATE FUNCTION books.normalize_number(number text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT CASE WHEN (length(n.kept) >= 4) THEN n.kept ELSE NULL::text END AS "case" FROM (SELECT regexp_replace(upper(normalize_number.number), '[^A-Z0-9]'::text, ''::text, 'g'::text) AS kept) n);

ALTER FUNCTION books.normalize_number(number text) OWNER TO paydock_owner;

CREATE FUNCTION books.note_deal_company() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    new.deal_pipedrive_company_id := (
        select c.pipedrive_company_id from pipedrive.connection c
        where c.company_id = new.company_id and (new.deal_id is not null or new.lead_id is not null));
    -- Only invoices have a quote.
    if tg_table_name = 'invoice' and tg_op = 'INSERT' then
        new.deal_pipedrive_company_id := coalesce(
            (select q.deal_pipedrive_company_id from books.quote q
            where q.company_id = new.company_id and q.id = new.quote_id
                and (q.deal_id = new.deal_id
                    or q.deal_id is null and new.deal_id is null and q.lead_id = new.lead_id)),
            new.deal_pipedrive_company_id);
    end if;
    return new;
end
$$;

ALTER FUNCTION books.note_deal_company() OWNER TO paydock_owner;

CREATE FUNCTION books.note_first_connection() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    update books.quote set deal_pipedrive_company_id = new.pipedrive_company_id
    where company_id = new.company_id and deal_pipedrive_company_id is null
        and (deal_id is not null or lead_id is not null);
    update books.invoice set deal_pipedrive_company_id = new.pipedrive_company_id
    where company_id = new.company_id and deal_pipedrive_company_id is null
        and (deal_id is not null or lead_id is not null);
    return null;
end
$$;

ALTER FUNCTION books.note_first_connection() OWNER TO paydock_owner;

CREATE FUNCTION books.products_matching(words text[], most integer) RETURNS TABLE(id uuid, rank real)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'books'
    AS $$
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

ALTER FUNCTION books.products_matching(words text[], most integer) OWNER TO paydock_owner;

CREATE FUNCTION books.rebuild_figures() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    line_count bigint;
begin
    lock table books.contact, books.invoice, books.subscription in share mode;
    lock table books.figure, books.newest_invoice in exclusive mode;
    delete from books.figure;
    delete from books.newest_invoice;
    insert into books.figure (company_id, contact_id, scope, currency, due_on, invoice_count, revenue, arr, open_count,
        open_amount)
    select * from books.figures_from_documents();
    get diagnostics line_count = row_count;
    insert into books.newest_invoice (company_id, contact_id, scope, currency, issued_at, invoice_id, number,
        customer_id)
    select * from books.newest_from_documents();
    return line_count;
end
$$;

ALTER FUNCTION books.rebuild_figures() OWNER TO paydock_owner;

CREATE FUNCTION books.set_anchors(company uuid, list_name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $_$
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
$_$;

ALTER FUNCTION books.set_anchors(company uuid, list_name text) OWNER TO paydock_owner;

CREATE FUNCTION books.subscription_figures(state text, annual_net bigint) RETURNS TABLE(due_on date, invoice_count bigint, revenue bigint, arr bigint, open_count bigint, open_amount bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select 'infinity'::date, 0::bigint, 0::bigint, $2, 0::bigint, 0::bigint where $1 = 'active'
$_$;

ALTER FUNCTION books.subscription_figures(state text, annual_net bigint) OWNER TO paydock_owner;

CREATE PROCEDURE migration.allow_message_kind(IN kind text)
    LANGUAGE plpgsql
    AS $$
begin
    insert into migration.message_kind values (kind) on conflict do nothing;
    execute (
        select format(
            'alter table queue.message drop constraint if exists message_kind_check,
                 add constraint message_kind_check check (kind in (%s))',
            string_agg(quote_literal(name), ', ' order by name))
        from migration.message_kind);
end
$$;

ALTER PROCEDURE migration.allow_message_kind(IN kind text) OWNER TO paydock_owner;

CREATE PROCEDURE migration.protect(IN tenant_table regclass)
    LANGUAGE plpgsql
    AS $$
begin
    execute format('alter table %s enable row level security', tenant_table);
    execute format('alter table %s force row level security', tenant_table);
    execute format(
        'create policy tenant on %s to paydock_web, paydock_cron, paydock_api
             using (company_id = books.current_company()) with check (company_id = books.current_company())',
        tenant_table);
    execute format('create policy owner on %s to paydock_owner using (true) with check (true)', tenant_table);
end
$$;

ALTER PROCEDURE migration.protect(IN tenant_table regclass) OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.claim_company(wanted bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    claimant uuid := books.current_company();
    holder uuid;
begin
    insert into web.pipedrive_company_directory (pipedrive_company_id, company_id)
    values (wanted, claimant) on conflict do nothing;
    select d.company_id into holder
    from web.pipedrive_company_directory d where d.pipedrive_company_id = wanted for update;
    if holder = claimant then
        return true;
    end if;
    if not exists (
        select from pipedrive.connection c
        where c.company_id = holder and (c.pipedrive_company_id <> wanted or c.state = 'disconnected'))
    then
        return false;
    end if;
    update web.pipedrive_company_directory set company_id = claimant where pipedrive_company_id = wanted;
    return true;
end
$$;

ALTER FUNCTION pipedrive.claim_company(wanted bigint) OWNER TO paydock_owner;

CREATE TABLE pipedrive.connection (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    pipedrive_company_name text NOT NULL,
    owner_user_id bigint NOT NULL,
    state text NOT NULL,
    connected_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT connection_state_check CHECK ((state = ANY (ARRAY['live'::text, 'reconnect'::text, 'disconnected'::text])))
);

ALTER TABLE ONLY pipedrive.connection FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.connection OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.connected_companies() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT connection.company_id
    FROM pipedrive.connection
   WHERE (connection.state = 'live'::text)
   ORDER BY connection.company_id;
END;

ALTER FUNCTION pipedrive.connected_companies() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.contact_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    company uuid;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company in select distinct company_id from fresh loop
        perform pipedrive.queue_push(company, array(select id from fresh where company_id = company));
    end loop;
    return null;
end
$$;

ALTER FUNCTION pipedrive.contact_added() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.contact_edited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select n.company_id, jsonb_agg(jsonb_build_array(n.id, f.field, f.was_empty))
        from fresh n join stale o on o.company_id = n.company_id and o.id = n.id
        cross join lateral (values
            ('name', o.name is distinct from n.name, false),
            ('organization', o.organization_id is distinct from n.organization_id, o.organization_id is null),
            ('emails', o.emails is distinct from n.emails, o.emails = '{}'),
            ('phones', o.phones is distinct from n.phones, o.phones = '{}'),
            ('address', (o.street, o.postal_code, o.city, o.country)
                is distinct from (n.street, n.postal_code, n.city, n.country),
                coalesce(o.street, o.postal_code, o.city, o.country) is null),
            ('vat_number', o.vat_number is distinct from n.vat_number, o.vat_number is null),
            ('kvk_number', o.kvk_number is distinct from n.kvk_number, o.kvk_number is null),
            ('language', o.language is distinct from n.language, o.language is null)
        ) f (field, is_changed, was_empty)
        where f.is_changed
        group by n.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;

ALTER FUNCTION pipedrive.contact_edited() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.count_staged() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    analyze (skip_locked) pipedrive.staged_record (company_id, run_id, kind, record_id), pipedrive.staged_key;
end
$$;

ALTER FUNCTION pipedrive.count_staged() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.end_links() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    update pipedrive.link l set state = 'ended', updated_at = clock_timestamp()
    from deleted d
    where l.company_id = d.company_id and l.local_id = d.id and l.state = 'live';
    return null;
end
$$;

ALTER FUNCTION pipedrive.end_links() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.field_text(pairs text[], field text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT (field_text.pairs)[(n.n + 1)] AS pairs FROM generate_subscripts(field_text.pairs, 1) n(n) WHERE (((n.n % 2) = 1) AND ((field_text.pairs)[n.n] = field_text.field)) LIMIT 1);

ALTER FUNCTION pipedrive.field_text(pairs text[], field text) OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.forget_edits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    delete from pipedrive.local_edit e using deleted d where e.company_id = d.company_id and e.local_id = d.id;
    return null;
end
$$;

ALTER FUNCTION pipedrive.forget_edits() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.forget_snapshots(before timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    with forgotten as (delete from pipedrive.record_snapshot where taken_at < before returning 1)
    select count(*) from forgotten
$$;

ALTER FUNCTION pipedrive.forget_snapshots(before timestamp with time zone) OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.is_syncing() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE(current_setting('paydock.syncing'::text, true), ''::text) = 'yes'::text);

ALTER FUNCTION pipedrive.is_syncing() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.note_edits(company uuid, edits jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    locals uuid[] := array(select distinct (x ->> 0)::uuid from jsonb_array_elements(edits) x);
begin
    insert into pipedrive.local_edit as e (company_id, local_id, field, was_empty)
    select company, (x ->> 0)::uuid, x ->> 1, (x ->> 2)::boolean from jsonb_array_elements(edits) x
    where exists (
        select from pipedrive.link l
        where l.company_id = company and l.local_id = (x ->> 0)::uuid and l.state in ('live', 'gone'))
    on conflict (company_id, local_id, field) do update set edited_at = clock_timestamp();
    delete from pipedrive.local_attention a
    where a.company_id = company and a.local_id = any (locals) and a.choice is null;
    perform pipedrive.queue_push(company, locals);
end
$$;

ALTER FUNCTION pipedrive.note_edits(company uuid, edits jsonb) OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.prices_edited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select c.company_id, jsonb_agg(jsonb_build_array(c.product_id, 'prices', tg_op = 'INSERT' and c.number = (
            select count(*) from books.product_price p
            where p.company_id = c.company_id and p.product_id = c.product_id)))
        from (select company_id, product_id, count(*) as number from changed group by 1, 2) c
        join books.product p on p.company_id = c.company_id and p.id = c.product_id
        group by c.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;

ALTER FUNCTION pipedrive.prices_edited() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.product_edited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    company uuid;
    edits jsonb;
begin
    if pipedrive.is_syncing() then return null; end if;
    for company, edits in
        select n.company_id, jsonb_agg(jsonb_build_array(n.id, f.field, f.was_empty))
        from fresh n join stale o on o.company_id = n.company_id and o.id = n.id
        cross join lateral (values
            ('name', o.name is distinct from n.name, false),
            ('code', o.code is distinct from n.code, o.code is null),
            ('description', o.description is distinct from n.description, o.description is null),
            ('unit', o.unit is distinct from n.unit, o.unit is null),
            ('tax', o.tax_basis_points is distinct from n.tax_basis_points, false),
            ('is_active', o.is_active is distinct from n.is_active, false)
        ) f (field, is_changed, was_empty)
        where f.is_changed
        group by n.company_id
    loop
        perform pipedrive.note_edits(company, edits);
    end loop;
    return null;
end
$$;

ALTER FUNCTION pipedrive.product_edited() OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.queue_push(company uuid, locals uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    insert into queue.message (company_id, kind, subject, priority)
    select company, 'push', id::text, 3
    from unnest(locals) id
    where exists (select from pipedrive.connection c where c.company_id = company and c.state <> 'disconnected')
        and exists (
            select from pipedrive.settings s where s.company_id = company
                and (s.organization_direction, s.person_direction, s.product_direction)
                    <> ('pull', 'pull', 'pull'))
$$;

ALTER FUNCTION pipedrive.queue_push(company uuid, locals uuid[]) OWNER TO paydock_owner;

CREATE FUNCTION pipedrive.without_fields(stored text[], fields text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT u.v FROM unnest(without_fields.stored) WITH ORDINALITY u(v, n) WHERE ((without_fields.stored)[(((((u.n - 1) / 2) * 2) + 1))::integer] <> ALL (without_fields.fields)) ORDER BY u.n);

ALTER FUNCTION pipedrive.without_fields(stored text[], fields text[]) OWNER TO paydock_owner;

CREATE FUNCTION queue.add_event_message() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    insert into queue.message (company_id, kind, subject, idempotency_key, priority, caused_at)
    values (new.company_id, 'event', new.id::text, new.id::text, 0, new.occurred_at);
    return null;
end
$$;

ALTER FUNCTION queue.add_event_message() OWNER TO paydock_owner;

CREATE FUNCTION queue.add_mail_message() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    insert into queue.message (company_id, kind, subject) values (new.company_id, 'mail', new.id::text);
    return null;
end
$$;

ALTER FUNCTION queue.add_mail_message() OWNER TO paydock_owner;

CREATE FUNCTION queue.clock_bucket() RETURNS integer
    LANGUAGE sql
    RETURN ((floor(((EXTRACT(epoch FROM clock_timestamp()) - (1700000000)::numeric) / (20)::numeric)))::integer * 40);

ALTER FUNCTION queue.clock_bucket() OWNER TO paydock_owner;

CREATE SEQUENCE queue.bucket_begun
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE queue.bucket_begun OWNER TO paydock_owner;

COMMENT ON SEQUENCE queue.bucket_begun IS 'The bucket that messages get now, unless the clock is twenty seconds further.';

CREATE FUNCTION queue.bucket() RETURNS integer
    LANGUAGE sql
    RETURN GREATEST((pg_sequence_last_value('queue.bucket_begun'::regclass))::integer, queue.clock_bucket());

ALTER FUNCTION queue.bucket() OWNER TO paydock_owner;

CREATE FUNCTION queue.claim(new_worker text, room integer, lease_seconds double precision, share integer, kinds text[], lowest smallint, held_companies uuid[], held_counts integer[]) RETURNS TABLE(company_id uuid, id bigint, kind text, subject text, attempt_count integer, claim_count integer, has_unclear_attempt boolean, priority smallint, is_probe boolean, repeat_seconds double precision, caused_at timestamp with time zone)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
    level record;
    passed integer := pg_sequence_last_value('queue.bucket_passed');
    last_company constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    last_bucket constant integer := 2147483647;
    last_id constant bigint := 9223372036854775807;
    begun_bucket integer;
    begun_company uuid;
    end_bucket integer;
    end_company uuid;
    at_bucket integer;
    at_company uuid;
    at_id bigint;
    after_id bigint;
    -- The first message of the level; what stands before it are the dead, which are walked past once.
    first_bucket integer;
    first_company uuid;
    first_id bigint;
    is_first_known boolean;
    is_round boolean;
    looks integer;
    held bigint := 0;
    got tid[];
    position_of integer;
    most integer;
    gate record;
    has_gates boolean := exists (select from queue.gate);
    companies uuid[] := held_companies;
    counts integer[] := held_counts;
    closed uuid[] := '{}';
    probing uuid[] := '{}';
    places tid[] := '{}';
begin
    -- Frozen inside its transaction, a worker must not keep for ever what it has locked.
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
    perform queue.stage();
    if has_gates and room > 0 then
        select coalesce(array_agg(p.company_id), '{}'), coalesce(array_agg(p.place), '{}')
        into probing, places from queue.probes(room, kinds, lowest) p;
        closed := probing;
        room := room - cardinality(places);
    end if;
    <<levels>>
    for level in
        select l.priority, l.is_gated, greatest(l.floor, passed) as floor from queue.level l
        where l.priority between 1 and lowest order by l.priority, l.is_gated
    loop
        is_first_known := false;
        first_bucket := null;
        for turn in 1..2 loop
            at_bucket := level.floor - 1;
            at_company := last_company;
            after_id := last_id;
            if turn = 1 then
                if random() < 0.5 then
                    at_bucket := level.floor + (random() * (queue.bucket() - level.floor))::integer;
                    at_company := gen_random_uuid();
                end if;
            elsif is_first_known then
                at_bucket := first_bucket;
                at_company := first_company;
                after_id := first_id - 1;
            end if;
            begun_bucket := at_bucket;
            begun_company := at_company;
            end_bucket := last_bucket;
            end_company := last_company;
            -- Whoever began at the beginning has been everywhere at the end.
            is_round := turn = 2 or at_bucket < level.floor;
            looks := 0;
            loop
                exit levels when room <= 0;
                exit when turn = 1 and looks >= 300;
                is_first_known := is_first_known or at_bucket < level.floor;
                select m.bucket, m.company_id, m.id into at_bucket, at_company, at_id from queue.message m
                where m.state = 'available' and not m.is_blocked and not m.is_held
                    and m.priority = level.priority and m.is_gated = level.is_gated
                    and (m.bucket, m.company_id, m.id) > (at_bucket, at_company, after_id)
                    and (m.bucket, m.company_id) <= (end_bucket, end_company)
                order by m.bucket, m.company_id, m.id limit 1;
                if not found then
                    exit when is_round;
                    is_round := true;
                    at_bucket := level.floor - 1;
                    at_company := last_company;
                    after_id := last_id;
                    end_bucket := begun_bucket;
                    end_company := begun_company;
                    continue;
                end if;
                after_id := last_id;
                if first_bucket is null
                    or (at_bucket, at_company, at_id) < (first_bucket, first_company, first_id) then
                    first_bucket := at_bucket;
                    first_company := at_company;
                    first_id := at_id;
                end if;
                looks := looks + 1;
                position_of := array_position(companies, at_company);
                most := case
                    when turn = 2 then least(room, share - coalesce(counts[position_of], 0))
                    when position_of is null then least(room, share, 1)
                    else 0 end;
                if level.is_gated and has_gates and most > 0 and at_company <> all (probing) then
                    if at_company = any (closed) then
                        most := 0;
                    else
                        select g.closed_until > clock_timestamp() as is_closed into gate from queue.gate g
                        where g.company_id = at_company and g.closed_until > '-infinity';
                        if found then
                            if gate.is_closed then
                                most := 0;
                                if held < 1000 then
                                    held := held + queue.hold(at_company, level.priority, at_bucket);
                                end if;
                            else
                                closed := closed || at_company;
                                -- Whoever has the row sends the one message; others find it locked, or closed again.
                                perform from queue.gate g
                                where g.company_id = at_company and g.closed_until <= clock_timestamp()
                                for update skip locked;
                                if found then most := 1; else most := 0; end if;
                            end if;
                        end if;
                    end if;
                end if;
                if level.is_gated and at_company = any (probing) then most := 0; end if;
                continue when most <= 0;
                select array_agg(f.ctid) into got from (
                    select m.ctid from queue.message m
                    where m.state = 'available' and not m.is_blocked and not m.is_held
                        and m.priority = level.priority and m.is_gated = level.is_gated
                        and (m.bucket, m.company_id, m.id) >= (at_bucket, at_company, at_id)
                        and (m.bucket, m.company_id) <= (at_bucket, at_company)
                        and m.kind = any (kinds) and m.ctid <> all (places)
                    order by m.bucket, m.company_id, m.id limit most for update skip locked) f;
                continue when got is null;
                if level.is_gated and at_company = any (closed) then probing := probing || at_company; end if;
                places := places || got;
                room := room - cardinality(got);
                if position_of is null then
                    companies := companies || at_company;
                    counts := counts || cardinality(got);
                else
                    counts[position_of] := counts[position_of] + cardinality(got);
                end if;
            end loop;
            exit when turn = 1 and looks = 0;
        end loop;
    end loop;
    if cardinality(places) = 0 then
        -- Only a claim has to outlast a crash of the server before anything is sent. Results that it loses are found
        -- again: their messages are rescued, and looked for.
        perform set_config('synchronous_commit', 'off', true);
        return;
    end if;
    -- Also where the database leaves others without: a claim that a crash forgets would be sent a second time.
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    if cardinality(probing) > 0 then
        update queue.gate g
        set probing_until = clock_timestamp() + make_interval(secs => lease_seconds), changed_at = clock_timestamp()
        where g.company_id = any (probing);
    end if;
    return query
    with claimed as (
        update queue.message m set
            state = 'running', worker = new_worker, claimed_at = clock_timestamp(), is_held = false,
            attempt_count = m.attempt_count + 1, claim_count = m.claim_count + 1,
            lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
        where m.ctid = any (places)
        returning m.company_id, m.id, m.kind, m.subject, m.attempt_count, m.claim_count, m.has_unclear_attempt,
            m.priority, m.is_gated and m.company_id = any (probing) as is_probe,
            greatest(extract(epoch from m.repeat_after - clock_timestamp())::double precision, 0) as repeat_seconds,
            m.caused_at)
    select * from claimed order by priority, id;
end
$$;

ALTER FUNCTION queue.claim(new_worker text, room integer, lease_seconds double precision, share integer, kinds text[], lowest smallint, held_companies uuid[], held_counts integer[]) OWNER TO paydock_owner;

CREATE FUNCTION queue.companies_with_events(most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    return query
    with recursive place as (
        (select m.bucket, m.company_id, 1 as step from queue.message m
        where m.state = 'available' and not m.is_blocked and not m.is_held and m.priority = 0 and not m.is_gated
            and m.bucket >= (select l.floor from queue.level l where l.priority = 0 and not l.is_gated)
        order by m.bucket, m.company_id limit 1)
        union all
        select next.bucket, next.company_id, place.step + 1 from place
        cross join lateral (
            select m.bucket, m.company_id from queue.message m
            where m.state = 'available' and not m.is_blocked and not m.is_held
                and m.priority = 0 and not m.is_gated and (m.bucket, m.company_id) > (place.bucket, place.company_id)
            order by m.bucket, m.company_id limit 1) next
        where place.step < most)
    select distinct p.company_id from place p;
end
$$;

ALTER FUNCTION queue.companies_with_events(most integer) OWNER TO paydock_owner;

CREATE FUNCTION queue.finish(finisher text, results jsonb) RETURNS SETOF bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
    given queue.result[];
    lane_companies uuid[];
    lane_names text[];
    ours queue.held_result[];
begin
    perform set_config('idle_in_transaction_session_timeout', '40s', true);
    given := array(
        select r from jsonb_populate_recordset(null::queue.result, results) r order by (r).company, (r).id);
    select array_agg(l.company), array_agg(l.lane) into lane_companies, lane_names from (
        select distinct r.company, m.lane from unnest(given) r
        cross join lateral (
            select lane from queue.message where company_id = r.company and id = r.id offset 0) m
        where r.final and m.lane is not null) l;
    if lane_companies is not null then
        perform pg_advisory_xact_lock(key) from (
            select queue.lane_key(company_id, lane) as key
            from unnest(lane_companies, lane_names) l (company_id, lane) order by 1) keys;
    end if;
    ours := array(
        select row(m.place, m.attempt_count, m.claimed_at, r)::queue.held_result from unnest(given) r
        cross join lateral (
            select h.ctid as place, h.attempt_count, h.claimed_at from queue.message h
            -- Written so that the index of leases cannot serve: each is found by its key.
            where h.company_id = r.company and h.id = r.id
                and h.state || '' = 'running' and h.worker = finisher and h.claim_count = r.claim
            offset 0 for update) m);
    insert into queue.attempt (
        company_id, message_id, number, worker, started_at, finished_at, outcome, detail, http_status, excerpt)
    select (o.result).company, (o.result).id, o.attempt_count, finisher, coalesce(o.claimed_at, clock_timestamp()),
        clock_timestamp(), (o.result).outcome, (o.result).detail, (o.result).http_status, (o.result).excerpt
    from unnest(ours) o;
    return query
    with gone as (
        delete from queue.message
        where ctid = any (array(
            select o.place from unnest(ours) o where (o.result).state in ('completed', 'cancelled')))
        returning company_id, id, kind, subject, idempotency_key, attempt_count, caused_at, created_at),
    kept as (
        insert into queue.finished (
            company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
        select g.company_id, g.id, g.kind, g.subject, g.idempotency_key, (o.result).state, g.attempt_count,
            (o.result).detail, g.caused_at, g.created_at
        from gone g join unnest(ours) o on (o.result).company = g.company_id and (o.result).id = g.id)
    select id from gone;
    if exists (select from unnest(ours) o where (o.result).state not in ('completed', 'cancelled')) then
        return query
        update queue.message m set
            state = (o.result).state, lease_until = null, worker = null, reason = (o.result).detail,
            attempt_count = m.attempt_count - (o.result).refund,
            has_unclear_attempt = m.has_unclear_attempt or (o.result).unclear,
            due_at = clock_timestamp() + make_interval(secs => (o.result).delay),
            repeat_after = case when (o.result).repeat is null then m.repeat_after
                else clock_timestamp() + make_interval(secs => (o.result).repeat) end,
            bucket = queue.bucket(),
            finished_at = case when (o.result).final then clock_timestamp() end
        from unnest(ours) o
        where m.ctid = o.place and (o.result).state not in ('completed', 'cancelled')
        returning m.id;
    end if;
    if exists (select from queue.gate) then
        perform from queue.gate g
        where g.company_id in (select (o.result).company from unnest(ours) o)
        order by g.company_id for update;
        -- What went out before a gate closed for a time says nothing about that time; a probe does. About a time that was
        -- told while it was out, neither does: that one goes on.
        update queue.gate g set
            failure_count = 0, failing_until = '-infinity',
            probing_until = case when served.is_tried then '-infinity' else g.probing_until end
        from (
            select (o.result).company, bool_or((o.result).probe) as is_tried from unnest(ours) o
            where (o.result).opens group by 1) served
        where g.company_id = served.company and (g.failure_count > 0 or served.is_tried)
            and g.told_until > clock_timestamp();
        delete from queue.gate g
        using (
            select (o.result).company, bool_or((o.result).probe) as is_tried from unnest(ours) o
            where (o.result).opens group by 1) served
        where g.company_id = served.company and (g.failure_count > 0 or served.is_tried)
            and g.told_until <= clock_timestamp();
    end if;
    if lane_companies is not null then perform queue.unblock(lane_companies, lane_names); end if;
end
$$;

ALTER FUNCTION queue.finish(finisher text, results jsonb) OWNER TO paydock_owner;

CREATE FUNCTION queue.finish_events(company uuid, ids bigint[], reasons text[]) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    with gone as (
        delete from queue.message m where m.company_id = company and m.id = any (ids)
        returning m.id, m.subject, m.idempotency_key, m.caused_at, m.created_at)
    insert into queue.finished (
        company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
    select company, g.id, 'event', g.subject, g.idempotency_key, 'completed', 1, r.reason, g.caused_at, g.created_at
    from gone g join unnest(ids, reasons) r (id, reason) on r.id = g.id;
end
$$;

ALTER FUNCTION queue.finish_events(company uuid, ids bigint[], reasons text[]) OWNER TO paydock_owner;

CREATE FUNCTION queue.forget(most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

ALTER FUNCTION queue.forget(most integer) OWNER TO paydock_owner;

CREATE FUNCTION queue.give_back(places tid[], repeat_seconds double precision, looking_kinds text[]) RETURNS bigint
    LANGUAGE sql
    AS $$
    with returned as (
        update queue.message m set
            state = 'retryable', lease_until = null, worker = null, has_unclear_attempt = true,
            reason = 'The worker was lost', due_at = clock_timestamp(),
            repeat_after = case when m.kind = any (looking_kinds)
                then greatest(m.repeat_after, m.lease_until + make_interval(secs => repeat_seconds))
                else m.repeat_after end
        where m.ctid = any (places)
        returning m.company_id, m.id, m.attempt_count, m.claimed_at),
    tried as (
        insert into queue.attempt (
            company_id, message_id, number, worker, started_at, finished_at, outcome, detail)
        select company_id, id, attempt_count, '', coalesce(claimed_at, clock_timestamp()), clock_timestamp(),
            'rescued', 'The worker was lost'
        from returned)
    select count(*) from returned
$$;

ALTER FUNCTION queue.give_back(places tid[], repeat_seconds double precision, looking_kinds text[]) OWNER TO paydock_owner;

CREATE FUNCTION queue.hold(company uuid, level_priority smallint, in_bucket integer) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    places tid[];
begin
    perform from queue.gate
    where company_id = company and closed_until > clock_timestamp() + interval '30 seconds' for share skip locked;
    if not found then return 0; end if;
    places := array(
        select ctid from queue.message
        where state = 'available' and not is_blocked and not is_held and priority = level_priority and is_gated
            and (bucket, company_id) >= (in_bucket, company) and (bucket, company_id) <= (in_bucket, company)
        order by bucket, company_id, id limit 500 for update skip locked);
    update queue.message set is_held = true where ctid = any (places);
    return cardinality(places);
end
$$;

ALTER FUNCTION queue.hold(company uuid, level_priority smallint, in_bucket integer) OWNER TO paydock_owner;

CREATE FUNCTION queue.join_lane() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    perform pg_advisory_xact_lock(queue.lane_key(new.company_id, new.lane));
    -- A statement of its own, so that it sees what was committed until now, and the rows before it of the same insert.
    perform from queue.message earlier
    where earlier.company_id = new.company_id and earlier.lane between new.lane and new.lane
        and earlier.state in ('available', 'scheduled', 'running', 'retryable')
    order by earlier.lane, earlier.id limit 1;
    new.is_blocked := found;
    return new;
end
$$;

ALTER FUNCTION queue.join_lane() OWNER TO paydock_owner;

CREATE FUNCTION queue.lane_key(company uuid, lane text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended(((company)::text || lane), (7)::bigint);

ALTER FUNCTION queue.lane_key(company uuid, lane text) OWNER TO paydock_owner;

CREATE FUNCTION queue.let_go() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update queue.message set is_held = false, bucket = queue.bucket()
    where ctid = any (array(
        select ctid from queue.message where company_id = old.company_id and is_held for update skip locked));
    return null;
end
$$;

ALTER FUNCTION queue.let_go() OWNER TO paydock_owner;

CREATE FUNCTION queue.move_floors(everywhere boolean) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    begun integer := queue.bucket();
    passed integer := pg_sequence_last_value('queue.bucket_passed');
    latest_floor integer := queue.clock_bucket() - 40;
    oldest integer := 2147483647;
    level_oldest integer;
    level record;
begin
    for level in
        select l.priority, l.is_gated, l.floor from queue.level l order by l.priority, l.is_gated
    loop
        select m.bucket into level_oldest from queue.message m
        where m.state = 'available' and not m.is_blocked and not m.is_held
            and m.priority = level.priority and m.is_gated = level.is_gated
            and m.bucket >= case when everywhere then 0 else level.floor end
        order by m.bucket limit 1;
        level_oldest := coalesce(level_oldest, 2147483647);
        oldest := least(oldest, level_oldest);
        if least(level_oldest, latest_floor) > level.floor or everywhere and level_oldest < level.floor then
            perform from queue.level l
            where l.priority = level.priority and l.is_gated = level.is_gated for update skip locked;
            if found then
                update queue.level l set floor = least(level_oldest, latest_floor)
                where l.priority = level.priority and l.is_gated = level.is_gated;
            end if;
        end if;
    end loop;
    if oldest < passed then
        perform setval('queue.bucket_passed', oldest);
    elsif oldest >= begun then
        if passed < begun then perform setval('queue.bucket_passed', begun); end if;
        begun := greatest(begun, floor((extract(epoch from clock_timestamp()) - 1700000000) * 2)::integer);
        perform setval('queue.bucket_begun', begun);
    end if;
end
$$;

ALTER FUNCTION queue.move_floors(everywhere boolean) OWNER TO paydock_owner;

CREATE FUNCTION queue.oldest_events(company uuid, most integer) RETURNS TABLE(id bigint, subject text)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    return query
    select m.id, m.subject from queue.message m
    where m.company_id = company and m.state = 'available' and not m.is_blocked and not m.is_held
        and m.priority = 0 and not m.is_gated
        and m.bucket >= (select l.floor from queue.level l where l.priority = 0 and not l.is_gated)
    order by m.bucket, m.id limit most;
end
$$;

ALTER FUNCTION queue.oldest_events(company uuid, most integer) OWNER TO paydock_owner;

CREATE FUNCTION queue.probes(room integer, kinds text[], lowest smallint) RETURNS TABLE(company_id uuid, place tid)
    LANGUAGE sql
    AS $$
    with due as materialized (
        select g.company_id from queue.gate g
        where g.closed_until > '-infinity' and g.closed_until <= clock_timestamp()
            and exists (select from queue.message m where m.company_id = g.company_id and m.is_held)
        order by g.closed_until limit room for update skip locked)
    select due.company_id, first.place from due
    cross join lateral (
        select m.ctid as place from queue.message m
        where m.company_id = due.company_id and m.is_held and m.state = 'available' and not m.is_blocked
            and m.priority between 1 and lowest and m.kind = any (kinds)
        order by m.priority, m.id limit 1 for update skip locked) first
$$;

ALTER FUNCTION queue.probes(room integer, kinds text[], lowest smallint) OWNER TO paydock_owner;

CREATE FUNCTION queue.raise_floors() RETURNS void
    LANGUAGE sql
    AS $$
    update queue.message m set is_held = false, bucket = queue.bucket()
    where m.is_held and not exists (select from queue.gate g where g.company_id = m.company_id);
    select queue.move_floors(true);
$$;

ALTER FUNCTION queue.raise_floors() OWNER TO paydock_owner;

CREATE FUNCTION queue.raise_floors_further() RETURNS void
    LANGUAGE sql
    AS $$
    select queue.move_floors(false);
$$;

ALTER FUNCTION queue.raise_floors_further() OWNER TO paydock_owner;

CREATE FUNCTION queue.renew(renewer text, companies uuid[], ids bigint[], claims integer[], seconds double precision) RETURNS SETOF bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    places tid[] := array(
        select m.place from unnest(companies, ids, claims) h (company_id, id, claim)
        cross join lateral (
            select r.ctid as place from queue.message r
            where r.company_id = h.company_id and r.id = h.id
                and r.state || '' = 'running' and r.worker = renewer and r.claim_count = h.claim
            -- Whoever has one locked takes it away: it is cancelled, or rescued.
            offset 0 for update skip locked) m);
begin
    return query
    update queue.message m set lease_until = clock_timestamp() + make_interval(secs => seconds)
    where m.ctid = any (places) returning m.id;
end
$$;

ALTER FUNCTION queue.renew(renewer text, companies uuid[], ids bigint[], claims integer[], seconds double precision) OWNER TO paydock_owner;

CREATE FUNCTION queue.rescue(rescuer text, repeat_seconds double precision, looking_kinds text[], back_seconds double precision) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    now_is timestamptz := clock_timestamp();
    gone text[];
    places tid[];
begin
    perform queue.raise_floors_further();
    select array_agg(worker) into gone from (
        with others as materialized (select worker from queue.drainer where hears and worker <> rescuer)
        select worker from others
        where pg_try_advisory_xact_lock(20529, hashtext(worker))) d;
    -- Apart, so that the index of leases serves: what is running is not read each time to find who has nothing.
    places := array(
        select ctid from queue.message
        where state = 'running' and lease_until < now_is
            and lease_until >= now_is - make_interval(secs => back_seconds)
        order by lease_until limit 500 for update skip locked);
    if gone is not null then
        places := places || array(
            select ctid from queue.message
            where state = 'running' and worker = any (gone) and kind = any (looking_kinds)
            order by lease_until limit 500 for update skip locked);
        delete from queue.drainer where worker = any (gone);
    end if;
    if cardinality(places) = 0 then return 0; end if;
    return queue.give_back(places, repeat_seconds, looking_kinds);
end
$$;

ALTER FUNCTION queue.rescue(rescuer text, repeat_seconds double precision, looking_kinds text[], back_seconds double precision) OWNER TO paydock_owner;

CREATE FUNCTION queue.stage() RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    -- In a variable: what a volatile function says is compared with every row.
    now_is timestamptz := clock_timestamp();
    places tid[] := array(
        select ctid from queue.message
        where state in ('scheduled', 'retryable') and due_at <= now_is
        order by due_at limit 500 for update skip locked);
begin
    if cardinality(places) = 0 then return; end if;
    update queue.message set state = 'available', bucket = queue.bucket() where ctid = any (places);
end
$$;

ALTER FUNCTION queue.stage() OWNER TO paydock_owner;

CREATE FUNCTION queue.unblock(companies uuid[], lanes text[]) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    places tid[] := array(
        select first.place from unnest(companies, lanes) l (company_id, lane)
        cross join lateral (
            select f.id from queue.message f
            where f.company_id = l.company_id and f.lane between l.lane and l.lane
                and f.state in ('available', 'scheduled', 'running', 'retryable')
            order by f.lane, f.id limit 1) earliest
        cross join lateral (
            select m.ctid as place from queue.message m
            where m.company_id = l.company_id and m.id = earliest.id and m.is_blocked
            offset 0 for update) first);
begin
    if cardinality(places) = 0 then return; end if;
    update queue.message set is_blocked = false, bucket = queue.bucket() where ctid = any (places);
end
$$;

ALTER FUNCTION queue.unblock(companies uuid[], lanes text[]) OWNER TO paydock_owner;

CREATE FUNCTION queue.wake_listeners() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if exists (select from queue.drainer where hears and idle_until > clock_timestamp()) then
        perform pg_notify('paydock_queue', '');
    end if;
    return null;
end
$$;

ALTER FUNCTION queue.wake_listeners() OWNER TO paydock_owner;

CREATE FUNCTION vault.key_id(sealed bytea) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN (length(sealed) > 2) THEN encode(SUBSTRING(sealed FROM 3 FOR get_byte(sealed, 1)), 'escape'::text) ELSE NULL::text END;

ALTER FUNCTION vault.key_id(sealed bytea) OWNER TO paydock_owner;

CREATE TABLE vault.credentials (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    user_id bigint NOT NULL,
    access_token bytea NOT NULL,
    refresh_token bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    api_origin text NOT NULL,
    scopes text[] NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY vault.credentials FORCE ROW LEVEL SECURITY;

ALTER TABLE vault.credentials OWNER TO paydock_owner;

CREATE TABLE vault.revocation (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    user_id bigint NOT NULL,
    refresh_token bytea NOT NULL,
    expires_at timestamp with time zone DEFAULT (clock_timestamp() + '24:00:00'::interval) NOT NULL
);

ALTER TABLE ONLY vault.revocation FORCE ROW LEVEL SECURITY;

ALTER TABLE vault.revocation OWNER TO paydock_owner;

CREATE TABLE vault.webhook_secret (
    company_id uuid NOT NULL,
    path text NOT NULL,
    user_name bytea NOT NULL,
    password bytea NOT NULL
);

ALTER TABLE ONLY vault.webhook_secret FORCE ROW LEVEL SECURITY;

ALTER TABLE vault.webhook_secret OWNER TO paydock_owner;

CREATE FUNCTION vault.companies_to_reseal(current_key text, row_limit integer) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT v.company_id
    FROM ( SELECT credentials.company_id
            FROM vault.credentials
           WHERE ((vault.key_id(credentials.access_token) <> companies_to_reseal.current_key) OR (vault.key_id(credentials.refresh_token) <> companies_to_reseal.current_key))
         UNION
          SELECT webhook_secret.company_id
            FROM vault.webhook_secret
           WHERE ((vault.key_id(webhook_secret.user_name) <> companies_to_reseal.current_key) OR (vault.key_id(webhook_secret.password) <> companies_to_reseal.current_key))
         UNION
          SELECT revocation.company_id
            FROM vault.revocation
           WHERE (vault.key_id(revocation.refresh_token) <> companies_to_reseal.current_key)) v
   ORDER BY v.company_id
  LIMIT companies_to_reseal.row_limit;
END;

ALTER FUNCTION vault.companies_to_reseal(current_key text, row_limit integer) OWNER TO paydock_owner;

CREATE FUNCTION vault.hold_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    field text;
    key text;
begin
    foreach field in array tg_argv loop
        key := vault.key_id((to_jsonb(new) ->> field)::bytea);
        continue when key is null;
        insert into vault.sealing_key (id) values (key) on conflict do nothing;
        perform from vault.sealing_key k where k.id = key and k.retired_at is null for key share;
        if not found then
            raise exception 'the sealing key % is retired', key using errcode = 'object_not_in_prerequisite_state';
        end if;
    end loop;
    return new;
end
$$;

ALTER FUNCTION vault.hold_key() OWNER TO paydock_owner;

CREATE FUNCTION vault.retire_key(wanted text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    insert into vault.sealing_key (id) values (wanted) on conflict do nothing;
    perform from vault.sealing_key k where k.id = wanted for update;
    if exists (select from vault.sealed_counts() c where c.key_id = wanted) then
        return false;
    end if;
    update vault.sealing_key set retired_at = coalesce(retired_at, clock_timestamp()) where id = wanted;
    return true;
end
$$;

ALTER FUNCTION vault.retire_key(wanted text) OWNER TO paydock_owner;

CREATE TABLE vault.pending_install (
    ticket_hash bytea NOT NULL,
    access_token bytea NOT NULL,
    refresh_token bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    api_origin text NOT NULL,
    scopes text[] NOT NULL
);

ALTER TABLE vault.pending_install OWNER TO paydock_owner;

CREATE FUNCTION vault.sealed_counts() RETURNS TABLE(key_id text, sealed_count bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT vault.key_id(v.sealed) AS key_id,
     count(*) AS count
    FROM ( SELECT credentials.access_token AS sealed
            FROM vault.credentials
         UNION ALL
          SELECT credentials.refresh_token
            FROM vault.credentials
         UNION ALL
          SELECT webhook_secret.user_name
            FROM vault.webhook_secret
         UNION ALL
          SELECT webhook_secret.password
            FROM vault.webhook_secret
         UNION ALL
          SELECT revocation.refresh_token
            FROM vault.revocation
         UNION ALL
          SELECT pending_install.access_token
            FROM vault.pending_install
         UNION ALL
          SELECT pending_install.refresh_token
            FROM vault.pending_install) v
   WHERE (vault.key_id(v.sealed) IS NOT NULL)
   GROUP BY (vault.key_id(v.sealed))
   ORDER BY (vault.key_id(v.sealed));
END;

ALTER FUNCTION vault.sealed_counts() OWNER TO paydock_owner;

CREATE FUNCTION web.forget_expired(idle_seconds double precision) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

ALTER FUNCTION web.forget_expired(idle_seconds double precision) OWNER TO paydock_owner;

CREATE FUNCTION web.list_public_token() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    insert into web.public_token_directory (token_hash, company_id)
    values (sha256(convert_to(new.public_token, 'UTF8')), new.company_id);
    return null;
end
$$;

ALTER FUNCTION web.list_public_token() OWNER TO paydock_owner;

CREATE FUNCTION web.use_api_key(key_hash bytea, request_limit integer) RETURNS TABLE(owner_id uuid, request_number integer, seconds_left integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
declare
    moment timestamptz := clock_timestamp();
    minute timestamptz := date_trunc('minute', moment);
begin
    select d.company_id into owner_id from web.api_key_directory d where d.hash = key_hash;
    if not found then
        return;
    end if;
    insert into web.api_key_minute as m (hash, begun_at, request_count) values (key_hash, minute, 1)
    on conflict (hash) do update set
        request_count = case when m.begun_at >= minute then m.request_count + 1 else 1 end,
        begun_at = greatest(m.begun_at, minute)
    where m.begun_at < minute or m.request_count < request_limit
    returning m.request_count into request_number;
    request_number := coalesce(request_number, request_limit + 1);
    seconds_left := greatest(1, ceil(extract(epoch from minute + interval '1 minute' - moment))::integer);
    update books.api_key k set last_used_at = moment
    where k.company_id = owner_id and k.hash = key_hash
        and (k.last_used_at is null or k.last_used_at < moment - interval '1 minute');
    return next;
end
$$;

ALTER FUNCTION web.use_api_key(key_hash bytea, request_limit integer) OWNER TO paydock_owner;

CREATE TABLE books.api_key (
    company_id uuid NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    revoked_at timestamp with time zone,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text DEFAULT 'First key'::text NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT api_key_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT api_key_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY books.api_key FORCE ROW LEVEL SECURITY;

ALTER TABLE books.api_key OWNER TO paydock_owner;

CREATE TABLE books.contact (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (books.normalize_name(name)) STORED NOT NULL,
    organization_id uuid,
    emails text[] DEFAULT '{}'::text[] NOT NULL,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    street text,
    postal_code text,
    city text,
    country text,
    vat_number text,
    kvk_number text,
    language text,
    external_id text,
    archived_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    vat_key text GENERATED ALWAYS AS (
CASE
    WHEN (vat_number IS NOT NULL) THEN "left"(books.normalize_number(vat_number), 255)
    ELSE NULL::text
END) STORED,
    kvk_key text GENERATED ALWAYS AS (
CASE
    WHEN (kvk_number IS NOT NULL) THEN "left"(books.normalize_number(kvk_number), 255)
    ELSE NULL::text
END) STORED,
    CONSTRAINT contact_check CHECK ((organization_id <> id)),
    CONSTRAINT contact_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'organization'::text]))),
    CONSTRAINT contact_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text, 'de'::text]))),
    CONSTRAINT contact_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY books.contact FORCE ROW LEVEL SECURITY;

ALTER TABLE books.contact OWNER TO paydock_owner;

COMMENT ON COLUMN books.contact.vat_key IS 'The VAT number as it is compared; null for less than four characters.';

COMMENT ON COLUMN books.contact.kvk_key IS 'The KvK number as it is compared; null for less than four characters.';

CREATE TABLE books.contact_email (
    company_id uuid NOT NULL,
    normalized text NOT NULL,
    contact_id uuid NOT NULL
);

ALTER TABLE ONLY books.contact_email FORCE ROW LEVEL SECURITY;

ALTER TABLE books.contact_email OWNER TO paydock_owner;

CREATE TABLE books.document_number (
    company_id uuid NOT NULL,
    kind text NOT NULL,
    year integer NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT document_number_kind_check CHECK ((kind = ANY (ARRAY['quote'::text, 'invoice'::text]))),
    CONSTRAINT document_number_last_number_check CHECK ((last_number > 0))
);

ALTER TABLE ONLY books.document_number FORCE ROW LEVEL SECURITY;

ALTER TABLE books.document_number OWNER TO paydock_owner;

CREATE TABLE books.event (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT event_kind_check CHECK ((kind = ANY (ARRAY['quote.sent'::text, 'quote.viewed'::text, 'quote.accepted'::text, 'invoice.sent'::text, 'invoice.paid'::text, 'invoice.overdue'::text, 'contact.created'::text, 'contact.updated'::text, 'contact.deleted'::text, 'product.created'::text, 'product.updated'::text, 'product.deleted'::text])))
);

ALTER TABLE ONLY books.event FORCE ROW LEVEL SECURITY;

ALTER TABLE books.event OWNER TO paydock_owner;

CREATE TABLE books.figure (
    company_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    scope text NOT NULL,
    currency text NOT NULL,
    due_on date NOT NULL,
    id bigint NOT NULL,
    invoice_count bigint NOT NULL,
    revenue bigint NOT NULL,
    arr bigint NOT NULL,
    open_count bigint NOT NULL,
    open_amount bigint NOT NULL,
    CONSTRAINT figure_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT figure_scope_check CHECK ((scope = ANY (ARRAY['own'::text, 'persons'::text])))
);

ALTER TABLE ONLY books.figure FORCE ROW LEVEL SECURITY;

ALTER TABLE books.figure OWNER TO paydock_owner;

COMMENT ON TABLE books.figure IS 'Sums for the panel; a key''s figures are the sum of its lines.';

ALTER TABLE books.figure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME books.figure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE books.kept_answer (
    company_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    location text,
    body bytea,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT kept_answer_key_hash_check CHECK ((length(key_hash) = 32)),
    CONSTRAINT kept_answer_request_hash_check CHECK ((length(request_hash) = 32))
);

ALTER TABLE ONLY books.kept_answer FORCE ROW LEVEL SECURITY;

ALTER TABLE books.kept_answer OWNER TO paydock_owner;

CREATE TABLE books.list_anchor (
    company_id uuid NOT NULL,
    list text NOT NULL,
    state text NOT NULL,
    id bigint NOT NULL,
    rank bigint NOT NULL,
    at_time timestamp with time zone,
    at_name text,
    at_id uuid NOT NULL,
    CONSTRAINT list_anchor_list_check CHECK ((list = ANY (ARRAY['contact'::text, 'product'::text, 'quote'::text, 'invoice'::text, 'subscription'::text])))
);

ALTER TABLE ONLY books.list_anchor FORCE ROW LEVEL SECURITY;

ALTER TABLE books.list_anchor OWNER TO paydock_owner;

ALTER TABLE books.list_anchor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME books.list_anchor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE books.list_change (
    company_id uuid NOT NULL,
    list text NOT NULL,
    state text NOT NULL,
    id bigint NOT NULL,
    change bigint NOT NULL,
    at_time timestamp with time zone,
    at_name text,
    at_id uuid,
    is_anchored boolean DEFAULT false NOT NULL,
    CONSTRAINT list_change_list_check CHECK ((list = ANY (ARRAY['contact'::text, 'product'::text, 'quote'::text, 'invoice'::text, 'subscription'::text])))
);

ALTER TABLE ONLY books.list_change FORCE ROW LEVEL SECURITY;

ALTER TABLE books.list_change OWNER TO paydock_owner;

ALTER TABLE books.list_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME books.list_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE books.mail (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid,
    invoice_id uuid,
    recipient text,
    recipient_name text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT mail_check CHECK ((num_nonnulls(quote_id, invoice_id) = 1)),
    CONSTRAINT mail_check1 CHECK (((recipient IS NOT NULL) OR (state = 'failed'::text))),
    CONSTRAINT mail_recipient_check CHECK ((recipient ~~ '%@%'::text)),
    CONSTRAINT mail_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'unclear'::text, 'failed'::text])))
);

ALTER TABLE ONLY books.mail FORCE ROW LEVEL SECURITY;

ALTER TABLE books.mail OWNER TO paydock_owner;

CREATE TABLE books.member (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT member_email_check CHECK (((email = lower(btrim(email))) AND (email ~~ '%@%'::text))),
    CONSTRAINT member_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text])))
);

ALTER TABLE ONLY books.member FORCE ROW LEVEL SECURITY;

ALTER TABLE books.member OWNER TO paydock_owner;

CREATE TABLE books.newest_invoice (
    company_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    scope text NOT NULL,
    currency text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    invoice_id uuid NOT NULL,
    number text NOT NULL,
    customer_id uuid NOT NULL,
    CONSTRAINT newest_invoice_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT newest_invoice_scope_check CHECK ((scope = ANY (ARRAY['own'::text, 'persons'::text])))
);

ALTER TABLE ONLY books.newest_invoice FORCE ROW LEVEL SECURITY;

ALTER TABLE books.newest_invoice OWNER TO paydock_owner;

COMMENT ON TABLE books.newest_invoice IS 'The panel''s link to the latest invoice.';

CREATE TABLE books.payment (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    invoice_id uuid NOT NULL,
    minor_units bigint NOT NULL,
    paid_on date NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT payment_minor_units_check CHECK ((minor_units > 0))
);

ALTER TABLE ONLY books.payment FORCE ROW LEVEL SECURITY;

ALTER TABLE books.payment OWNER TO paydock_owner;

CREATE TABLE books.product (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    code text,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (books.normalize_name(name)) STORED NOT NULL,
    description text,
    unit text,
    tax_basis_points integer NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    words tsvector GENERATED ALWAYS AS (((setweight(to_tsvector('simple'::regconfig, name), 'A'::"char") || setweight(to_tsvector('simple'::regconfig, COALESCE(code, ''::text)), 'B'::"char")) || setweight(to_tsvector('simple'::regconfig, COALESCE(description, ''::text)), 'D'::"char"))) STORED NOT NULL,
    CONSTRAINT product_code_check CHECK ((code <> ''::text)),
    CONSTRAINT product_name_check CHECK ((name <> ''::text)),
    CONSTRAINT product_tax_basis_points_check CHECK (((tax_basis_points >= 0) AND (tax_basis_points <= 10000)))
);

ALTER TABLE ONLY books.product FORCE ROW LEVEL SECURITY;

ALTER TABLE books.product OWNER TO paydock_owner;

CREATE TABLE books.product_price (
    company_id uuid NOT NULL,
    product_id uuid NOT NULL,
    currency text NOT NULL,
    minor_units bigint NOT NULL,
    CONSTRAINT product_price_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT product_price_minor_units_check CHECK (((minor_units >= 0) AND (minor_units <= '1000000000000000'::bigint)))
);

ALTER TABLE ONLY books.product_price FORCE ROW LEVEL SECURITY;

ALTER TABLE books.product_price OWNER TO paydock_owner;

CREATE TABLE books.subscription (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    contact_id uuid NOT NULL,
    currency text NOT NULL,
    lines jsonb NOT NULL,
    annual_net bigint NOT NULL,
    external_id text,
    deal_id bigint,
    lead_id text,
    note text,
    interval_unit text NOT NULL,
    interval_count integer NOT NULL,
    starts_on date NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT subscription_currency_check CHECK ((currency ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT subscription_interval_count_check CHECK ((interval_count > 0)),
    CONSTRAINT subscription_interval_unit_check CHECK ((interval_unit = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'quarter'::text, 'year'::text]))),
    CONSTRAINT subscription_lines_check CHECK ((jsonb_typeof(lines) = 'array'::text)),
    CONSTRAINT subscription_name_check CHECK ((name <> ''::text)),
    CONSTRAINT subscription_state_check CHECK ((state = ANY (ARRAY['concept'::text, 'active'::text, 'paused'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY books.subscription FORCE ROW LEVEL SECURITY;

ALTER TABLE books.subscription OWNER TO paydock_owner;

CREATE TABLE migration.applied (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE migration.applied OWNER TO paydock_owner;

CREATE TABLE migration.message_kind (
    name text NOT NULL
);

ALTER TABLE migration.message_kind OWNER TO paydock_owner;

CREATE TABLE pipedrive.attention (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    record_id bigint NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    noticed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    candidates uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    is_merge boolean DEFAULT false NOT NULL,
    choice text,
    chosen_id uuid,
    remote_values text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT attention_choice_check CHECK ((choice = ANY (ARRAY['link'::text, 'create'::text, 'ignore'::text]))),
    CONSTRAINT attention_chosen_check CHECK ((((choice = 'link'::text) = (chosen_id IS NOT NULL)) OR (choice IS NULL))),
    CONSTRAINT attention_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.attention FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.attention OWNER TO paydock_owner;

CREATE TABLE pipedrive.audit (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    action text NOT NULL,
    detail text NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.audit FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.audit OWNER TO paydock_owner;

ALTER TABLE pipedrive.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pipedrive.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pipedrive.call_budget (
    company_id uuid NOT NULL,
    call_limit integer,
    calls_left double precision DEFAULT 0 NOT NULL,
    filled_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    day_limit integer,
    day_left integer,
    day_seen_at timestamp with time zone,
    day date DEFAULT ((clock_timestamp() AT TIME ZONE 'UTC'::text))::date NOT NULL,
    day_spent integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY pipedrive.call_budget FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.call_budget OWNER TO paydock_owner;

CREATE TABLE pipedrive.conflict (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    local_id uuid NOT NULL,
    field text NOT NULL,
    record_id bigint NOT NULL,
    name text NOT NULL,
    kept text NOT NULL,
    lost text NOT NULL,
    is_remote_kept boolean NOT NULL,
    noticed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT conflict_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.conflict FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.conflict OWNER TO paydock_owner;

CREATE TABLE pipedrive.custom_field (
    company_id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    field_type text NOT NULL,
    option_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    option_labels text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT custom_field_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.custom_field FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.custom_field OWNER TO paydock_owner;

CREATE TABLE pipedrive.deal_snapshot (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    deal_id bigint NOT NULL,
    title text NOT NULL,
    person_id bigint,
    organization_id bigint,
    taken_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.deal_snapshot FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.deal_snapshot OWNER TO paydock_owner;

CREATE TABLE pipedrive.draft_record (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    deal_id bigint NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    quote_id uuid,
    drafter text,
    model text,
    prompt_version text,
    fallback text,
    question_tokens integer DEFAULT 0 NOT NULL,
    answer_tokens integer DEFAULT 0 NOT NULL,
    milliseconds integer DEFAULT 0 NOT NULL,
    outcome text,
    reason text,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT draft_record_check CHECK (((purpose = 'trial'::text) = (quote_id IS NULL))),
    CONSTRAINT draft_record_check1 CHECK (((state = 'ready'::text) = (outcome IS NOT NULL))),
    CONSTRAINT draft_record_purpose_check CHECK ((purpose = ANY (ARRAY['quote'::text, 'trial'::text, 'comparison'::text]))),
    CONSTRAINT draft_record_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'ready'::text, 'failed'::text])))
);

ALTER TABLE ONLY pipedrive.draft_record FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.draft_record OWNER TO paydock_owner;

CREATE TABLE pipedrive.draft_spend (
    company_id uuid NOT NULL,
    day date DEFAULT ((clock_timestamp() AT TIME ZONE 'UTC'::text))::date NOT NULL,
    tokens bigint DEFAULT 0 NOT NULL,
    questions integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY pipedrive.draft_spend FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.draft_spend OWNER TO paydock_owner;

CREATE TABLE pipedrive.link (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    record_id bigint NOT NULL,
    local_id uuid NOT NULL,
    state text DEFAULT 'live'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    remote_base text[],
    remote_added_at timestamp with time zone,
    synced_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    push_until timestamp with time zone,
    create_sent_at timestamp with time zone,
    create_values text[],
    merged_into bigint,
    sent_values text[],
    CONSTRAINT link_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text]))),
    CONSTRAINT link_placeholder_check CHECK (((record_id > 0) OR (state = ANY (ARRAY['live'::text, 'ended'::text])))),
    CONSTRAINT link_state_check CHECK ((state = ANY (ARRAY['live'::text, 'gone'::text, 'merged'::text, 'ended'::text])))
);

ALTER TABLE ONLY pipedrive.link FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.link OWNER TO paydock_owner;

CREATE SEQUENCE pipedrive.link_placeholder
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE pipedrive.link_placeholder OWNER TO paydock_owner;

CREATE TABLE pipedrive.local_attention (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    local_id uuid NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    answer text,
    choice text,
    noticed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT local_attention_choice_check CHECK ((choice = ANY (ARRAY['create'::text, 'ignore'::text]))),
    CONSTRAINT local_attention_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.local_attention FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.local_attention OWNER TO paydock_owner;

CREATE TABLE pipedrive.local_edit (
    company_id uuid NOT NULL,
    local_id uuid NOT NULL,
    field text NOT NULL,
    was_empty boolean NOT NULL,
    edited_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.local_edit FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.local_edit OWNER TO paydock_owner;

CREATE TABLE pipedrive.product_look (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    record_id bigint NOT NULL,
    changed_at timestamp with time zone,
    looked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    has_variations boolean NOT NULL,
    run_id uuid
);

ALTER TABLE ONLY pipedrive.product_look FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.product_look OWNER TO paydock_owner;

CREATE TABLE pipedrive.quote_draft (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    deal_id bigint NOT NULL,
    state text DEFAULT 'requested'::text NOT NULL,
    quote_id uuid,
    drafter text,
    reason text,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    trigger_id uuid,
    person_id bigint,
    organization_id bigint,
    again_at timestamp with time zone,
    CONSTRAINT quote_draft_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'waiting'::text, 'held'::text, 'ready'::text, 'failed'::text])))
);

ALTER TABLE ONLY pipedrive.quote_draft FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.quote_draft OWNER TO paydock_owner;

CREATE TABLE pipedrive.quote_trigger (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    pipeline_id bigint NOT NULL,
    is_on boolean DEFAULT true NOT NULL,
    language text,
    validity_days integer DEFAULT 30 NOT NULL,
    instructions text DEFAULT ''::text NOT NULL,
    unmet_needs text DEFAULT 'line'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT quote_trigger_instructions_check CHECK ((length(instructions) <= 2000)),
    CONSTRAINT quote_trigger_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text, 'de'::text]))),
    CONSTRAINT quote_trigger_unmet_needs_check CHECK ((unmet_needs = ANY (ARRAY['line'::text, 'remark'::text]))),
    CONSTRAINT quote_trigger_validity_days_check CHECK (((validity_days >= 1) AND (validity_days <= 365)))
);

ALTER TABLE ONLY pipedrive.quote_trigger FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.quote_trigger OWNER TO paydock_owner;

CREATE TABLE pipedrive.record_snapshot (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    record_id bigint NOT NULL,
    name text NOT NULL,
    organization_record_id bigint,
    emails text[] DEFAULT '{}'::text[] NOT NULL,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    street text,
    postal_code text,
    city text,
    country text,
    taken_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT record_snapshot_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text])))
);

ALTER TABLE ONLY pipedrive.record_snapshot FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.record_snapshot OWNER TO paydock_owner;

CREATE TABLE pipedrive.remote_key (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    rule text NOT NULL,
    key text NOT NULL,
    record_id bigint NOT NULL,
    noticed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT remote_key_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text]))),
    CONSTRAINT remote_key_rule_check CHECK ((rule = ANY (ARRAY['number'::text, 'email'::text, 'code'::text, 'name'::text])))
);

ALTER TABLE ONLY pipedrive.remote_key FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.remote_key OWNER TO paydock_owner;

CREATE TABLE pipedrive.settings (
    company_id uuid NOT NULL,
    organization_direction text NOT NULL,
    person_direction text NOT NULL,
    product_direction text NOT NULL,
    forwarded_events text[] NOT NULL,
    swept_through timestamp with time zone,
    organization_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    person_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    product_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    vat_field text,
    kvk_field text,
    organization_language_field text,
    person_language_field text,
    mapping_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reserve_percent integer DEFAULT 30 NOT NULL,
    CONSTRAINT settings_kvk_field_check CHECK ((kvk_field <> ''::text)),
    CONSTRAINT settings_organization_direction_check CHECK ((organization_direction = ANY (ARRAY['pull'::text, 'push'::text, 'both'::text, 'only_new'::text]))),
    CONSTRAINT settings_organization_language_field_check CHECK ((organization_language_field <> ''::text)),
    CONSTRAINT settings_person_direction_check CHECK ((person_direction = ANY (ARRAY['pull'::text, 'push'::text, 'both'::text, 'only_new'::text]))),
    CONSTRAINT settings_person_language_field_check CHECK ((person_language_field <> ''::text)),
    CONSTRAINT settings_product_direction_check CHECK ((product_direction = ANY (ARRAY['pull'::text, 'push'::text, 'both'::text, 'only_new'::text]))),
    CONSTRAINT settings_reserve_percent_check CHECK (((reserve_percent >= 0) AND (reserve_percent <= 90))),
    CONSTRAINT settings_vat_field_check CHECK ((vat_field <> ''::text))
);

ALTER TABLE ONLY pipedrive.settings FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.settings OWNER TO paydock_owner;

CREATE TABLE pipedrive.stage (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    pipeline_id bigint NOT NULL,
    pipeline_name text NOT NULL,
    pipeline_position integer NOT NULL,
    name text NOT NULL,
    "position" integer NOT NULL,
    is_deleted boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY pipedrive.stage FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.stage OWNER TO paydock_owner;

CREATE TABLE pipedrive.staged_key (
    company_id uuid NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL,
    rule text NOT NULL,
    key text NOT NULL,
    record_id bigint NOT NULL
);

ALTER TABLE pipedrive.staged_key OWNER TO paydock_owner;

CREATE TABLE pipedrive.staged_record (
    "position" bigint NOT NULL,
    company_id uuid NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL,
    record_id bigint NOT NULL,
    name text NOT NULL,
    organization_record_id bigint,
    emails text[] DEFAULT '{}'::text[] NOT NULL,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    street text,
    postal_code text,
    city text,
    country text,
    code text,
    description text,
    unit text,
    tax_basis_points integer DEFAULT 0 NOT NULL,
    currencies text[] DEFAULT '{}'::text[] NOT NULL,
    prices bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_deleted boolean DEFAULT false NOT NULL,
    remote_values text[] DEFAULT '{}'::text[] NOT NULL,
    vat_number text,
    kvk_number text,
    language text,
    added_at timestamp with time zone,
    changed_at timestamp with time zone,
    read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE pipedrive.staged_record OWNER TO paydock_owner;

ALTER TABLE pipedrive.staged_record ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pipedrive.staged_record_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pipedrive.sync_change (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    run_id uuid,
    kind text NOT NULL,
    record_id bigint,
    local_id uuid,
    action text NOT NULL,
    name text NOT NULL,
    changes text[] DEFAULT '{}'::text[] NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT sync_change_action_check CHECK ((action = ANY (ARRAY['created'::text, 'linked'::text, 'updated'::text, 'created_there'::text, 'updated_there'::text, 'skipped'::text, 'attention'::text, 'refused'::text, 'gone'::text, 'merged'::text, 'postponed'::text]))),
    CONSTRAINT sync_change_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.sync_change FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_change OWNER TO paydock_owner;

ALTER TABLE pipedrive.sync_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pipedrive.sync_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pipedrive.sync_plan (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL,
    record_id bigint,
    local_id uuid,
    action text NOT NULL,
    name text NOT NULL,
    changes text[] NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    is_settled boolean DEFAULT false NOT NULL,
    CONSTRAINT sync_plan_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.sync_plan FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_plan OWNER TO paydock_owner;

ALTER TABLE pipedrive.sync_plan ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pipedrive.sync_plan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pipedrive.sync_run (
    company_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    started_by text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    checkpoint_kind text,
    checkpoint_cursor text,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    token_cost integer DEFAULT 0 NOT NULL,
    outcome text,
    mode text DEFAULT 'full'::text NOT NULL,
    phase text DEFAULT 'read'::text NOT NULL,
    restart_count integer DEFAULT 0 NOT NULL,
    expected_count integer DEFAULT 0 NOT NULL,
    done_count integer DEFAULT 0 NOT NULL,
    plan_id uuid,
    spared_looks integer DEFAULT 0 NOT NULL,
    CONSTRAINT sync_run_check CHECK (((state = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT sync_run_checkpoint_kind_check CHECK ((checkpoint_kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text]))),
    CONSTRAINT sync_run_mode_check CHECK ((mode = ANY (ARRAY['full'::text, 'preview'::text]))),
    CONSTRAINT sync_run_phase_check CHECK ((phase = ANY (ARRAY['read'::text, 'read_variations'::text, 'decide'::text, 'plan'::text, 'write'::text, 'create'::text, 'done'::text]))),
    CONSTRAINT sync_run_started_by_check CHECK ((started_by = ANY (ARRAY['schedule'::text, 'manual'::text, 'retry'::text]))),
    CONSTRAINT sync_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY pipedrive.sync_run FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_run OWNER TO paydock_owner;

COMMENT ON COLUMN pipedrive.sync_run.spared_looks IS 'Of a preview: products asked for their variations that the run which applies it does not ask again.';

CREATE TABLE pipedrive.sync_state (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    first_applied_at timestamp with time zone,
    organization_listed_at timestamp with time zone,
    person_listed_at timestamp with time zone,
    product_listed_at timestamp with time zone
);

ALTER TABLE ONLY pipedrive.sync_state FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_state OWNER TO paydock_owner;

CREATE TABLE pipedrive.sync_task (
    company_id uuid NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL,
    local_id uuid NOT NULL,
    record_id bigint,
    CONSTRAINT sync_task_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.sync_task FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_task OWNER TO paydock_owner;

CREATE TABLE pipedrive.touched_record (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    kind text NOT NULL,
    record_id bigint NOT NULL,
    occurred_at timestamp with time zone,
    touched_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    taken_until timestamp with time zone,
    CONSTRAINT touched_record_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text, 'product'::text])))
);

ALTER TABLE ONLY pipedrive.touched_record FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.touched_record OWNER TO paydock_owner;

CREATE TABLE pipedrive.trigger_stage (
    company_id uuid NOT NULL,
    stage_id bigint NOT NULL,
    trigger_id uuid NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.trigger_stage FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.trigger_stage OWNER TO paydock_owner;

CREATE TABLE pipedrive.user_grant (
    company_id uuid NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    user_id bigint NOT NULL,
    user_name text NOT NULL,
    is_admin boolean NOT NULL,
    state text NOT NULL,
    granted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT user_grant_state_check CHECK ((state = ANY (ARRAY['live'::text, 'dead'::text, 'ended'::text])))
);

ALTER TABLE ONLY pipedrive.user_grant FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.user_grant OWNER TO paydock_owner;

CREATE TABLE pipedrive.webhook_endpoint (
    company_id uuid NOT NULL,
    path text NOT NULL,
    basic_hash bytea NOT NULL,
    is_live boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY pipedrive.webhook_endpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_endpoint OWNER TO paydock_owner;

CREATE TABLE pipedrive.webhook_failure (
    company_id uuid NOT NULL,
    failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.webhook_failure FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_failure OWNER TO paydock_owner;

CREATE TABLE pipedrive.webhook_health (
    company_id uuid NOT NULL,
    checked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expected_count integer NOT NULL,
    active_count integer NOT NULL,
    trouble text,
    troubled_at timestamp with time zone,
    CONSTRAINT webhook_health_check CHECK (((trouble IS NULL) = (troubled_at IS NULL)))
);

ALTER TABLE ONLY pipedrive.webhook_health FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_health OWNER TO paydock_owner;

CREATE TABLE pipedrive.webhook_inbox (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    body bytea NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.webhook_inbox FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_inbox OWNER TO paydock_owner;

ALTER TABLE pipedrive.webhook_inbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pipedrive.webhook_inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pipedrive.webhook_seen (
    company_id uuid NOT NULL,
    event_id text NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY pipedrive.webhook_seen FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_seen OWNER TO paydock_owner;

CREATE TABLE pipedrive.webhook_subscription (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    object text NOT NULL,
    url text NOT NULL
);

ALTER TABLE ONLY pipedrive.webhook_subscription FORCE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_subscription OWNER TO paydock_owner;

CREATE TABLE queue.attempt (
    company_id uuid NOT NULL,
    message_id bigint NOT NULL,
    number integer NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    outcome text,
    detail text,
    http_status integer,
    excerpt text,
    CONSTRAINT attempt_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'again'::text, 'snoozed'::text, 'failed'::text, 'discarded'::text, 'cancelled'::text, 'rescued'::text])))
);

ALTER TABLE ONLY queue.attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE queue.attempt OWNER TO paydock_owner;

CREATE SEQUENCE queue.bucket_passed
    AS integer
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

ALTER TABLE queue.bucket_passed OWNER TO paydock_owner;

COMMENT ON SEQUENCE queue.bucket_passed IS 'Where claims begin to look: before this bucket nothing was available.';

CREATE TABLE queue.chore (
    name text NOT NULL,
    due_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
);

ALTER TABLE queue.chore OWNER TO paydock_owner;

CREATE TABLE queue.drainer (
    worker text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    idle_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    hears boolean DEFAULT false NOT NULL,
    held_count integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

ALTER TABLE queue.drainer OWNER TO paydock_owner;

COMMENT ON COLUMN queue.drainer.hears IS 'Whether its listening session is open: it notices notifications, and holds the lock (20529, hashtext(worker)).';

CREATE TABLE queue.finished (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    idempotency_key text,
    state text NOT NULL,
    attempt_count integer NOT NULL,
    reason text,
    caused_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT finished_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY queue.finished FORCE ROW LEVEL SECURITY;

ALTER TABLE queue.finished OWNER TO paydock_owner;

CREATE TABLE queue.gate (
    company_id uuid NOT NULL,
    failure_count integer DEFAULT 0 NOT NULL,
    reason text NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    told_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    failing_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    probing_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    closed_until timestamp with time zone GENERATED ALWAYS AS (GREATEST(told_until, failing_until, probing_until)) STORED NOT NULL
);

ALTER TABLE ONLY queue.gate FORCE ROW LEVEL SECURITY;

ALTER TABLE queue.gate OWNER TO paydock_owner;

COMMENT ON COLUMN queue.gate.told_until IS 'As long as Pipedrive said, or as its answer means. Only ever grows.';

COMMENT ON COLUMN queue.gate.failing_until IS 'After failures in a row. Ends with the next success.';

COMMENT ON COLUMN queue.gate.probing_until IS 'A message went ahead: until its lease is over, or its result is there.';

CREATE TABLE queue.level (
    priority smallint NOT NULL,
    is_gated boolean NOT NULL,
    floor integer DEFAULT 0 NOT NULL
);

ALTER TABLE queue.level OWNER TO paydock_owner;

CREATE TABLE queue.message (
    company_id uuid NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    idempotency_key text,
    lane text,
    priority smallint DEFAULT 1 NOT NULL,
    state text DEFAULT 'available'::text NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempt_count integer DEFAULT 0 NOT NULL,
    has_unclear_attempt boolean DEFAULT false NOT NULL,
    worker text,
    lease_until timestamp with time zone,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    claim_count integer DEFAULT 0 NOT NULL,
    claimed_at timestamp with time zone,
    is_blocked boolean DEFAULT false NOT NULL,
    is_gated boolean GENERATED ALWAYS AS ((kind <> ALL (ARRAY['event'::text, 'webhook'::text, 'mail'::text, 'revoke'::text, 'refresh'::text]))) STORED NOT NULL,
    bucket integer DEFAULT queue.bucket() NOT NULL,
    repeat_after timestamp with time zone,
    caused_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    is_held boolean DEFAULT false NOT NULL,
    CONSTRAINT message_check CHECK (((state = 'running'::text) = (lease_until IS NOT NULL))),
    CONSTRAINT message_kind_check CHECK ((kind = ANY (ARRAY['draft'::text, 'event'::text, 'mail'::text, 'note'::text, 'push'::text, 'record'::text, 'refresh'::text, 'revoke'::text, 'subscribe'::text, 'sweep'::text, 'sync'::text, 'webhook'::text]))),
    CONSTRAINT message_priority_check CHECK ((((priority >= 0) AND (priority <= 9)) AND ((priority > 0) OR (kind = 'event'::text)))),
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['available'::text, 'scheduled'::text, 'running'::text, 'retryable'::text, 'completed'::text, 'discarded'::text, 'cancelled'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='5000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE ONLY queue.message FORCE ROW LEVEL SECURITY;

ALTER TABLE queue.message OWNER TO paydock_owner;

ALTER TABLE queue.message ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME queue.message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE vault.sealing_key (
    id text NOT NULL,
    first_used_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE vault.sealing_key OWNER TO paydock_owner;

CREATE TABLE web.account_link (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose text NOT NULL,
    email text NOT NULL,
    role text,
    state text NOT NULL,
    reason text,
    token_hash bytea,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT account_link_check CHECK (((purpose = 'invitation'::text) = (role IS NOT NULL))),
    CONSTRAINT account_link_email_check CHECK (((email = lower(btrim(email))) AND (email ~~ '%@%'::text))),
    CONSTRAINT account_link_purpose_check CHECK ((purpose = ANY (ARRAY['reset'::text, 'invitation'::text]))),
    CONSTRAINT account_link_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text]))),
    CONSTRAINT account_link_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'unclear'::text, 'failed'::text, 'shown'::text])))
);

ALTER TABLE ONLY web.account_link FORCE ROW LEVEL SECURITY;

ALTER TABLE web.account_link OWNER TO paydock_owner;

CREATE TABLE web.account_link_directory (
    token_hash bytea NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.account_link_directory OWNER TO paydock_owner;

CREATE TABLE web.api_key_directory (
    hash bytea NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.api_key_directory OWNER TO paydock_owner;

CREATE UNLOGGED TABLE web.api_key_minute (
    hash bytea NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    request_count integer NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE web.api_key_minute OWNER TO paydock_owner;

CREATE TABLE web.login_directory (
    email text NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.login_directory OWNER TO paydock_owner;

CREATE TABLE web.login_failure (
    key_hash bytea NOT NULL,
    failed_at timestamp with time zone NOT NULL
);

ALTER TABLE web.login_failure OWNER TO paydock_owner;

CREATE TABLE web.oauth_state (
    state_hash bytea NOT NULL,
    session_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE web.oauth_state OWNER TO paydock_owner;

CREATE TABLE web.pending_install (
    ticket_hash bytea NOT NULL,
    pipedrive_company_id bigint NOT NULL,
    pipedrive_company_name text NOT NULL,
    user_id bigint NOT NULL,
    user_name text NOT NULL,
    is_admin boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE web.pending_install OWNER TO paydock_owner;

CREATE TABLE web.pipedrive_company_directory (
    pipedrive_company_id bigint NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.pipedrive_company_directory OWNER TO paydock_owner;

CREATE TABLE web.public_token_directory (
    token_hash bytea NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.public_token_directory OWNER TO paydock_owner;

CREATE TABLE web.session (
    company_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    member_id uuid NOT NULL,
    csrf_token text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY web.session FORCE ROW LEVEL SECURITY;

ALTER TABLE web.session OWNER TO paydock_owner;

CREATE TABLE web.session_directory (
    token_hash bytea NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.session_directory OWNER TO paydock_owner;

CREATE TABLE web.webhook_directory (
    path text NOT NULL,
    company_id uuid NOT NULL
);

ALTER TABLE web.webhook_directory OWNER TO paydock_owner;

ALTER TABLE ONLY books.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (company_id, hash);

ALTER TABLE ONLY books.company
    ADD CONSTRAINT company_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY books.contact_email
    ADD CONSTRAINT contact_email_pkey PRIMARY KEY (company_id, normalized, contact_id);

ALTER TABLE ONLY books.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.document_number
    ADD CONSTRAINT document_number_pkey PRIMARY KEY (company_id, kind, year);

ALTER TABLE ONLY books.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.figure
    ADD CONSTRAINT figure_pkey PRIMARY KEY (company_id, contact_id, scope, currency, due_on, id);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_company_id_number_key UNIQUE (company_id, number);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_company_id_public_token_key UNIQUE (company_id, public_token);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.kept_answer
    ADD CONSTRAINT kept_answer_pkey PRIMARY KEY (company_id, key_hash);

ALTER TABLE ONLY books.list_anchor
    ADD CONSTRAINT list_anchor_pkey PRIMARY KEY (company_id, list, state, id);

ALTER TABLE ONLY books.list_change
    ADD CONSTRAINT list_change_pkey PRIMARY KEY (company_id, list, state, id);

ALTER TABLE ONLY books.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.member
    ADD CONSTRAINT member_company_id_email_key UNIQUE (company_id, email);

ALTER TABLE ONLY books.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.newest_invoice
    ADD CONSTRAINT newest_invoice_pkey PRIMARY KEY (company_id, contact_id, scope, currency, issued_at, invoice_id);

ALTER TABLE ONLY books.payment
    ADD CONSTRAINT payment_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.product
    ADD CONSTRAINT product_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.product_price
    ADD CONSTRAINT product_price_pkey PRIMARY KEY (company_id, product_id, currency);

ALTER TABLE ONLY books.quote
    ADD CONSTRAINT quote_company_id_number_key UNIQUE (company_id, number);

ALTER TABLE ONLY books.quote
    ADD CONSTRAINT quote_company_id_public_token_key UNIQUE (company_id, public_token);

ALTER TABLE ONLY books.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY books.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY migration.applied
    ADD CONSTRAINT applied_pkey PRIMARY KEY (number);

ALTER TABLE ONLY migration.message_kind
    ADD CONSTRAINT message_kind_pkey PRIMARY KEY (name);

ALTER TABLE ONLY pipedrive.attention
    ADD CONSTRAINT attention_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, record_id);

ALTER TABLE ONLY pipedrive.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.call_budget
    ADD CONSTRAINT call_budget_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.conflict
    ADD CONSTRAINT conflict_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, local_id, field);

ALTER TABLE ONLY pipedrive.connection
    ADD CONSTRAINT connection_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.custom_field
    ADD CONSTRAINT custom_field_pkey PRIMARY KEY (company_id, kind, code);

ALTER TABLE ONLY pipedrive.deal_snapshot
    ADD CONSTRAINT deal_snapshot_pkey PRIMARY KEY (company_id, pipedrive_company_id, deal_id);

ALTER TABLE ONLY pipedrive.draft_record
    ADD CONSTRAINT draft_record_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.draft_spend
    ADD CONSTRAINT draft_spend_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, record_id);

ALTER TABLE ONLY pipedrive.local_attention
    ADD CONSTRAINT local_attention_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, local_id);

ALTER TABLE ONLY pipedrive.local_edit
    ADD CONSTRAINT local_edit_pkey PRIMARY KEY (company_id, local_id, field);

ALTER TABLE ONLY pipedrive.product_look
    ADD CONSTRAINT product_look_pkey PRIMARY KEY (company_id, pipedrive_company_id, record_id);

ALTER TABLE ONLY pipedrive.quote_draft
    ADD CONSTRAINT quote_draft_pkey PRIMARY KEY (company_id, pipedrive_company_id, deal_id);

ALTER TABLE ONLY pipedrive.quote_trigger
    ADD CONSTRAINT quote_trigger_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.record_snapshot
    ADD CONSTRAINT record_snapshot_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, record_id);

ALTER TABLE ONLY pipedrive.remote_key
    ADD CONSTRAINT remote_key_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, rule, key, record_id);

ALTER TABLE ONLY pipedrive.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.stage
    ADD CONSTRAINT stage_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.sync_change
    ADD CONSTRAINT sync_change_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.sync_plan
    ADD CONSTRAINT sync_plan_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.sync_run
    ADD CONSTRAINT sync_run_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.sync_state
    ADD CONSTRAINT sync_state_pkey PRIMARY KEY (company_id, pipedrive_company_id);

ALTER TABLE ONLY pipedrive.sync_task
    ADD CONSTRAINT sync_task_pkey PRIMARY KEY (company_id, run_id, kind, local_id);

ALTER TABLE ONLY pipedrive.touched_record
    ADD CONSTRAINT touched_record_pkey PRIMARY KEY (company_id, pipedrive_company_id, kind, record_id);

ALTER TABLE ONLY pipedrive.trigger_stage
    ADD CONSTRAINT trigger_stage_pkey PRIMARY KEY (company_id, stage_id);

ALTER TABLE ONLY pipedrive.user_grant
    ADD CONSTRAINT user_grant_pkey PRIMARY KEY (company_id, pipedrive_company_id, user_id);

ALTER TABLE ONLY pipedrive.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (company_id, path);

ALTER TABLE ONLY pipedrive.webhook_failure
    ADD CONSTRAINT webhook_failure_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.webhook_health
    ADD CONSTRAINT webhook_health_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY pipedrive.webhook_inbox
    ADD CONSTRAINT webhook_inbox_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY pipedrive.webhook_seen
    ADD CONSTRAINT webhook_seen_pkey PRIMARY KEY (company_id, event_id);

ALTER TABLE ONLY pipedrive.webhook_subscription
    ADD CONSTRAINT webhook_subscription_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY queue.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (company_id, message_id, started_at, number);

ALTER TABLE ONLY queue.chore
    ADD CONSTRAINT chore_pkey PRIMARY KEY (name);

ALTER TABLE ONLY queue.drainer
    ADD CONSTRAINT drainer_pkey PRIMARY KEY (worker);

ALTER TABLE ONLY queue.finished
    ADD CONSTRAINT finished_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY queue.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY queue.level
    ADD CONSTRAINT level_pkey PRIMARY KEY (priority, is_gated);

ALTER TABLE ONLY queue.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY vault.credentials
    ADD CONSTRAINT credentials_pkey PRIMARY KEY (company_id, user_id);

ALTER TABLE ONLY vault.pending_install
    ADD CONSTRAINT pending_install_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE ONLY vault.revocation
    ADD CONSTRAINT revocation_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY vault.sealing_key
    ADD CONSTRAINT sealing_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY vault.webhook_secret
    ADD CONSTRAINT webhook_secret_pkey PRIMARY KEY (company_id);

ALTER TABLE ONLY web.account_link_directory
    ADD CONSTRAINT account_link_directory_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY web.account_link
    ADD CONSTRAINT account_link_pkey PRIMARY KEY (company_id, id);

ALTER TABLE ONLY web.api_key_directory
    ADD CONSTRAINT api_key_directory_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY web.api_key_minute
    ADD CONSTRAINT api_key_minute_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY web.login_directory
    ADD CONSTRAINT login_directory_pkey PRIMARY KEY (email);

ALTER TABLE ONLY web.oauth_state
    ADD CONSTRAINT oauth_state_pkey PRIMARY KEY (state_hash);

ALTER TABLE ONLY web.pending_install
    ADD CONSTRAINT pending_install_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE ONLY web.pipedrive_company_directory
    ADD CONSTRAINT pipedrive_company_directory_pkey PRIMARY KEY (pipedrive_company_id);

ALTER TABLE ONLY web.public_token_directory
    ADD CONSTRAINT public_token_directory_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY web.session_directory
    ADD CONSTRAINT session_directory_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY web.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (company_id, token_hash);

ALTER TABLE ONLY web.webhook_directory
    ADD CONSTRAINT webhook_directory_pkey PRIMARY KEY (path);

CREATE UNIQUE INDEX api_key_id ON books.api_key USING btree (company_id, id);

COMMENT ON INDEX books.api_key_id IS 'Revoking one key from the settings page.';

CREATE INDEX contact_email_contact ON books.contact_email USING btree (company_id, contact_id);

COMMENT ON INDEX books.contact_email_contact IS 'Addresses of a contact, when it changes or is deleted.';

CREATE INDEX contact_kvk ON books.contact USING btree (company_id, kvk_key) WHERE (kvk_key IS NOT NULL);

COMMENT ON INDEX books.contact_kvk IS 'Matching an organization of Pipedrive by its KvK number; organizations that share one.';

CREATE INDEX contact_name ON books.contact USING btree (company_id, name_key, id) WHERE (archived_at IS NULL);

COMMENT ON INDEX books.contact_name IS 'Lists of contacts by name; matching organizations by exact name.';

CREATE INDEX contact_name_prefix ON books.contact USING btree (company_id, name_key text_pattern_ops) WHERE (archived_at IS NULL);

COMMENT ON INDEX books.contact_name_prefix IS 'Searching contacts by the beginning of the name.';

CREATE INDEX contact_organization ON books.contact USING btree (company_id, organization_id) WHERE (organization_id IS NOT NULL);

COMMENT ON INDEX books.contact_organization IS 'Persons of an organization, for the panel; the foreign key on delete.';

CREATE INDEX contact_vat ON books.contact USING btree (company_id, vat_key) WHERE (vat_key IS NOT NULL);

COMMENT ON INDEX books.contact_vat IS 'Matching an organization of Pipedrive by its VAT number; organizations that share one.';

CREATE INDEX figure_past ON books.figure USING btree (due_on) WHERE ((due_on > '-infinity'::date) AND (due_on < 'infinity'::date));

COMMENT ON INDEX books.figure_past IS 'Lines whose due date is long past, for housekeeping.';

CREATE INDEX invoice_contact ON books.invoice USING btree (company_id, contact_id, created_at DESC, id);

COMMENT ON INDEX books.invoice_contact IS 'Invoices of a contact: lists, the panel, whether a contact has documents.';

CREATE INDEX invoice_deal ON books.invoice USING btree (company_id, deal_id, created_at DESC) WHERE (deal_id IS NOT NULL);

COMMENT ON INDEX books.invoice_deal IS 'The invoice of a deal, for the panel.';

CREATE INDEX invoice_due ON books.invoice USING btree (due_on) WHERE ((state = ANY (ARRAY['sent'::text, 'partially_paid'::text])) AND (overdue_at IS NULL));

COMMENT ON INDEX books.invoice_due IS 'Invoices past due that are not marked yet, for housekeeping.';

CREATE INDEX invoice_newest ON books.invoice USING btree (company_id, created_at DESC, id);

COMMENT ON INDEX books.invoice_newest IS 'Lists of invoices, newest first.';

CREATE INDEX invoice_quote ON books.invoice USING btree (company_id, quote_id) WHERE (quote_id IS NOT NULL);

COMMENT ON INDEX books.invoice_quote IS 'The invoice made from a deal''s quote, for the panel.';

CREATE INDEX invoice_status_newest ON books.invoice USING btree (company_id, status, created_at DESC, id);

COMMENT ON INDEX books.invoice_status_newest IS 'Lists of invoices with one status, newest first.';

CREATE INDEX kept_answer_age ON books.kept_answer USING btree (created_at);

COMMENT ON INDEX books.kept_answer_age IS 'Forgetting answers after a day, for housekeeping.';

CREATE INDEX list_anchor_rank ON books.list_anchor USING btree (company_id, list, state, rank);

COMMENT ON INDEX books.list_anchor_rank IS 'The last anchor before an offset.';

CREATE UNIQUE INDEX mail_invoice ON books.mail USING btree (company_id, invoice_id) WHERE (invoice_id IS NOT NULL);

COMMENT ON INDEX books.mail_invoice IS 'The mail of an invoice, for its page and the API.';

CREATE UNIQUE INDEX mail_quote ON books.mail USING btree (company_id, quote_id) WHERE (quote_id IS NOT NULL);

COMMENT ON INDEX books.mail_quote IS 'The mail of a quote, for its page and the API.';

CREATE INDEX newest_invoice_customer ON books.newest_invoice USING btree (company_id, customer_id, scope);

COMMENT ON INDEX books.newest_invoice_customer IS 'Lines of one customer: older ones to be taken away, and moves.';

CREATE INDEX payment_invoice ON books.payment USING btree (company_id, invoice_id);

COMMENT ON INDEX books.payment_invoice IS 'Payments of an invoice.';

CREATE UNIQUE INDEX product_code ON books.product USING btree (company_id, code) WHERE (code IS NOT NULL);

COMMENT ON INDEX books.product_code IS 'Matching products by code; a code names one product.';

CREATE INDEX product_likeness ON books.product USING gin (company_id, name_key books.gin_trgm_ops);

COMMENT ON INDEX books.product_likeness IS 'Products whose name is like a word of a deal.';

CREATE INDEX product_name ON books.product USING btree (company_id, name_key, id);

COMMENT ON INDEX books.product_name IS 'Lists of products by name; matching by exact name.';

CREATE INDEX product_words ON books.product USING gin (company_id, words);

COMMENT ON INDEX books.product_words IS 'Products that the words of a deal speak of.';

CREATE INDEX quote_contact ON books.quote USING btree (company_id, contact_id, created_at DESC, id);

COMMENT ON INDEX books.quote_contact IS 'Quotes of a contact; whether a contact has documents.';

CREATE INDEX quote_deal ON books.quote USING btree (company_id, deal_id) WHERE (deal_id IS NOT NULL);

COMMENT ON INDEX books.quote_deal IS 'The customer of a deal, for the panel.';

CREATE UNIQUE INDEX quote_external_id ON books.quote USING btree (company_id, external_id, pipedrive_company_id) WHERE (external_id IS NOT NULL);

COMMENT ON INDEX books.quote_external_id IS 'One quote per deal, for ever; lookup by external id.';

CREATE INDEX quote_newest ON books.quote USING btree (company_id, created_at DESC, id);

COMMENT ON INDEX books.quote_newest IS 'Lists of quotes, newest first.';

CREATE INDEX quote_state_newest ON books.quote USING btree (company_id, state, created_at DESC, id);

COMMENT ON INDEX books.quote_state_newest IS 'Lists of quotes in one state, newest first.';

CREATE INDEX quote_validity ON books.quote USING btree (valid_until) WHERE (state = ANY (ARRAY['sent'::text, 'viewed'::text]));

COMMENT ON INDEX books.quote_validity IS 'Quotes past their validity, for housekeeping.';

CREATE INDEX subscription_contact ON books.subscription USING btree (company_id, contact_id);

COMMENT ON INDEX books.subscription_contact IS 'ARR of a contact, for the panel; whether a contact has documents.';

CREATE INDEX subscription_newest ON books.subscription USING btree (company_id, created_at DESC, id);

COMMENT ON INDEX books.subscription_newest IS 'Lists of subscriptions, newest first.';

CREATE INDEX subscription_state_newest ON books.subscription USING btree (company_id, state, created_at DESC, id);

COMMENT ON INDEX books.subscription_state_newest IS 'Lists of subscriptions in one state, newest first.';

CREATE INDEX attention_place ON pipedrive.attention USING btree (company_id, pipedrive_company_id, ((choice IS NOT NULL)), kind, record_id) INCLUDE (choice);

COMMENT ON INDEX pipedrive.attention_place IS 'A page of Needs attention: records of Pipedrive.';

CREATE INDEX conflict_place ON pipedrive.conflict USING btree (company_id, pipedrive_company_id, noticed_at DESC, local_id, field) INCLUDE (kind);

COMMENT ON INDEX pipedrive.conflict_place IS 'A page of Needs attention: fields that both sides changed.';

CREATE INDEX draft_record_old ON pipedrive.draft_record USING btree (requested_at);

COMMENT ON INDEX pipedrive.draft_record_old IS 'Retention: records of more than 90 days ago.';

CREATE INDEX draft_record_quote ON pipedrive.draft_record USING btree (company_id, quote_id, requested_at DESC) WHERE (quote_id IS NOT NULL);

COMMENT ON INDEX pipedrive.draft_record_quote IS 'A quote''s page: how it came about, and the newest comparison.';

CREATE INDEX draft_record_trial ON pipedrive.draft_record USING btree (company_id, requested_at DESC) WHERE (purpose = 'trial'::text);

COMMENT ON INDEX pipedrive.draft_record_trial IS 'The Triggers tab: the newest trials.';

CREATE INDEX link_creating ON pipedrive.link USING btree (company_id, pipedrive_company_id, kind) WHERE (record_id < 0);

COMMENT ON INDEX pipedrive.link_creating IS 'Records that are being created in Pipedrive.';

CREATE UNIQUE INDEX link_local ON pipedrive.link USING btree (company_id, local_id, pipedrive_company_id, kind) WHERE (state = 'live'::text);

COMMENT ON INDEX pipedrive.link_local IS 'A record of ours is linked to one of Pipedrive; lookup from our side.';

CREATE INDEX link_rested ON pipedrive.link USING btree (company_id, local_id, pipedrive_company_id, kind) WHERE (state <> 'live'::text);

COMMENT ON INDEX pipedrive.link_rested IS 'Whether ours was linked before: it is not created there again by itself.';

CREATE INDEX local_attention_place ON pipedrive.local_attention USING btree (company_id, pipedrive_company_id, ((choice IS NOT NULL)), kind, local_id) INCLUDE (choice);

COMMENT ON INDEX pipedrive.local_attention_place IS 'A page of Needs attention: records of ours.';

CREATE INDEX quote_draft_newest ON pipedrive.quote_draft USING btree (company_id, requested_at DESC);

COMMENT ON INDEX pipedrive.quote_draft_newest IS 'The Triggers tab: the last 50 drafts.';

CREATE INDEX quote_draft_open ON pipedrive.quote_draft USING btree (company_id, state, requested_at) WHERE (state = ANY (ARRAY['waiting'::text, 'held'::text]));

COMMENT ON INDEX pipedrive.quote_draft_open IS 'What waits for a contact or for a person.';

CREATE INDEX record_snapshot_age ON pipedrive.record_snapshot USING btree (taken_at);

COMMENT ON INDEX pipedrive.record_snapshot_age IS 'Forgetting snapshots after a month, for housekeeping.';

CREATE INDEX remote_key_record ON pipedrive.remote_key USING btree (company_id, pipedrive_company_id, kind, record_id);

COMMENT ON INDEX pipedrive.remote_key_record IS 'Keys of a record, when it gets a link or goes.';

CREATE INDEX staged_key_key ON pipedrive.staged_key USING btree (company_id, run_id, kind, rule, key);

COMMENT ON INDEX pipedrive.staged_key_key IS 'Which records of a run share a key.';

CREATE INDEX staged_key_record ON pipedrive.staged_key USING btree (company_id, run_id, kind, record_id);

COMMENT ON INDEX pipedrive.staged_key_record IS 'Keys of the records that are decided about.';

CREATE INDEX staged_record_run ON pipedrive.staged_record USING btree (company_id, run_id, kind, record_id);

COMMENT ON INDEX pipedrive.staged_record_run IS 'Everything a run staged of a kind.';

CREATE INDEX sync_change_run ON pipedrive.sync_change USING btree (company_id, run_id, id);

COMMENT ON INDEX pipedrive.sync_change_run IS 'The records of a run, for its page and its CSV; live changes have no run.';

CREATE INDEX sync_plan_record ON pipedrive.sync_plan USING btree (company_id, run_id, kind, record_id);

COMMENT ON INDEX pipedrive.sync_plan_record IS 'What was planned for the records that are decided about.';

CREATE INDEX sync_run_newest ON pipedrive.sync_run USING btree (company_id, started_at DESC);

COMMENT ON INDEX pipedrive.sync_run_newest IS 'The Logs tab: the last 50 runs.';

CREATE UNIQUE INDEX sync_run_running ON pipedrive.sync_run USING btree (company_id) WHERE (state = 'running'::text);

COMMENT ON INDEX pipedrive.sync_run_running IS 'Never two runs of one connection.';

CREATE INDEX trigger_stage_trigger ON pipedrive.trigger_stage USING btree (company_id, trigger_id);

COMMENT ON INDEX pipedrive.trigger_stage_trigger IS 'The stages of a trigger.';

CREATE INDEX webhook_inbox_old ON pipedrive.webhook_inbox USING btree (received_at);

COMMENT ON INDEX pipedrive.webhook_inbox_old IS 'Retention: deliveries of more than 7 days ago.';

CREATE INDEX attempt_old ON queue.attempt USING btree (finished_at);

COMMENT ON INDEX queue.attempt_old IS 'Retention: attempts of more than 30 days ago.';

CREATE INDEX finished_key ON queue.finished USING btree (company_id, kind, idempotency_key) WHERE (idempotency_key IS NOT NULL);

COMMENT ON INDEX queue.finished_key IS 'A repeated cause adds no second message, also after the first was finished.';

CREATE INDEX finished_old ON queue.finished USING btree (finished_at);

COMMENT ON INDEX queue.finished_old IS 'Rates over all companies; retention.';

CREATE INDEX finished_recent ON queue.finished USING btree (company_id, kind, finished_at);

COMMENT ON INDEX queue.finished_recent IS 'The pages: what was delivered in the last day, and how fast.';

CREATE INDEX message_held ON queue.message USING btree (company_id, priority, id) WHERE is_held;

COMMENT ON INDEX queue.message_held IS 'What tries a connection that was held back, and what goes on when it serves again.';

CREATE UNIQUE INDEX message_idempotency ON queue.message USING btree (company_id, kind, idempotency_key) WHERE (idempotency_key IS NOT NULL);

COMMENT ON INDEX queue.message_idempotency IS 'A repeated cause adds no second message.';

CREATE INDEX message_lane ON queue.message USING btree (company_id, lane, id) WHERE ((lane IS NOT NULL) AND (state = ANY (ARRAY['available'::text, 'scheduled'::text, 'running'::text, 'retryable'::text])));

COMMENT ON INDEX queue.message_lane IS 'The earliest unfinished message of a lane.';

CREATE INDEX message_later ON queue.message USING btree (due_at) WHERE (state = ANY (ARRAY['scheduled'::text, 'retryable'::text]));

COMMENT ON INDEX queue.message_later IS 'What becomes available next, and when.';

CREATE INDEX message_lease ON queue.message USING btree (lease_until) WHERE (state = 'running'::text);

COMMENT ON INDEX queue.message_lease IS 'Rescue: leases that ran out.';

CREATE INDEX message_ready ON queue.message USING btree (priority, is_gated, bucket, company_id, id) WHERE ((state = 'available'::text) AND (NOT is_blocked) AND (NOT is_held));

COMMENT ON INDEX queue.message_ready IS 'Claims: by priority, then age in buckets, then company by company.';

CREATE INDEX message_trouble ON queue.message USING btree (company_id, id) WHERE (state = ANY (ARRAY['retryable'::text, 'discarded'::text]));

COMMENT ON INDEX queue.message_trouble IS 'The pages: what waits for another attempt, and what was given up.';

CREATE UNIQUE INDEX account_link_address ON web.account_link USING btree (company_id, purpose, email);

COMMENT ON INDEX web.account_link_address IS 'A newer link of an address replaces the earlier one.';

CREATE INDEX account_link_token ON web.account_link USING btree (company_id, token_hash) WHERE (token_hash IS NOT NULL);

COMMENT ON INDEX web.account_link_token IS 'Whoever opens a link brings its token.';

CREATE INDEX login_failure_key ON web.login_failure USING btree (key_hash, failed_at);

COMMENT ON INDEX web.login_failure_key IS 'Failed logins of an account or an address in the last minutes.';

CREATE TRIGGER contact_edited AFTER UPDATE ON books.contact REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.contact_edited();

CREATE TRIGGER contact_edits_forgotten AFTER DELETE ON books.contact REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.forget_edits();

CREATE TRIGGER contact_emails_inserted AFTER INSERT ON books.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.index_contact_emails();

CREATE TRIGGER contact_emails_updated AFTER UPDATE ON books.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.index_contact_emails();

CREATE TRIGGER contact_events_insert AFTER INSERT ON books.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.add_record_events();

CREATE TRIGGER contact_events_update AFTER UPDATE ON books.contact REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.add_record_events('updated_at');

CREATE TRIGGER contact_figures_deleted AFTER DELETE ON books.contact REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.drop_figures();

CREATE TRIGGER contact_figures_moved AFTER UPDATE ON books.contact REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.move_figures();

CREATE TRIGGER contact_links_ended AFTER DELETE ON books.contact REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.end_links();

CREATE TRIGGER contact_list_delete AFTER DELETE ON books.contact REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('case when archived_at is null then ''live'' else ''archived'' end', 'null::timestamptz, name_key, id');

CREATE TRIGGER contact_list_insert AFTER INSERT ON books.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('case when archived_at is null then ''live'' else ''archived'' end', 'null::timestamptz, name_key, id');

CREATE TRIGGER contact_list_update AFTER UPDATE ON books.contact REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('case when archived_at is null then ''live'' else ''archived'' end', 'null::timestamptz, name_key, id');

CREATE TRIGGER contact_pushed AFTER INSERT ON books.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.contact_added();

CREATE TRIGGER event_queued AFTER INSERT ON books.event FOR EACH ROW WHEN ((new.kind = ANY (ARRAY['quote.sent'::text, 'quote.viewed'::text, 'quote.accepted'::text, 'invoice.sent'::text, 'invoice.paid'::text, 'invoice.overdue'::text]))) EXECUTE FUNCTION queue.add_event_message();

CREATE TRIGGER figure_added AFTER INSERT ON books.figure REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION books.fold_figures();

CREATE TRIGGER invoice_deal_insert BEFORE INSERT ON books.invoice FOR EACH ROW WHEN (((new.deal_id IS NOT NULL) OR (new.lead_id IS NOT NULL))) EXECUTE FUNCTION books.note_deal_company();

CREATE TRIGGER invoice_deal_update BEFORE UPDATE OF deal_id, lead_id ON books.invoice FOR EACH ROW WHEN (((new.deal_id IS DISTINCT FROM old.deal_id) OR (new.lead_id IS DISTINCT FROM old.lead_id))) EXECUTE FUNCTION books.note_deal_company();

CREATE TRIGGER invoice_figures_delete AFTER DELETE ON books.invoice REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.invoice_figures(r.state, r.due_on, r.gross, r.paid)');

CREATE TRIGGER invoice_figures_insert AFTER INSERT ON books.invoice REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.invoice_figures(r.state, r.due_on, r.gross, r.paid)');

CREATE TRIGGER invoice_figures_update AFTER UPDATE ON books.invoice REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.invoice_figures(r.state, r.due_on, r.gross, r.paid)');

CREATE TRIGGER invoice_list_delete AFTER DELETE ON books.invoice REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('status', 'created_at, null::text, id');

CREATE TRIGGER invoice_list_insert AFTER INSERT ON books.invoice REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('status', 'created_at, null::text, id');

CREATE TRIGGER invoice_list_update AFTER UPDATE ON books.invoice REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('status', 'created_at, null::text, id');

CREATE TRIGGER invoice_moves BEFORE UPDATE OF state ON books.invoice FOR EACH ROW WHEN ((old.state <> new.state)) EXECUTE FUNCTION books.check_move('concept>sent', 'sent>partially_paid', 'sent>paid', 'sent>credited', 'partially_paid>paid', 'partially_paid>credited', 'paid>credited');

CREATE TRIGGER invoice_newest_delete AFTER DELETE ON books.invoice REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.keep_newest_invoice();

CREATE TRIGGER invoice_newest_insert AFTER INSERT ON books.invoice REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_newest_invoice();

CREATE TRIGGER invoice_newest_update AFTER UPDATE ON books.invoice REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_newest_invoice();

CREATE TRIGGER invoice_public_token AFTER INSERT ON books.invoice FOR EACH ROW EXECUTE FUNCTION web.list_public_token();

CREATE TRIGGER mail_queued AFTER INSERT ON books.mail FOR EACH ROW WHEN ((new.state = 'waiting'::text)) EXECUTE FUNCTION queue.add_mail_message();

CREATE TRIGGER mail_queued_again AFTER UPDATE ON books.mail FOR EACH ROW WHEN (((new.state = 'waiting'::text) AND (old.state = ANY (ARRAY['unclear'::text, 'failed'::text])))) EXECUTE FUNCTION queue.add_mail_message();

CREATE TRIGGER newest_invoice_added AFTER INSERT ON books.newest_invoice REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION books.drop_older_invoices();

CREATE TRIGGER prices_added AFTER INSERT ON books.product_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.prices_edited();

CREATE TRIGGER prices_edited AFTER UPDATE ON books.product_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.prices_edited();

CREATE TRIGGER prices_removed AFTER DELETE ON books.product_price REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.prices_edited();

CREATE TRIGGER product_edited AFTER UPDATE ON books.product REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.product_edited();

CREATE TRIGGER product_edits_forgotten AFTER DELETE ON books.product REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.forget_edits();

CREATE TRIGGER product_events_insert AFTER INSERT ON books.product REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.add_record_events();

CREATE TRIGGER product_events_update AFTER UPDATE ON books.product REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.add_record_events('');

CREATE TRIGGER product_links_ended AFTER DELETE ON books.product REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.end_links();

CREATE TRIGGER product_list_delete AFTER DELETE ON books.product REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('''live''', 'null::timestamptz, name_key, id');

CREATE TRIGGER product_list_insert AFTER INSERT ON books.product REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('''live''', 'null::timestamptz, name_key, id');

CREATE TRIGGER product_list_update AFTER UPDATE ON books.product REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('''live''', 'null::timestamptz, name_key, id');

CREATE TRIGGER product_pushed AFTER INSERT ON books.product REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pipedrive.contact_added();

CREATE TRIGGER quote_deal_insert BEFORE INSERT ON books.quote FOR EACH ROW WHEN (((new.deal_id IS NOT NULL) OR (new.lead_id IS NOT NULL))) EXECUTE FUNCTION books.note_deal_company();

CREATE TRIGGER quote_deal_update BEFORE UPDATE OF deal_id, lead_id ON books.quote FOR EACH ROW WHEN (((new.deal_id IS DISTINCT FROM old.deal_id) OR (new.lead_id IS DISTINCT FROM old.lead_id))) EXECUTE FUNCTION books.note_deal_company();

CREATE TRIGGER quote_list_delete AFTER DELETE ON books.quote REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER quote_list_insert AFTER INSERT ON books.quote REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER quote_list_update AFTER UPDATE ON books.quote REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER quote_moves BEFORE UPDATE OF state ON books.quote FOR EACH ROW WHEN ((old.state <> new.state)) EXECUTE FUNCTION books.check_move('concept>sent', 'sent>viewed', 'sent>accepted', 'sent>declined', 'sent>expired', 'viewed>accepted', 'viewed>declined', 'viewed>expired');

CREATE TRIGGER quote_public_token AFTER INSERT ON books.quote FOR EACH ROW EXECUTE FUNCTION web.list_public_token();

CREATE TRIGGER subscription_figures_delete AFTER DELETE ON books.subscription REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.subscription_figures(r.state, r.annual_net)');

CREATE TRIGGER subscription_figures_insert AFTER INSERT ON books.subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.subscription_figures(r.state, r.annual_net)');

CREATE TRIGGER subscription_figures_update AFTER UPDATE ON books.subscription REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.keep_figures('books.subscription_figures(r.state, r.annual_net)');

CREATE TRIGGER subscription_list_delete AFTER DELETE ON books.subscription REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER subscription_list_insert AFTER INSERT ON books.subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER subscription_list_update AFTER UPDATE ON books.subscription REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books.count_list('state', 'created_at, null::text, id');

CREATE TRIGGER subscription_moves BEFORE UPDATE OF state ON books.subscription FOR EACH ROW WHEN ((old.state <> new.state)) EXECUTE FUNCTION books.check_move('concept>active', 'concept>cancelled', 'active>paused', 'active>cancelled', 'paused>active', 'paused>cancelled');

CREATE TRIGGER connection_first AFTER INSERT ON pipedrive.connection FOR EACH ROW EXECUTE FUNCTION books.note_first_connection();

CREATE TRIGGER gate_opened AFTER DELETE ON queue.gate FOR EACH ROW EXECUTE FUNCTION queue.let_go();

CREATE CONSTRAINT TRIGGER message_added AFTER INSERT ON queue.message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.kind <> 'note'::text)) EXECUTE FUNCTION queue.wake_listeners();

CREATE TRIGGER message_joins_lane BEFORE INSERT ON queue.message FOR EACH ROW WHEN ((new.lane IS NOT NULL)) EXECUTE FUNCTION queue.join_lane();

CREATE TRIGGER credentials_key BEFORE INSERT OR UPDATE ON vault.credentials FOR EACH ROW EXECUTE FUNCTION vault.hold_key('access_token', 'refresh_token');

CREATE TRIGGER pending_install_key BEFORE INSERT OR UPDATE ON vault.pending_install FOR EACH ROW EXECUTE FUNCTION vault.hold_key('access_token', 'refresh_token');

CREATE TRIGGER revocation_key BEFORE INSERT OR UPDATE ON vault.revocation FOR EACH ROW EXECUTE FUNCTION vault.hold_key('refresh_token');

CREATE TRIGGER webhook_secret_key BEFORE INSERT OR UPDATE ON vault.webhook_secret FOR EACH ROW EXECUTE FUNCTION vault.hold_key('user_name', 'password');

ALTER TABLE ONLY books.api_key
    ADD CONSTRAINT api_key_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.contact
    ADD CONSTRAINT contact_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.contact
    ADD CONSTRAINT contact_company_id_organization_id_fkey FOREIGN KEY (company_id, organization_id) REFERENCES books.contact(company_id, id) ON DELETE SET NULL (organization_id);

ALTER TABLE ONLY books.contact_email
    ADD CONSTRAINT contact_email_company_id_contact_id_fkey FOREIGN KEY (company_id, contact_id) REFERENCES books.contact(company_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY books.document_number
    ADD CONSTRAINT document_number_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.event
    ADD CONSTRAINT event_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.figure
    ADD CONSTRAINT figure_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_company_id_contact_id_fkey FOREIGN KEY (company_id, contact_id) REFERENCES books.contact(company_id, id);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.invoice
    ADD CONSTRAINT invoice_company_id_quote_id_fkey FOREIGN KEY (company_id, quote_id) REFERENCES books.quote(company_id, id);

ALTER TABLE ONLY books.kept_answer
    ADD CONSTRAINT kept_answer_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.list_anchor
    ADD CONSTRAINT list_anchor_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.list_change
    ADD CONSTRAINT list_change_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.mail
    ADD CONSTRAINT mail_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.mail
    ADD CONSTRAINT mail_company_id_invoice_id_fkey FOREIGN KEY (company_id, invoice_id) REFERENCES books.invoice(company_id, id);

ALTER TABLE ONLY books.mail
    ADD CONSTRAINT mail_company_id_quote_id_fkey FOREIGN KEY (company_id, quote_id) REFERENCES books.quote(company_id, id);

ALTER TABLE ONLY books.member
    ADD CONSTRAINT member_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.newest_invoice
    ADD CONSTRAINT newest_invoice_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.payment
    ADD CONSTRAINT payment_company_id_invoice_id_fkey FOREIGN KEY (company_id, invoice_id) REFERENCES books.invoice(company_id, id);

ALTER TABLE ONLY books.product
    ADD CONSTRAINT product_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.product_price
    ADD CONSTRAINT product_price_company_id_product_id_fkey FOREIGN KEY (company_id, product_id) REFERENCES books.product(company_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY books.quote
    ADD CONSTRAINT quote_company_id_contact_id_fkey FOREIGN KEY (company_id, contact_id) REFERENCES books.contact(company_id, id);

ALTER TABLE ONLY books.quote
    ADD CONSTRAINT quote_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY books.subscription
    ADD CONSTRAINT subscription_company_id_contact_id_fkey FOREIGN KEY (company_id, contact_id) REFERENCES books.contact(company_id, id);

ALTER TABLE ONLY books.subscription
    ADD CONSTRAINT subscription_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.attention
    ADD CONSTRAINT attention_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.audit
    ADD CONSTRAINT audit_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.call_budget
    ADD CONSTRAINT call_budget_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.conflict
    ADD CONSTRAINT conflict_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.connection
    ADD CONSTRAINT connection_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.custom_field
    ADD CONSTRAINT custom_field_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.deal_snapshot
    ADD CONSTRAINT deal_snapshot_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.draft_record
    ADD CONSTRAINT draft_record_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.draft_record
    ADD CONSTRAINT draft_record_company_id_quote_id_fkey FOREIGN KEY (company_id, quote_id) REFERENCES books.quote(company_id, id);

ALTER TABLE ONLY pipedrive.draft_spend
    ADD CONSTRAINT draft_spend_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.link
    ADD CONSTRAINT link_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.local_attention
    ADD CONSTRAINT local_attention_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.local_edit
    ADD CONSTRAINT local_edit_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.product_look
    ADD CONSTRAINT product_look_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.quote_draft
    ADD CONSTRAINT quote_draft_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.quote_draft
    ADD CONSTRAINT quote_draft_company_id_quote_id_fkey FOREIGN KEY (company_id, quote_id) REFERENCES books.quote(company_id, id);

ALTER TABLE ONLY pipedrive.quote_trigger
    ADD CONSTRAINT quote_trigger_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.record_snapshot
    ADD CONSTRAINT record_snapshot_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.remote_key
    ADD CONSTRAINT remote_key_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.settings
    ADD CONSTRAINT settings_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.stage
    ADD CONSTRAINT stage_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.sync_change
    ADD CONSTRAINT sync_change_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.sync_plan
    ADD CONSTRAINT sync_plan_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.sync_run
    ADD CONSTRAINT sync_run_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.sync_state
    ADD CONSTRAINT sync_state_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.sync_task
    ADD CONSTRAINT sync_task_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.touched_record
    ADD CONSTRAINT touched_record_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.trigger_stage
    ADD CONSTRAINT trigger_stage_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.trigger_stage
    ADD CONSTRAINT trigger_stage_company_id_trigger_id_fkey FOREIGN KEY (company_id, trigger_id) REFERENCES pipedrive.quote_trigger(company_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY pipedrive.user_grant
    ADD CONSTRAINT user_grant_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_failure
    ADD CONSTRAINT webhook_failure_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_health
    ADD CONSTRAINT webhook_health_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_inbox
    ADD CONSTRAINT webhook_inbox_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_seen
    ADD CONSTRAINT webhook_seen_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY pipedrive.webhook_subscription
    ADD CONSTRAINT webhook_subscription_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY queue.finished
    ADD CONSTRAINT finished_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY queue.gate
    ADD CONSTRAINT gate_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY queue.message
    ADD CONSTRAINT message_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY vault.credentials
    ADD CONSTRAINT credentials_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY vault.pending_install
    ADD CONSTRAINT pending_install_ticket_hash_fkey FOREIGN KEY (ticket_hash) REFERENCES web.pending_install(ticket_hash) ON DELETE CASCADE;

ALTER TABLE ONLY vault.revocation
    ADD CONSTRAINT revocation_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY vault.webhook_secret
    ADD CONSTRAINT webhook_secret_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY web.account_link
    ADD CONSTRAINT account_link_company_id_fkey FOREIGN KEY (company_id) REFERENCES books.company(company_id);

ALTER TABLE ONLY web.session
    ADD CONSTRAINT session_company_id_member_id_fkey FOREIGN KEY (company_id, member_id) REFERENCES books.member(company_id, id) ON DELETE CASCADE;

ALTER TABLE books.api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.company ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.contact ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.contact_email ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.document_number ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.event ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.figure ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.invoice ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.kept_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.list_anchor ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.list_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.mail ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.member ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.newest_invoice ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON books.api_key TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.company TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.contact TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.contact_email TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.document_number TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.event TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.figure TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.invoice TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.kept_answer TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.list_anchor TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.list_change TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.mail TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.member TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.newest_invoice TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.payment TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.product TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.product_price TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.quote TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON books.subscription TO paydock_owner USING (true) WITH CHECK (true);

ALTER TABLE books.payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.product ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.product_price ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.quote ENABLE ROW LEVEL SECURITY;

ALTER TABLE books.subscription ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON books.api_key TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.company TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.contact TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.contact_email TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.document_number TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.event TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.figure TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.invoice TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.kept_answer TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.list_anchor TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.list_change TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.mail TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.member TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.newest_invoice TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.payment TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.product TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.product_price TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.quote TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON books.subscription TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

ALTER TABLE pipedrive.attention ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.call_budget ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.conflict ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.connection ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.custom_field ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.deal_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.draft_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.draft_spend ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.link ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.local_attention ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.local_edit ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON pipedrive.attention TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.audit TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.call_budget TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.conflict TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.connection TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.custom_field TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.deal_snapshot TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.draft_record TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.draft_spend TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.link TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.local_attention TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.local_edit TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.product_look TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.quote_draft TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.quote_trigger TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.record_snapshot TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.remote_key TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.settings TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.stage TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.sync_change TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.sync_plan TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.sync_run TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.sync_state TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.sync_task TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.touched_record TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.trigger_stage TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.user_grant TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_endpoint TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_failure TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_health TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_inbox TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_seen TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON pipedrive.webhook_subscription TO paydock_owner USING (true) WITH CHECK (true);

ALTER TABLE pipedrive.product_look ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.quote_draft ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.quote_trigger ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.record_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.remote_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.stage ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_plan ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_state ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.sync_task ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON pipedrive.attention TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.audit TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.call_budget TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.conflict TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.connection TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.custom_field TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.deal_snapshot TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.draft_record TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.draft_spend TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.link TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.local_attention TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.local_edit TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.product_look TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.quote_draft TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.quote_trigger TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.record_snapshot TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.remote_key TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.settings TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.stage TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.sync_change TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.sync_plan TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.sync_run TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.sync_state TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.sync_task TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.touched_record TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.trigger_stage TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.user_grant TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_endpoint TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_failure TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_health TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_inbox TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_seen TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON pipedrive.webhook_subscription TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

ALTER TABLE pipedrive.touched_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.trigger_stage ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.user_grant ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_endpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_failure ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_health ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_seen ENABLE ROW LEVEL SECURITY;

ALTER TABLE pipedrive.webhook_subscription ENABLE ROW LEVEL SECURITY;

ALTER TABLE queue.attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY every_company ON queue.attempt TO paydock_cron USING (true) WITH CHECK (true);

CREATE POLICY every_company ON queue.finished TO paydock_cron USING (true) WITH CHECK (true);

CREATE POLICY every_company ON queue.gate TO paydock_cron USING (true) WITH CHECK (true);

CREATE POLICY every_company ON queue.message TO paydock_cron USING (true) WITH CHECK (true);

ALTER TABLE queue.finished ENABLE ROW LEVEL SECURITY;

ALTER TABLE queue.gate ENABLE ROW LEVEL SECURITY;

ALTER TABLE queue.message ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON queue.attempt TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON queue.finished TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON queue.gate TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON queue.message TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY tenant ON queue.attempt TO paydock_web USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON queue.finished TO paydock_web USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON queue.gate TO paydock_web USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON queue.message TO paydock_web USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

ALTER TABLE vault.credentials ENABLE ROW LEVEL SECURITY;

CREATE POLICY every_company ON vault.revocation FOR DELETE TO paydock_cron USING ((expires_at < clock_timestamp()));

CREATE POLICY every_expired ON vault.revocation FOR SELECT TO paydock_cron USING ((expires_at < clock_timestamp()));

CREATE POLICY owner ON vault.credentials TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON vault.revocation TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON vault.webhook_secret TO paydock_owner USING (true) WITH CHECK (true);

ALTER TABLE vault.revocation ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON vault.credentials TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON vault.revocation TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON vault.webhook_secret TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

ALTER TABLE vault.webhook_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE web.account_link ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON web.account_link TO paydock_owner USING (true) WITH CHECK (true);

CREATE POLICY owner ON web.session TO paydock_owner USING (true) WITH CHECK (true);

ALTER TABLE web.session ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON web.account_link TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

CREATE POLICY tenant ON web.session TO paydock_web, paydock_cron, paydock_api USING ((company_id = books.current_company())) WITH CHECK ((company_id = books.current_company()));

GRANT USAGE ON SCHEMA books TO paydock_web;
GRANT USAGE ON SCHEMA books TO paydock_cron;
GRANT USAGE ON SCHEMA books TO paydock_api;

GRANT USAGE ON SCHEMA pipedrive TO paydock_web;
GRANT USAGE ON SCHEMA pipedrive TO paydock_cron;

GRANT USAGE ON SCHEMA queue TO paydock_web;
GRANT USAGE ON SCHEMA queue TO paydock_cron;

GRANT USAGE ON SCHEMA vault TO paydock_web;
GRANT USAGE ON SCHEMA vault TO paydock_cron;

GRANT USAGE ON SCHEMA web TO paydock_web;
GRANT USAGE ON SCHEMA web TO paydock_cron;
GRANT USAGE ON SCHEMA web TO paydock_api;

GRANT SELECT,INSERT ON TABLE books.company TO paydock_web;
GRANT SELECT,INSERT ON TABLE books.company TO paydock_cron;
GRANT SELECT ON TABLE books.company TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.invoice TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.invoice TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE books.invoice TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.quote TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.quote TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE books.quote TO paydock_api;

REVOKE ALL ON FUNCTION books.companies_with_lapsed_documents(moment timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION books.companies_with_lapsed_documents(moment timestamp with time zone) TO paydock_cron;

REVOKE ALL ON FUNCTION books.differing_figures() FROM PUBLIC;
GRANT ALL ON FUNCTION books.differing_figures() TO paydock_cron;

REVOKE ALL ON FUNCTION books.figures_from_documents() FROM PUBLIC;

REVOKE ALL ON FUNCTION books.fold_lists() FROM PUBLIC;
GRANT ALL ON FUNCTION books.fold_lists() TO paydock_cron;

REVOKE ALL ON FUNCTION books.fold_past_figures() FROM PUBLIC;
GRANT ALL ON FUNCTION books.fold_past_figures() TO paydock_cron;

REVOKE ALL ON FUNCTION books.forget_answers(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION books.forget_answers(before timestamp with time zone) TO paydock_cron;

REVOKE ALL ON FUNCTION books.lacks_anchors(company uuid, list_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION books.move_anchors(company uuid, list_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION books.newest_from_documents() FROM PUBLIC;

REVOKE ALL ON FUNCTION books.products_matching(words text[], most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION books.products_matching(words text[], most integer) TO paydock_cron;
GRANT ALL ON FUNCTION books.products_matching(words text[], most integer) TO paydock_web;

REVOKE ALL ON FUNCTION books.rebuild_figures() FROM PUBLIC;
GRANT ALL ON FUNCTION books.rebuild_figures() TO paydock_cron;

REVOKE ALL ON FUNCTION books.set_anchors(company uuid, list_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION pipedrive.claim_company(wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION pipedrive.claim_company(wanted bigint) TO paydock_web;
GRANT ALL ON FUNCTION pipedrive.claim_company(wanted bigint) TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.connection TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.connection TO paydock_cron;

REVOKE ALL ON FUNCTION pipedrive.connected_companies() FROM PUBLIC;
GRANT ALL ON FUNCTION pipedrive.connected_companies() TO paydock_cron;

REVOKE ALL ON FUNCTION pipedrive.count_staged() FROM PUBLIC;
GRANT ALL ON FUNCTION pipedrive.count_staged() TO paydock_cron;

REVOKE ALL ON FUNCTION pipedrive.forget_snapshots(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION pipedrive.forget_snapshots(before timestamp with time zone) TO paydock_cron;

REVOKE ALL ON FUNCTION pipedrive.note_edits(company uuid, edits jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION pipedrive.queue_push(company uuid, locals uuid[]) FROM PUBLIC;

GRANT USAGE ON SEQUENCE queue.bucket_begun TO paydock_web;
GRANT USAGE,UPDATE ON SEQUENCE queue.bucket_begun TO paydock_cron;

REVOKE ALL ON FUNCTION queue.forget(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.forget(most integer) TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE vault.credentials TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE vault.credentials TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE vault.revocation TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE vault.revocation TO paydock_cron;

GRANT SELECT,INSERT ON TABLE vault.webhook_secret TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE vault.webhook_secret TO paydock_cron;

REVOKE ALL ON FUNCTION vault.companies_to_reseal(current_key text, row_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION vault.companies_to_reseal(current_key text, row_limit integer) TO paydock_cron;

REVOKE ALL ON FUNCTION vault.retire_key(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION vault.retire_key(wanted text) TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE vault.pending_install TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE vault.pending_install TO paydock_cron;

REVOKE ALL ON FUNCTION vault.sealed_counts() FROM PUBLIC;
GRANT ALL ON FUNCTION vault.sealed_counts() TO paydock_cron;

REVOKE ALL ON FUNCTION web.forget_expired(idle_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION web.forget_expired(idle_seconds double precision) TO paydock_cron;

REVOKE ALL ON FUNCTION web.use_api_key(key_hash bytea, request_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION web.use_api_key(key_hash bytea, request_limit integer) TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.api_key TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.api_key TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact TO paydock_cron;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact TO paydock_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact_email TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact_email TO paydock_cron;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.contact_email TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.document_number TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.document_number TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE books.document_number TO paydock_api;

GRANT SELECT,INSERT ON TABLE books.event TO paydock_web;
GRANT SELECT,INSERT ON TABLE books.event TO paydock_cron;
GRANT SELECT,INSERT ON TABLE books.event TO paydock_api;

GRANT SELECT ON TABLE books.figure TO paydock_web;
GRANT SELECT ON TABLE books.figure TO paydock_cron;
GRANT SELECT ON TABLE books.figure TO paydock_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.kept_answer TO paydock_api;

GRANT SELECT ON TABLE books.list_anchor TO paydock_web;
GRANT SELECT ON TABLE books.list_anchor TO paydock_cron;
GRANT SELECT ON TABLE books.list_anchor TO paydock_api;

GRANT SELECT ON TABLE books.list_change TO paydock_web;
GRANT SELECT ON TABLE books.list_change TO paydock_cron;
GRANT SELECT ON TABLE books.list_change TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.mail TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.mail TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE books.mail TO paydock_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.member TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.member TO paydock_cron;

GRANT SELECT ON TABLE books.newest_invoice TO paydock_web;
GRANT SELECT ON TABLE books.newest_invoice TO paydock_cron;
GRANT SELECT ON TABLE books.newest_invoice TO paydock_api;

GRANT SELECT,INSERT ON TABLE books.payment TO paydock_web;
GRANT SELECT,INSERT ON TABLE books.payment TO paydock_cron;
GRANT SELECT,INSERT ON TABLE books.payment TO paydock_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product TO paydock_cron;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product TO paydock_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product_price TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product_price TO paydock_cron;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE books.product_price TO paydock_api;

GRANT SELECT,INSERT,UPDATE ON TABLE books.subscription TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE books.subscription TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE books.subscription TO paydock_api;

GRANT SELECT,DELETE,UPDATE ON TABLE pipedrive.attention TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.attention TO paydock_cron;

GRANT SELECT,INSERT ON TABLE pipedrive.audit TO paydock_web;
GRANT SELECT,INSERT ON TABLE pipedrive.audit TO paydock_cron;

GRANT SELECT ON TABLE pipedrive.call_budget TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.call_budget TO paydock_cron;

GRANT SELECT,DELETE ON TABLE pipedrive.conflict TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.conflict TO paydock_cron;

GRANT SELECT,DELETE ON TABLE pipedrive.custom_field TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.custom_field TO paydock_cron;

GRANT SELECT ON TABLE pipedrive.deal_snapshot TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.deal_snapshot TO paydock_cron;

GRANT SELECT,INSERT ON TABLE pipedrive.draft_record TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.draft_record TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.draft_spend TO paydock_cron;
GRANT SELECT ON TABLE pipedrive.draft_spend TO paydock_web;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.link TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.link TO paydock_cron;

GRANT USAGE ON SEQUENCE pipedrive.link_placeholder TO paydock_cron;

GRANT SELECT,DELETE,UPDATE ON TABLE pipedrive.local_attention TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.local_attention TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.local_edit TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.product_look TO paydock_cron;

GRANT SELECT,UPDATE ON TABLE pipedrive.quote_draft TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.quote_draft TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.quote_trigger TO paydock_web;
GRANT SELECT ON TABLE pipedrive.quote_trigger TO paydock_cron;

GRANT SELECT ON TABLE pipedrive.record_snapshot TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.record_snapshot TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.remote_key TO paydock_cron;
GRANT SELECT ON TABLE pipedrive.remote_key TO paydock_web;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.settings TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.settings TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.stage TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.stage TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.staged_key TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.staged_record TO paydock_cron;

GRANT SELECT ON TABLE pipedrive.sync_change TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.sync_change TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.sync_plan TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.sync_run TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.sync_run TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.sync_state TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.sync_state TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.sync_task TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.touched_record TO paydock_cron;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.touched_record TO paydock_web;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE pipedrive.trigger_stage TO paydock_web;
GRANT SELECT ON TABLE pipedrive.trigger_stage TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.user_grant TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.user_grant TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.webhook_endpoint TO paydock_web;
GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.webhook_endpoint TO paydock_cron;

GRANT SELECT,INSERT ON TABLE pipedrive.webhook_failure TO paydock_web;
GRANT SELECT,DELETE ON TABLE pipedrive.webhook_failure TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.webhook_health TO paydock_cron;
GRANT SELECT ON TABLE pipedrive.webhook_health TO paydock_web;

GRANT SELECT,INSERT ON TABLE pipedrive.webhook_inbox TO paydock_web;
GRANT SELECT,INSERT ON TABLE pipedrive.webhook_inbox TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE pipedrive.webhook_seen TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE pipedrive.webhook_subscription TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE pipedrive.webhook_subscription TO paydock_cron;

GRANT SELECT ON TABLE queue.attempt TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.attempt TO paydock_cron;

GRANT USAGE,UPDATE ON SEQUENCE queue.bucket_passed TO paydock_cron;

GRANT SELECT,INSERT,UPDATE ON TABLE queue.chore TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.drainer TO paydock_cron;

GRANT SELECT,INSERT ON TABLE queue.finished TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE queue.finished TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.gate TO paydock_cron;
GRANT SELECT,DELETE ON TABLE queue.gate TO paydock_web;

GRANT SELECT,UPDATE ON TABLE queue.level TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.message TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.message TO paydock_cron;

GRANT SELECT ON TABLE vault.sealing_key TO paydock_web;
GRANT SELECT ON TABLE vault.sealing_key TO paydock_cron;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE web.account_link TO paydock_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE web.account_link TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.account_link_directory TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.account_link_directory TO paydock_cron;

GRANT SELECT ON TABLE web.api_key_directory TO paydock_api;
GRANT SELECT,INSERT,DELETE ON TABLE web.api_key_directory TO paydock_web;
GRANT SELECT,INSERT ON TABLE web.api_key_directory TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.login_directory TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.login_directory TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.login_failure TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.login_failure TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.oauth_state TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.oauth_state TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.pending_install TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.pending_install TO paydock_cron;

GRANT SELECT,INSERT ON TABLE web.pipedrive_company_directory TO paydock_web;
GRANT SELECT,INSERT ON TABLE web.pipedrive_company_directory TO paydock_cron;

GRANT SELECT ON TABLE web.public_token_directory TO paydock_api;
GRANT SELECT ON TABLE web.public_token_directory TO paydock_web;
GRANT SELECT ON TABLE web.public_token_directory TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.session TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.session TO paydock_cron;

GRANT UPDATE(seen_at) ON TABLE web.session TO paydock_web;
GRANT UPDATE(seen_at) ON TABLE web.session TO paydock_cron;

GRANT SELECT,INSERT,DELETE ON TABLE web.session_directory TO paydock_web;
GRANT SELECT,INSERT,DELETE ON TABLE web.session_directory TO paydock_cron;

GRANT SELECT,INSERT ON TABLE web.webhook_directory TO paydock_web;
GRANT SELECT,INSERT ON TABLE web.webhook_directory TO paydock_cron;

