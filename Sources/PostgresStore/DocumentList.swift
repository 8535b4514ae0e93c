internal import Domain
import Postgres

/// A list of quotes, invoices or subscriptions: newest first, all of them or those in one state or of one contact.
struct DocumentList {
    let table: String
    /// The column that `state` is looked for in, by which the list is counted too.
    var stateColumn = "state"
    let company: Company.ID
    let state: String?
    let contact: Contact.ID?

    /// The condition of its rows.
    var filter: SQL {
        var filter: SQL = "company_id = \(company)"
        if let state { filter += " and \(unsafe: stateColumn) = \(state)" }
        if let contact { filter += " and contact_id = \(contact)" }
        return filter
    }

    /// One page. The rows before it are passed over in the index alone, without reading them, and only from the last
    /// anchor on, so that a page far down the list costs little more than the first.
    func page(_ page: PageRequest, columns: SQL, _ connection: PostgresConnection) throws -> SQL {
        // The documents of one contact have no anchors.
        let anchor =
            contact == nil
            ? try ListAnchor.before(offset: page.offset, of: table, state: state, company: company, connection) : nil
        var filter = filter
        if let anchor { filter += " and \(fragment: anchor.documents)" }
        return """
            select \(fragment: columns) from books.\(unsafe: table)
            where company_id = \(company) and id = any (array(
                select id from books.\(unsafe: table) where \(fragment: filter)
                order by created_at desc, id limit \(page.limit) offset \(page.offset - (anchor?.rank ?? 0))))
            order by created_at desc, id
            """
    }
}
