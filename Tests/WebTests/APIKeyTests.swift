import Domain
import HTTPTypes
import Testing

@testable import Web

struct APIKeyTests {
    private static let contact = #"{"name":"Acme"}"#

    @Test func `a repeated POST is answered alike and does nothing more`() async {
        let site = Site()
        let key = ["Idempotency-Key": "order-1"]
        let first = await site.api(.post, "contacts", Self.contact, fields: key)
        let second = await site.api(.post, "contacts", Self.contact, fields: key)
        #expect(first.status == 201 && second.status == 201)
        #expect(first.body == second.body && first.field("Location") == second.field("Location"))
        #expect(first.field("Idempotency-Replayed") == nil && second.field("Idempotency-Replayed") == "true")
        #expect(site.tables.contacts.count == 1)
        let other = await site.api(.post, "contacts", #"{"name":"Other"}"#, fields: key)
        #expect(other.status == 422)
        #expect(other.text.contains(#""Idempotency-Key":"was used for another request""#))
        #expect(await site.api(.post, "products", Self.contact, fields: key).status == 422)
        #expect(site.tables.contacts.count == 1)
    }

    @Test func `every POST that there is answers a repeated key alike, and does nothing more`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme").id.text
        let lines = #""lines":[{"description":"A","unit_price_excl":9}]"#
        let document = #"{"contact_id":"\#(contact)",\#(lines)}"#
        let key = ["Idempotency-Key": "once"]
        var posts: Set<String> = []
        func twice(_ path: String, _ body: String) async throws -> String {
            site.tables.keptAnswers = [:]
            let before = site.tables.written
            let first = await site.api(.post, path, body, fields: key)
            #expect((200..<300).contains(first.status), "\(path): \(first.text)")
            let after = site.tables.written
            let second = await site.api(.post, path, body, fields: key)
            #expect(second.body == first.body && second.status == first.status, "\(path)")
            #expect(after != before && site.tables.written == after, "\(path)")
            let other = await site.api(.post, path, body + " ", fields: key)
            #expect(other.status == 422 && site.tables.written == after, "\(path)")
            let id = try JSONValue.read(first.body)["id"]?.string ?? ""
            let pieces = path.split(separator: "/").map { $0.contains("-") ? "{id}" : String($0) }
            posts.insert("/" + pieces.joined(separator: "/"))
            return id
        }
        _ = try await twice("contacts", Self.contact)
        _ = try await twice("products", #"{"name":"Pump"}"#)
        _ = try await twice("quotes/\(try await twice("quotes", document))/send", "")
        let invoice = try await twice("invoices", document)
        _ = try await twice("invoices/\(invoice)/send", "")
        _ = try await twice("invoices/\(invoice)/payments", #"{"amount":1}"#)
        _ = try await twice(
            "subscriptions",
            #"{"name":"Care","contact_id":"\#(contact)","interval_unit":"month","start_date":"2026-12-01",\#(lines)}"#)
        let file = try OpenAPIFile(await site.send(.get, "/api/v1/openapi.json").body)
        #expect(posts == Set(file.operations.filter { $0.method == "POST" }.map(\.path)))
    }

    @Test func `a key that is too long is named`() async {
        let long = String(repeating: "k", count: 256)
        let answer = await Site().api(.post, "contacts", Self.contact, fields: ["Idempotency-Key": long])
        #expect(answer.status == 400 && answer.text.contains("Idempotency-Key"))
    }

    @Test func `every answer tells the limit, and above it there is 429`() async {
        let site = Site()
        let answer = await site.api(.get, "contacts")
        #expect(answer.field("RateLimit-Limit") == "3000" && answer.field("RateLimit-Remaining") == "2999")
        #expect(answer.field("RateLimit-Reset") == "42")
        #expect(await site.api(.get, "contacts?limit=0").field("RateLimit-Remaining") == "2998")
        site.tables.requestNumber = 3000
        let refused = await site.api(.post, "contacts", Self.contact)
        #expect(refused.status == 429 && refused.field("Retry-After") == "42")
        #expect(refused.text.hasPrefix(#"{"error":{"code":"rate_limited""#))
        #expect(site.tables.contacts.isEmpty)
    }

    @Test func `a key is shown once, listed and revoked`() async throws {
        let site = Site()
        let made = await site.submit("/settings/api", "name=Web+shop")
        #expect(made.status == 200 && made.text.contains("<code>ftj_"))
        let list = await site.get("/settings/api")
        #expect(list.text.contains("Web shop") && !list.text.contains("ftj_"))
        let id = try #require(site.tables.keys.first?.id.text)
        #expect(await site.submit("/settings/api/\(id)/revoke", "").status == 303)
        #expect(await site.get("/settings/api").text.contains("revoked 24 Nov 2026"))
        #expect(await site.submit("/settings/api/\(id)/revoke", "").status == 404)
        #expect(await site.submit("/settings/api", "name=").status == 422)
    }

    @Test func `without a mail program sending gives text and link`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(.concept, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)])
        let sent = await site.api(.post, "quotes/\(quote.id.text)/send")
        #expect(sent.text.contains(#""mail":{"state":"none","to":null,"subject":"Offer","body":"Dear all"#))
        #expect(sent.text.contains(#"https://paydock.example/q/public-quote\n"#))
        #expect(site.tables.mails.isEmpty)
    }

    @Test func `with one a mail is written, and an unclear one goes out again by a click`() async throws {
        let site = Site(mails: true)
        let quote = site.tables.addQuote(.concept, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)])
        let sent = await site.api(.post, "quotes/\(quote.id.text)/send")
        #expect(sent.text.contains(#""mail":{"state":"waiting","to":"info@example.com""#))
        let mail = try #require(site.tables.mails.first)
        #expect(await site.submit("/quotes/\(quote.id.text)/mail", "").status == 409)
        _ = try FakeMails(tables: site.tables).move(mail.id, from: [.waiting], to: .unclear, reason: "Cut off.")
        #expect(await site.get("/quotes/\(quote.id.text)").text.contains("Send it once more"))
        #expect(await site.submit("/quotes/\(quote.id.text)/mail", "").status == 303)
        #expect(site.tables.mails.first?.state == .waiting)
    }

    @Test func `marking as sent mails nothing`() async {
        let site = Site(mails: true)
        let quote = site.tables.addQuote(.concept, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)])
        #expect(await site.api(.patch, "quotes/\(quote.id.text)", #"{"status":"verzonden"}"#).status == 200)
        #expect(site.tables.events == [.quoteSent] && site.tables.mails.isEmpty)
    }
}

extension Tables {
    /// How much there is of everything that a POST writes.
    fileprivate var written: [Int] {
        [
            contacts.count, products.count, quotes.count, invoices.count, subscriptions.count, events.count,
            Int(invoices.reduce(0) { $0 + $1.paid }),
        ]
    }
}
