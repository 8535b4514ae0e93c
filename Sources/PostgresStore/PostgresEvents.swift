internal import Domain
import FoundationEssentials
import Postgres

struct PostgresEvents: EventStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func append(_ kind: BookEvent.Kind, subject: UUID) throws -> BookEvent.ID {
        let row = try connection.query(
            """
            insert into books.event (company_id, kind, subject_id)
            values (\(try access.company()), \(kind.rawValue), \(subject)) returning id
            """
        ).first.orMissing("event")
        return BookEvent.ID(try row.uuid("id"))
    }

    // A quote of a Pipedrive company that is connected no more: there, deal 7 was another deal. The API's role can't
    // read the connection, and posts no notes.
    private var ownDeal: SQL {
        access.role == .api
            ? "q.deal_id"
            : """
            case when q.pipedrive_company_id = 0 or q.pipedrive_company_id = (
                select pipedrive_company_id from pipedrive.connection) then q.deal_id end
            """
    }

    // An invoice without a deal of its own belongs to the deal of its quote.
    func details(of ids: [BookEvent.ID]) throws -> [EventDetails] {
        try connection.query(
            """
            select e.id, e.kind, e.subject_id, e.occurred_at, i.id is null as is_quote,
                coalesce(i.number, q.number) as number, coalesce(i.gross, q.gross) as gross,
                coalesce(i.currency, q.currency) as currency, coalesce(i.public_token, q.public_token) as public_token,
                c.name as contact_name, coalesce(i.deal_id, \(fragment: ownDeal)) as deal_id,
                coalesce(i.lead_id, q.lead_id) as lead_id
            from books.event e
            left join books.invoice i on i.company_id = e.company_id and i.id = e.subject_id and e.kind like 'invoice.%'
            left join books.quote q on q.company_id = e.company_id
                and q.id = case when e.kind like 'quote.%' then e.subject_id else i.quote_id end
            left join books.contact c on c.company_id = e.company_id and c.id = coalesce(i.contact_id, q.contact_id)
            where e.company_id = \(try access.company()) and e.id = any (\(ids.map(\.rawValue))::uuid[])
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
            publicToken: try row.string("public_token"), isQuote: try row.bool("is_quote"),
            contactName: try row.string("contact_name"), dealID: try row.optionalInt64("deal_id").map { Deal.ID($0) },
            leadID: try row.optionalString("lead_id"))
    }
}
