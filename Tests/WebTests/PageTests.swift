import Domain
import FoundationEssentials
import HTTPTypes
import Testing
import Web

struct PageTests {
    private static let hostile = "<script>alert(1)</script>\"\u{301} onload='x' & Sons"

    private static func line(_ price: Int64?, flag: String? = nil) -> DocumentLine {
        DocumentLine(description: "Pump", unitPrice: price, tax: Percentage(basisPoints: 2100), flag: flag)
    }

    @Test func `hostile names are shown as text, in every place`() async {
        let site = Site()
        let contact = site.tables.addContact(Self.hostile)
        site.tables.connection = Connection(
            id: Connection.ID(site.tables.freshID()), companyID: site.tables.company.id,
            pipedriveCompanyID: PipedriveCompany.ID(77), pipedriveCompanyName: Self.hostile,
            ownerUserID: PipedriveUser.ID(5), state: .live, connectedAt: site.tables.now)
        for path in ["/contacts", "/contacts/\(contact.id.text)", "/apps", "/apps/pipedrive"] {
            let text = await site.get(path).text
            #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;\u{301} onload=&#39;x&#39; &amp; Sons"))
            #expect(!text.contains("<script") && !text.contains("\"\u{301}"))
        }
        let search = await site.get("/contacts?search=%22%3E%3Cb%3E")
        #expect(search.text.contains("value=\"&quot;&gt;&lt;b&gt;\""))
    }

    @Test func `every page of a member opens, empty and filled`() async {
        let paths = [
            "/apps", "/apps/pipedrive", "/apps/pipedrive?tab=triggers", "/apps/pipedrive?tab=events",
            "/apps/pipedrive?tab=logs", "/quotes", "/invoices", "/contacts", "/contacts/new", "/products",
        ]
        for path in paths {
            let answer = await Site().get(path)
            #expect(answer.status == 200)
            #expect(!answer.text.contains("{{"))
        }
    }

    @Test func `the App Store names the seven scopes with their use`() async {
        let text = await Site().get("/apps").text
        for scope in Credentials.requestedScopes { #expect(text.contains("<code>\(scope)</code>")) }
        #expect(text.contains("Fetching company and user info during onboarding."))
        #expect(text.contains("action=\"/apps/pipedrive/install\""))
    }

    @Test func `a quote with a missing price says so, can be completed, and is sent then`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(.concept, lines: [Self.line(nil, flag: "Set price and tax.")])
        let path = "/quotes/\(quote.id.text)"
        let page = await site.get(path).text
        #expect(page.contains("<span class=\"flag\">Set price and tax.</span>"))
        #expect(page.contains("<button disabled>Send</button>"))
        #expect(page.contains("Deal 7") && page.contains("pipedrive:deal:7"))
        let early = await site.submit("\(path)/send", "")
        #expect(early.status == 409)
        let form =
            "line_origin=0&line_description=Pump&line_quantity=2&line_price=1250%2C50&line_tax=21"
            + "&line_origin=&line_description=Hose&line_quantity=1&line_price=3&line_tax=9"
            + "&line_origin=&line_description=&line_quantity=&line_price=&line_tax="
            + "&deal=7&valid_until=2027-01-31&email_subject=Your+offer&email_body=Dear%0D%0AAnna"
        #expect(await site.submit(path, form).status == 303)
        let saved = try #require(site.tables.quotes.first)
        #expect(saved.content.lines.map(\.unitPrice) == [125_050, 300])
        #expect(saved.content.lines.map(\.flag) == [nil, nil])
        #expect(saved.content.lines.map(\.quantity.description) == ["2", "1"])
        #expect(saved.email == EmailText(subject: "Your offer", body: "Dear\nAnna"))
        #expect(saved.content.dealID == Deal.ID(7))
        #expect(saved.content.externalID == "pipedrive:deal:7")
        #expect(await site.submit("\(path)/send", "").field("Location") == "\(path)?done=sent")
        #expect(site.tables.events == [.quoteSent])
        let sent = await site.get("\(path)?done=sent").text
        #expect(sent.contains("https://paydock.example/q/public-quote"))
        #expect(!sent.contains("Change this quote"))
    }

    @Test func `wrong amounts in the form are said, and nothing is changed`() async {
        let site = Site()
        let quote = site.tables.addQuote(.concept, lines: [Self.line(500)])
        let form =
            "line_origin=0&line_description=Pump&line_quantity=two&line_price=1.005&line_tax=150&valid_until=soon"
        let answer = await site.submit("/quotes/\(quote.id.text)", form)
        #expect(answer.status == 422)
        #expect(answer.text.contains("The quantity of line 1 has to be a number."))
        #expect(answer.text.contains("name=\"line_price\" value=\"1.005\""))
        #expect(answer.text.contains("at most 2 decimals") && answer.text.contains("Valid until has to be a date"))
        #expect(site.tables.quotes.first?.content.lines == quote.content.lines)
    }

    @Test func `an accepted quote becomes an invoice that is sent and paid`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(.accepted, lines: [Self.line(10_000)])
        #expect(await site.get("/quotes/\(quote.id.text)").text.contains("Make invoice"))
        let made = await site.submit("/quotes/\(quote.id.text)/invoice", "")
        let path = try #require(made.field("Location")?.split(separator: "?").first).description
        #expect(await site.submit("\(path)/send", "").status == 303)
        let open = await site.get(path).text
        #expect(open.contains("Register payment") && open.contains("value=\"121.00\""))
        #expect(await site.submit("\(path)/payments", "amount=abc").status == 422)
        #expect(await site.submit("\(path)/payments", "amount=121%2C00&paid_on=2026-12-01").status == 303)
        #expect(site.tables.invoices.first?.state == .paid)
        #expect(site.tables.events == [.invoiceSent, .invoicePaid])
    }

    @Test func `another company's or a made-up id is 404 with the support address`() async {
        let answer = await Site().get("/quotes/\(UUID().uuidString)?deal=55")
        #expect(answer.status == 404)
        #expect(answer.text.contains("mailto:support@paydock.example?subject="))
        #expect(answer.text.contains("PayDock%20company%3A%20Bloem%20%26%20Zn"))
        #expect(answer.text.contains("Pipedrive%20deal%20id%3A%2055"))
    }
}
