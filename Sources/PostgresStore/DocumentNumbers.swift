internal import Domain
import Postgres

/// Numbers per company, kind and year, without gaps: the row stays locked until the document commits.
struct DocumentNumbers {
    let connection: PostgresConnection

    func next(_ kind: String, year: Int, company: Company.ID) throws -> String {
        let row = try connection.query(
            """
            insert into books.document_number (company_id, kind, year, last_number)
            values (\(company), \(kind), \(year), 1)
            on conflict (company_id, kind, year) do update set last_number = books.document_number.last_number + 1
            returning last_number
            """
        ).first.orMissing("last_number")
        let number = String(try row.int("last_number"))
        return "\(year)-" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    }
}
