internal import Domain
internal import FoundationEssentials
import Postgres

/// The panel's one statement. It runs under row-level security, with the company that the statement before it has set;
/// its cost depends on the number of currencies and of due dates that are open, not on the number of documents.
struct PanelQuery {
    let subject: PanelSubject
    let company: PipedriveCompany.ID
    let user: PipedriveUser.ID
    let now: Date?

    /// Sets the company behind the Pipedrive company; an unknown one sets none, which shows nothing.
    ///
    /// The plan of the statement after it is kept from request to request. The server would not keep it by itself: it
    /// takes a list of records for ten where one is asked for, finds that too dear, and plans anew each time. What
    /// autovacuum analyzes is still planned anew.
    var choosingCompany: SQL { Self.choice.with(self) }

    private static let choice: SQLTemplate<PanelQuery> = """
        select set_config('paydock.company', (
            select company_id::text from web.pipedrive_company_directory
            where pipedrive_company_id = \(\.company)), true), set_config('plan_cache_mode', 'force_generic_plan', true)
        """

    /// One row per record and currency, at least one for a customer, in the company's own currency; and one without a
    /// record when there is nothing that may be shown.
    var sql: SQL { (subject.resource == .deal ? Self.ofDeal : Self.ofRecord).with(self) }

    private static let ofRecord = view(
        customer: linkedCustomer, needsLook: needsLookAtRecord, columns: "", documents: "")
    private static let ofDeal = view(
        customer: customerOfDeal, needsLook: needsLookAtDeal, columns: dealColumns, documents: dealDocuments)

    private static func view(
        customer: SQLTemplate<PanelQuery>, needsLook: SQLTemplate<PanelQuery>, columns: SQLTemplate<PanelQuery>,
        documents: SQLTemplate<PanelQuery>
    ) -> SQLTemplate<PanelQuery> {
        """
        with head as materialized (
            select c.company_id, c.pipedrive_company_id, b.currency,
                (coalesce(\(\.now)::timestamptz, clock_timestamp()) at time zone b.time_zone)::date as today,
                exists (
                    select from pipedrive.user_grant g
                    where g.company_id = c.company_id and g.pipedrive_company_id = c.pipedrive_company_id
                        and g.user_id = \(\.user) and g.state = 'live') as is_granted
            from pipedrive.connection c join books.company b on b.company_id = c.company_id
            where c.company_id = books.current_company() and c.pipedrive_company_id = \(\.company)
                and c.state in ('live', 'reconnect')),
        asked as materialized (
            select h.company_id, h.pipedrive_company_id, h.today, r.record_id, r.position
            from head h, unnest(\(\.subject.recordIDs)::bigint[]) with ordinality r (record_id, position)
            where h.is_granted),
        customer as materialized (\(fragment: customer)),
        holder as materialized (
            select company_id, record_id, id as contact_id, 'own' as scope from customer
            union all
            select company_id, record_id, organization_id, 'own' from customer
            where kind = 'person' and organization_id is not null
            union all
            select company_id, record_id, id, 'persons' from customer where kind = 'organization'),
        amount as (
            select o.record_id, f.currency, sum(f.invoice_count) as invoice_count, sum(f.arr)::bigint as arr,
                sum(f.revenue)::bigint as revenue, sum(f.open_count)::bigint as open_count,
                sum(f.open_amount)::bigint as open_amount,
                coalesce(sum(f.open_amount) filter (where f.due_on < (select today from head)), 0)::bigint as overdue
            from holder o join books.figure f
                on f.company_id = o.company_id and f.contact_id = o.contact_id and f.scope = o.scope
            group by o.record_id, f.currency
            having (sum(f.invoice_count), sum(f.arr), sum(f.open_count)) <> (0, 0, 0))
        select h.company_id, h.is_granted, a.record_id, c.id as customer_id, c.name as customer_name,
            \(fragment: needsLook) as needs_look,
            coalesce(m.currency, case when c.id is not null then h.currency end) as currency, coalesce(m.arr, 0) as arr,
            coalesce(m.revenue, 0) as revenue, coalesce(m.open_count, 0) as open_count,
            coalesce(m.open_amount, 0) as open_amount, coalesce(m.overdue, 0) as overdue, n.invoice_id as latest_id,
            n.number as latest_number\(fragment: columns)
        from head h
        left join asked a on true
        left join customer c on c.record_id = a.record_id
        left join amount m on m.record_id = a.record_id
        left join lateral (
            select newest.invoice_id, newest.number from holder o
            cross join lateral (
                select i.issued_at, i.invoice_id, i.number from books.newest_invoice i
                where i.company_id = o.company_id and i.contact_id = o.contact_id and i.scope = o.scope
                    and i.currency = m.currency
                order by i.issued_at desc, i.invoice_id limit 1) newest
            where o.record_id = m.record_id
            order by newest.issued_at desc, newest.invoice_id limit 1) n on true
        \(fragment: documents)
        order by a.position, m.invoice_count desc nulls last, m.currency
        """
    }

    private static let linkedCustomer: SQLTemplate<PanelQuery> = """
        select a.company_id, a.record_id, c.id, c.name, c.kind, c.organization_id
        from asked a
        join pipedrive.link l on l.company_id = a.company_id and l.pipedrive_company_id = a.pipedrive_company_id
            and l.kind = \(\.subject.resource.rawValue) and l.record_id = a.record_id and l.state = 'live'
        join books.contact c on c.company_id = l.company_id and c.id = l.local_id
        """

    /// What was seen lately need not be looked at again.
    private static let needsLookAtRecord: SQLTemplate<PanelQuery> = """
        (a.record_id is not null and c.id is null and not exists (
            select from pipedrive.record_snapshot s
            where s.company_id = a.company_id and s.pipedrive_company_id = a.pipedrive_company_id
                and s.kind = \(\.subject.resource.rawValue) and s.record_id = a.record_id
                and s.taken_at > clock_timestamp() - interval '10 minutes'))
        """

    // A deal shows its customer: who its latest quote was made out to, else its latest invoice; else the deal's
    // organization, else its person, as they were last seen.
    private static let customerOfDeal: SQLTemplate<PanelQuery> = """
        select a.company_id, a.record_id, c.id, c.name, c.kind, c.organization_id, f.rank > 1 as is_from_snapshot
        from asked a
        cross join lateral (
            select found.id, found.rank from (
                (select q.contact_id as id, 0 as rank from books.quote q
                where q.company_id = a.company_id and q.deal_id = a.record_id
                    and q.deal_pipedrive_company_id = a.pipedrive_company_id
                order by q.created_at desc, q.id limit 1)
                union all
                (select i.contact_id, 1 from books.invoice i
                where i.company_id = a.company_id and i.deal_id = a.record_id
                    and i.deal_pipedrive_company_id = a.pipedrive_company_id
                order by i.created_at desc, i.id limit 1)
                union all
                select l.local_id, case l.kind when 'organization' then 2 else 3 end
                from pipedrive.deal_snapshot s
                join pipedrive.link l on l.company_id = s.company_id
                    and l.pipedrive_company_id = s.pipedrive_company_id and l.state = 'live'
                    and ((l.kind = 'organization' and l.record_id = s.organization_id)
                        or (l.kind = 'person' and l.record_id = s.person_id))
                where s.company_id = a.company_id and s.pipedrive_company_id = a.pipedrive_company_id
                    and s.deal_id = a.record_id
            ) found
            order by found.rank limit 1) f
        join books.contact c on c.company_id = a.company_id and c.id = f.id
        """

    private static let needsLookAtDeal: SQLTemplate<PanelQuery> = """
        (a.record_id is not null and c.is_from_snapshot is distinct from false and not exists (
            select from pipedrive.deal_snapshot s
            where s.company_id = a.company_id and s.pipedrive_company_id = a.pipedrive_company_id
                and s.deal_id = a.record_id and s.taken_at > clock_timestamp() - interval '10 minutes'))
        """

    private static let dealColumns: SQLTemplate<PanelQuery> = """
        , q.id as quote_id, q.number as quote_number, q.state as quote_state, i.id as invoice_id,
            i.number as invoice_number, i.state as invoice_state,
            i.state in ('sent', 'partially_paid') and i.gross > i.paid and i.due_on < a.today as invoice_is_overdue
        """

    // The deal's own documents: its latest quote, and the latest invoice made for it or from one of its quotes.
    private static let dealDocuments: SQLTemplate<PanelQuery> = """
        left join lateral (
            select q.id, q.number, q.state from books.quote q
            where q.company_id = a.company_id and q.deal_id = a.record_id
                and q.deal_pipedrive_company_id = a.pipedrive_company_id
            order by q.created_at desc, q.id limit 1) q on true
        left join lateral (
            select found.* from (
                (select i.id, i.number, i.state, i.gross, i.paid, i.due_on, i.created_at from books.invoice i
                where i.company_id = a.company_id and i.deal_id = a.record_id
                    and i.deal_pipedrive_company_id = a.pipedrive_company_id
                order by i.created_at desc, i.id limit 1)
                union all
                (select i.id, i.number, i.state, i.gross, i.paid, i.due_on, i.created_at
                from books.quote o join books.invoice i on i.company_id = o.company_id and i.quote_id = o.id
                where o.company_id = a.company_id and o.deal_id = a.record_id
                    and o.deal_pipedrive_company_id = a.pipedrive_company_id
                order by i.created_at desc, i.id limit 1)
            ) found
            order by found.created_at desc, found.id limit 1) i on true
        """
}
