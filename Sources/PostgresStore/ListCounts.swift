internal import Domain
import Postgres

/// How many rows a list has: exact, from the lines that triggers write with each change.
struct ListCounts: ListCountStore {
    let connection: PostgresConnection

    /// The number of a list's documents. Those of one contact are counted along its index.
    func total(of list: DocumentList) throws -> Int {
        guard list.contact != nil else {
            return try total(of: list.table, company: list.company, state: list.state)
        }
        let count: SQL = "select count(*) as total from books.\(unsafe: list.table) where \(fragment: list.filter)"
        return try connection.query(count).first?.int("total") ?? 0
    }

    /// The number of rows, of one state if given.
    func total(of list: String, company: Company.ID, state: String?) throws -> Int {
        try connection.query(
            """
            select coalesce(sum(change), 0)::bigint as total from books.list_change
            where company_id = \(company) and list = \(list) and (\(state)::text is null or state = \(state))
            """
        ).first?.int("total") ?? 0
    }

    func fold() throws -> Int {
        try connection.query("select books.fold_lists() as folded").first?.int("folded") ?? 0
    }
}
