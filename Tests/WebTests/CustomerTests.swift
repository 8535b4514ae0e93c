import Domain
import HTTPTypes
import Testing
import Web

struct CustomerTests {
    private static let lines = [
        DocumentLine(description: "Pump", unitPrice: 10_000, tax: Percentage(basisPoints: 2100), flag: "For us only"),
        DocumentLine(description: "Thank you", unitPrice: nil, tax: .zero, isTextLine: true),
    ]

    private func decide(_ site: Site, _ word: String, _ form: String = "name=Kim+de+Boer&email=Kim%40acme.example")
        async -> WebResponse
    {
        let token = await site.send(.get, "/q/public-quote").cookie("__Host-paydock_form") ?? ""
        return await site.send(
            .post, "/q/public-quote/\(word)", fields: Site.form, cookies: ["__Host-paydock_form": token],
            body: "csrf=\(token)&\(form)")
    }

    @Test func `a customer sees the quote without our remarks, and looking counts once`() async throws {
        let site = Site()
        _ = site.tables.addQuote(.sent, lines: Self.lines)
        let answer = await site.send(.get, "/q/public-quote")
        try expectSnapshot("customer-quote", "GET /q/public-quote", answer)
        #expect(!answer.text.contains("For us only"))
        #expect(answer.field("X-Robots-Tag") == "noindex, nofollow")
        #expect(answer.field("Referrer-Policy") == "no-referrer")
        _ = await site.send(.get, "/q/public-quote")
        #expect(site.tables.events == [.quoteViewed])
    }

    @Test func `the maker's own look, a prefetch and a HEAD do not count as the customer's`() async {
        let site = Site()
        _ = site.tables.addQuote(.sent, lines: Self.lines)
        _ = await site.get("/q/public-quote")
        _ = await site.send(.get, "/q/public-quote", fields: ["Sec-Purpose": "prefetch;prerender"])
        _ = await site.send(.head, "/q/public-quote")
        #expect(site.tables.events.isEmpty)
    }

    @Test func `accepting works once, declining after that does not`() async {
        let site = Site()
        _ = site.tables.addQuote(.sent, lines: Self.lines)
        #expect(await decide(site, "accept").field("Location") == "/q/public-quote")
        #expect(await site.send(.get, "/q/public-quote").text.contains("You accepted this quote."))
        #expect(await decide(site, "accept").status == 303)
        #expect(await decide(site, "decline").status == 409)
        #expect(site.tables.events == [.quoteViewed, .quoteAccepted])
    }

    @Test func `who accepted and why one declined stand on the maker's page`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(.sent, lines: Self.lines)
        #expect(await decide(site, "accept", "name=&email=nobody").status == 422)
        #expect(site.tables.quotes.first?.state == .viewed)
        #expect(await decide(site, "accept").status == 303)
        let page = await site.get("/quotes/\(quote.id.text)")
        #expect(page.text.contains("<dt>Accepted by</dt><dd>Kim de Boer, kim@acme.example</dd>"))
        let other = Site()
        let declined = other.tables.addQuote(.sent, lines: Self.lines)
        #expect(await decide(other, "decline", "reason=Too+dear+%3Cb%3E").status == 303)
        #expect(await other.get("/quotes/\(declined.id.text)").text.contains("<dd>Too dear &lt;b&gt;</dd>"))
    }

    @Test(arguments: [
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "WhatsApp/2.23.20.0", "Twitterbot/1.0",
        "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; Googlebot/2.1)", "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5",
    ])
    func `a link previewer's look does not count`(agent: String) async {
        let site = Site()
        _ = site.tables.addQuote(.sent, lines: Self.lines)
        #expect(await site.send(.get, "/q/public-quote", fields: ["User-Agent": agent]).status == 200)
        #expect(site.tables.events.isEmpty)
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
        _ = await site.send(.get, "/q/public-quote", fields: ["User-Agent": browser])
        #expect(site.tables.events == [.quoteViewed])
    }

    @Test func `a forged form accepts nothing`() async {
        let site = Site()
        _ = site.tables.addQuote(.sent, lines: Self.lines)
        let answer = await site.send(.post, "/q/public-quote/accept", fields: Site.form, body: "csrf=x")
        #expect(answer.status == 403)
        #expect(site.tables.quotes.first?.state == .sent)
    }

    @Test func `a concept is not there for a customer`() async {
        let site = Site()
        _ = site.tables.addQuote(.concept, lines: Self.lines)
        #expect(await site.send(.get, "/q/public-quote").status == 404)
        #expect(await site.send(.get, "/i/unknown").status == 404)
    }
}
