internal import Domain
import FoundationEssentials
import Postgres

struct PostgresEvents: EventStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func append(_ kind: BookEvent.Kind, subject: UUID) throws -> BookEvent.ID {
        let company = try access.company()
        // That an invoice is overdue comes with time alone, and comes again where a backup is restored: once for a due
        // date, with one number, so that its note is found in Pipedrive by the reference in it.
        let row = try connection.query(
            """
            with event as materialized (
                select coalesce(
                    case when \(kind == .invoiceOverdue)::boolean then (
                        select md5(i.company_id || ' ' || i.id || ' ' || i.due_on)::uuid from books.invoice i
                        where i.company_id = \(company) and i.id = \(subject)) end,
                    gen_random_uuid()) as id),
            added as (
                insert into books.event (company_id, id, kind, subject_id)
                select \(company)::uuid, id, \(kind.rawValue)::text, \(subject)::uuid from event
                on conflict do nothing)
            select id from event
            """
        ).first.orMissing("event")
        return BookEvent.ID(try row.uuid("id"))
    }

    // A deal or lead of a Pipedrive company that is connected no more is not this one's of that number. The API's role
    // can't read the connection, and posts no notes.
    private func own(_ column: SQL) -> SQL {
        func part(_ document: SQL) -> SQL {
            guard access.role != .api else { return "\(fragment: document).\(fragment: column)" }
            return """
                case when \(fragment: document).deal_pipedrive_company_id = (
                    select pipedrive_company_id from pipedrive.connection)
                    then \(fragment: document).\(fragment: column) end
                """
        }
        return "coalesce(\(fragment: part("i")), \(fragment: part("q")))"
    }

    // An invoice without a deal of its own belongs to the deal of its quote.
    //
    // Event by event (`offset 0` keeps each look inside the loop): a plan for a few hundred at once reads whole tables,
    // and is kept for when there are two.
    func details(of ids: [BookEvent.ID]) throws -> [EventDetails] {
        let company = try access.company()
        return try connection.query(
            """
            select e.id, e.kind, e.subject_id, e.occurred_at, i.id is null as is_quote,
                coalesce(i.number, q.number) as number, coalesce(i.gross, q.gross) as gross,
                coalesce(i.currency, q.currency) as currency, c.name as contact_name,
                \(fragment: own("deal_id")) as deal_id, \(fragment: own("lead_id")) as lead_id
            from unnest(\(ids.map(\.rawValue))::uuid[]) wanted (id)
            cross join lateral (
                select id, kind, subject_id, occurred_at from books.event
                where company_id = \(company) and id = wanted.id offset 0) e
            left join lateral (
                select quote_id, id, number, gross, currency, contact_id, deal_id, lead_id, deal_pipedrive_company_id
                from books.invoice
                where company_id = \(company) and id = e.subject_id and e.kind like 'invoice.%' offset 0) i on true
            left join lateral (
                select id, number, gross, currency, contact_id, deal_id, lead_id, deal_pipedrive_company_id
                from books.quote
                where company_id = \(company) and id = case when e.kind like 'quote.%' then e.subject_id else i.quote_id end
                offset 0) q on true
            left join lateral (
                select name from books.contact
                where company_id = \(company) and id = coalesce(i.contact_id, q.contact_id) offset 0) c on true
            """
        ).map { row in
            EventDetails(
                event: BookEvent(
                    id: BookEvent.ID(try row.uuid("id")), kind: try row.state("kind"),
                    subjectID: try row.uuid("subject_id"), occurredAt: try row.date("occurred_at")),
                document: try Self.document(row))
        }
    }

    private static func document(_ row: PostgresRow) throws -> EventDocument? {
        guard let number = try row.optionalString("number") else { return nil }
        return EventDocument(
            number: number,
            total: Money(minorUnits: try row.int64("gross"), currency: try row.currency("currency")),
            isQuote: try row.bool("is_quote"), contactName: try row.string("contact_name"),
            dealID: try row.optionalInt64("deal_id").map { Deal.ID($0) }, leadID: try row.optionalString("lead_id"))
    }
}
