import Foundation
import Postgres

/// Events of one company's quotes, and what became of them in Pipedrive.
struct NoteLedger {
    let installation: Installation
    let company: String
    private let quotes: [(id: String, deal: Int)]
    private static let kinds = ["quote.sent", "quote.viewed", "quote.accepted"]
    private static let words = ["📧 Quote sent", "👁️ Quote viewed", "Quote accepted"]

    /// What the deals' feeds show of the events since the ledger was opened.
    struct Account: CustomStringConvertible {
        var notes = 0
        var doubles = 0
        var losses = 0
        var disordered = 0

        var isExact: Bool { doubles == 0 && losses == 0 && disordered == 0 }
        var description: String {
            "\(notes) notes, \(doubles) doubled, \(losses) lost, \(disordered) deals out of order"
        }
    }

    /// Makes a quote for each deal; none of them is sent, so that no event comes of them by itself.
    init(_ tenant: Tenant, deals: [Int]) async throws {
        installation = tenant.installation
        let contact = try (try await tenant.list("contacts").first).orFail("There is no contact")
        var quotes: [(id: String, deal: Int)] = []
        for deal in deals {
            let line: JSON = ["description": "Bollen", "unit_price_excl": 12, "tax_percentage": 9]
            let quote = try await tenant.api(
                "POST", "quotes",
                ["contact_id": contact["id"], "pipedrive_deal_id": .number(Decimal(deal)), "lines": [line]])
            quotes.append((try quote["id"].text.orFail("No id"), deal))
        }
        self.quotes = quotes
        company = try installation.text(
            "select company_id::text as t from books.quote where id = '\(quotes.first?.id ?? "")'")
    }

    /// Writes events as the books do: for every deal in turn, each kind after the other.
    ///
    /// Returns their identifiers by deal, in order.
    func write(_ count: Int) throws -> [Int: [String]] {
        var written: [Int: [String]] = [:]
        try installation.sql { connection in
            for number in 0..<count {
                let quote = quotes[number % quotes.count]
                let kind = Self.kinds[number / quotes.count % Self.kinds.count]
                let id = try connection.query(
                    """
                    insert into books.event (company_id, kind, subject_id)
                    values (\(company)::uuid, \(kind), \(quote.id)::uuid) returning id::text as id
                    """
                ).first.orFail("No event").string("id")
                written[quote.deal, default: []].append(id)
            }
        }
        return written
    }

    /// Compares what was written with what stands in the deals.
    func account(of written: [Int: [String]]) async throws -> Account {
        let feeds = Dictionary(grouping: try await allNotes()) { $0["deal_id"].whole ?? 0 }
        var account = Account()
        for (deal, events) in written {
            let references = events.map(Self.reference)
            let found = (feeds[deal] ?? []).sorted { ($0["id"].whole ?? 0) < ($1["id"].whole ?? 0) }
                .compactMap { note in
                    references.firstIndex { note["content"].text?.contains($0) == true }
                }
            account.notes += found.count
            account.doubles += found.count - Set(found).count
            account.losses += events.count - Set(found).count
            if found != found.sorted() { account.disordered += 1 }
        }
        return account
    }

    private func allNotes() async throws -> [JSON] {
        var notes: [JSON] = []
        while true {
            let page = try await installation.sandbox.data("v1/notes?limit=500&start=\(notes.count)")
            notes += page
            if page.count < 500 { return notes }
        }
    }

    /// As the product makes it: forty bits of the identifier in Crockford's base 32.
    private static func reference(_ id: String) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let digits = id.filter { $0 != "-" }
        var value = UInt64(digits.dropFirst(22), radix: 16) ?? 0
        var letters: [Character] = []
        for _ in 0..<8 {
            letters.insert(alphabet[Int(value & 31)], at: 0)
            value >>= 5
        }
        return "Ref \(String(letters[..<4]))-\(String(letters[4...]))"
    }
}
