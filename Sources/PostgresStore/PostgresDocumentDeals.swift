internal import Domain
import Postgres

struct PostgresDocumentDeals: DocumentDealStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func bind(_ id: Quote.ID, deal: Deal.ID?, lead: String?) throws -> Quote? {
        try connection.query(
            """
            update books.quote set deal_id = \(deal), lead_id = \(lead), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id)
            returning \(fragment: PostgresQuotes.columns)
            """
        ).first.map(PostgresQuotes.quote)
    }

    func bind(_ id: Invoice.ID, deal: Deal.ID?, lead: String?) throws -> Invoice? {
        try connection.query(
            """
            update books.invoice set deal_id = \(deal), lead_id = \(lead), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id)
            returning \(fragment: PostgresInvoices.columns)
            """
        ).first.map(PostgresInvoices.invoice)
    }
}
