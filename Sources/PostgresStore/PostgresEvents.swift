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

    func event(_ id: BookEvent.ID) throws -> BookEvent? {
        try connection.query(
            """
            select kind, subject_id, occurred_at from books.event
            where company_id = \(try access.company()) and id = \(id)
            """
        ).first.map {
            BookEvent(
                id: id, kind: try $0.state("kind"), subjectID: try $0.uuid("subject_id"),
                occurredAt: try $0.date("occurred_at"))
        }
    }

    func document(of event: BookEvent) throws -> EventDocument? {
        switch event.kind {
        case .quoteSent, .quoteViewed, .quoteAccepted: try quote(event.subjectID)
        case .invoiceSent, .invoicePaid, .invoiceOverdue: try invoice(event.subjectID)
        default: nil
        }
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

    private func quote(_ id: UUID) throws -> EventDocument? {
        try connection.query(
            """
            select q.number, q.gross, q.currency, q.public_token, c.name as contact_name,
                \(fragment: ownDeal) as deal_id, q.lead_id
            from books.quote q join books.contact c on c.company_id = q.company_id and c.id = q.contact_id
            where q.company_id = \(try access.company()) and q.id = \(id)
            """
        ).first.map { try Self.document($0, isQuote: true) }
    }

    // An invoice without a deal of its own belongs to the deal of its quote.
    private func invoice(_ id: UUID) throws -> EventDocument? {
        try connection.query(
            """
            select i.number, i.gross, i.currency, i.public_token, c.name as contact_name,
                coalesce(i.deal_id, \(fragment: ownDeal)) as deal_id, coalesce(i.lead_id, q.lead_id) as lead_id
            from books.invoice i
            join books.contact c on c.company_id = i.company_id and c.id = i.contact_id
            left join books.quote q on q.company_id = i.company_id and q.id = i.quote_id
            where i.company_id = \(try access.company()) and i.id = \(id)
            """
        ).first.map { try Self.document($0, isQuote: false) }
    }

    private static func document(_ row: PostgresRow, isQuote: Bool) throws -> EventDocument {
        EventDocument(
            number: try row.string("number"),
            total: Money(minorUnits: try row.int64("gross"), currency: try row.currency("currency")),
            publicToken: try row.string("public_token"), isQuote: isQuote, contactName: try row.string("contact_name"),
            dealID: try row.optionalInt64("deal_id").map { Deal.ID($0) }, leadID: try row.optionalString("lead_id"))
    }
}
