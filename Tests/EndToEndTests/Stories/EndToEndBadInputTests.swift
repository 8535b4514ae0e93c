import Foundation
import Testing

/// Bytes that should never have been sent, through nginx, the pool and the database: each is a 4xx that names the field,
/// and nothing changes.
@Suite(.installed)
struct EndToEndBadInputTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    /// Bodies by what is wrong with them, with the field that the answer has to name.
    private func bodies(contact: String, foreign: String) -> [(what: String, path: String, body: Data, field: String)] {
        let line = #"{"description":"A","unit_price_excl":1}"#
        func invoice(_ members: String) -> Data { Data(#"{"contact_id":"\#(contact)",\#(members)}"#.utf8) }
        func lined(_ members: String) -> Data { invoice(#""lines":[{"description":"A",\#(members)}]"#) }
        return [
            ("2 MB", "contacts", Data(#"{"name":""#.utf8) + Data(repeating: 97, count: 2_000_000), "body"),
            ("more than nginx takes", "contacts", Data(repeating: 97, count: 3_000_000), "body"),
            ("broken UTF-8", "contacts", Data(#"{"name":""#.utf8) + Data([0xC3, 0x28]) + Data(#""}"#.utf8), "body"),
            ("a NUL byte", "contacts", Data(#"{"name":"a"#.utf8) + Data([0]) + Data(#""}"#.utf8), "name"),
            ("an escaped NUL", "contacts", Data(#"{"name":"a\u0000b"}"#.utf8), "name"),
            ("half a surrogate", "contacts", Data(#"{"name":"\ud800"}"#.utf8), "name"),
            ("nesting", "contacts", Data(repeating: 91, count: 500_000), "body"),
            ("a wrong type", "contacts", Data(#"{"name":["a"]}"#.utf8), "name"),
            ("an unknown field", "contacts", Data(#"{"name":"a","iban":"x"}"#.utf8), "iban"),
            ("a negative quantity", "invoices", lined(#""quantity":-1,"unit_price_excl":1"#), "lines.0.quantity"),
            ("10^15", "invoices", lined(#""unit_price_excl":1000000000000000"#), "lines.0.unit_price_excl"),
            ("10^400", "invoices", lined(#""unit_price_excl":1e400"#), "lines.0.unit_price_excl"),
            ("two currencies", "invoices", lined(#""unit_price_excl":1,"currency":"USD""#), "lines.0.currency"),
            ("year 0", "invoices", invoice(#""lines":[\#(line)],"due_date":"0000-01-01""#), "due_date"),
            ("year 9999", "invoices", invoice(#""lines":[\#(line)],"invoice_date":"9999-12-31""#), "invoice_date"),
            ("30 February", "invoices", invoice(#""lines":[\#(line)],"due_date":"2026-02-30""#), "due_date"),
            (
                "another company's contact", "invoices",
                Data(#"{"contact_id":"\#(foreign)","lines":[\#(line)]}"#.utf8), "contact_id"
            ),
            (
                "another company's organization", "contacts",
                Data(#"{"kind":"person","name":"a","organization_id":"\#(foreign)"}"#.utf8), "organization_id"
            ),
        ]
    }

    @Test func `nothing of it comes through, and the answer names the field`() async throws {
        let tenant = try await installation.createCompany("Fout BV")
        let other = try await installation.createCompany("Ander BV")
        let contact = try (try await tenant.api("POST", "contacts", ["name": "Eén"]))["id"].text.orFail("no id")
        let foreign = try (try await other.api("POST", "contacts", ["name": "Van hen"]))["id"].text.orFail("no id")
        let before = try await everything(tenant)
        for (what, path, body, field) in bodies(contact: contact, foreign: foreign) {
            let answer = try await HTTP.send(
                "POST", "\(installation.origin)/api/v1/\(path)",
                fields: ["X-API-Key": tenant.key, "Content-Type": "application/json"], body: body)
            #expect((400..<500).contains(answer.status), "\(what): \(answer.status) \(answer.text)")
            #expect(try answer.json()["error"]["fields"][field].text != nil, "\(what): \(answer.text)")
        }
        let taken = try await HTTP.send(
            "GET", "\(installation.origin)/api/v1/contacts/\(foreign)", fields: ["X-API-Key": tenant.key])
        #expect(taken.status == 404)
        #expect(try await everything(tenant) == before)
    }

    private func everything(_ tenant: Tenant) async throws -> [JSON] {
        var lists: [JSON] = []
        for list in ["contacts", "products", "quotes", "invoices", "subscriptions"] {
            lists.append(try await tenant.api("GET", list))
        }
        return lists
    }
}
