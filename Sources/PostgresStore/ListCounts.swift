internal import Domain
import Postgres

/// How many rows a list has: exact, from the lines that triggers write with each change.
struct ListCounts: ListCountStore {
    let connection: PostgresConnection

    /// The number of rows, of one state if given. The rows of one contact are counted along its index.
    func total(of list: String, company: Company.ID, state: String?, contact: Contact.ID? = nil) throws -> Int {
        let count: SQL
        if contact != nil {
            let filter = DocumentFilter.sql(company: company, state: state, contact: contact)
            count = "select count(*) as total from books.\(unsafe: list) where \(fragment: filter)"
        } else {
            count = """
                select coalesce(sum(change), 0)::bigint as total from books.list_change
                where company_id = \(company) and list = \(list) and (\(state)::text is null or state = \(state))
                """
        }
        return try connection.query(count).first?.int("total") ?? 0
    }

    func fold() throws -> Int {
        try connection.query("select books.fold_lists() as folded").first?.int("folded") ?? 0
    }
}
