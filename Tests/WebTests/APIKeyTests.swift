import Domain
import HTTPTypes
import Testing
import Web

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
