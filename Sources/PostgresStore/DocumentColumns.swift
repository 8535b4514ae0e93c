internal import Domain
import Postgres

/// The columns that all documents have.
enum DocumentColumns {
    static func content(_ row: PostgresRow, hasAddressee: Bool = true) throws -> DocumentContent {
        DocumentContent(
            contactID: Contact.ID(try row.uuid("contact_id")),
            addressee: hasAddressee ? try row.optionalString("addressee") : nil,
            addresseeEmail: hasAddressee ? try row.optionalString("addressee_email") : nil,
            currency: try row.currency("currency"), lines: try StoredLine.lines(try row.string("lines")),
            externalID: try row.optionalString("external_id"),
            dealID: try row.optionalInt64("deal_id").map { Deal.ID($0) }, leadID: try row.optionalString("lead_id"),
            note: try row.optionalString("note"))
    }
}
