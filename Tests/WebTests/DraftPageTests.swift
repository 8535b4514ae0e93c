import Domain
import FoundationEssentials
import HTTPTypes
import Testing
import Web

/// Trials of deals, and comparisons of quotes with their deals.
struct DraftPageTests {
    private static let offered = [
        DocumentLine(description: "Design", unitPrice: 12_500, tax: Percentage(basisPoints: 2100))
    ]

    private func connected() -> Site {
        let site = Site()
        site.tables.connection = Connection(
            id: Connection.ID(site.tables.freshID()), companyID: site.tables.company.id,
            pipedriveCompanyID: PipedriveCompany.ID(77), pipedriveCompanyName: "Acme Pipes",
            ownerUserID: PipedriveUser.ID(5), state: .live, connectedAt: site.tables.now)
        return site
    }

    /// What a drafting came to, kept as the drainer keeps it.
    private func finish(_ id: DraftRecord.ID, on site: Site, currency: Currency = .eur) throws {
        let index = try #require(site.tables.draftRecords.firstIndex { $0.id == id })
        let asked = site.tables.draftRecords[index]
        let outcome = DraftOutcome(
            dealTitle: "Website <b>", currency: currency,
            quote: PricedQuote(
                lines: Self.offered.map { PricedQuote.Line(line: $0, source: .catalog, evidence: "a <i>design</i>") },
                remarks: ["The deal's sum is another."]),
            email: EmailText(subject: "Our offer", body: "Dear Ada"), drafter: "local-model",
            trail: DraftTrail(
                model: "local-model", promptVersion: "1", instructions: "Answer in JSON.",
                exchanges: [
                    DraftTrail.Exchange(
                        question: "Deal 7", answer: "{\"lines\":[]}", problems: ["No line rests on the deal."],
                        usage: .zero, milliseconds: 1200)
                ]))
        site.tables.draftRecords[index] = DraftRecord(
            id: id, dealID: asked.dealID, purpose: asked.purpose, state: .ready, quoteID: asked.quoteID,
            outcome: outcome, requestedAt: asked.requestedAt)
    }

    private func asked(_ path: String, _ form: String, on site: Site) async throws -> (String, DraftRecord.ID) {
        let answer = await site.submit(path, form)
        let page = try #require(answer.field("Location"))
        return (page, try #require(site.tables.draftRecords.first).id)
    }

    @Test func `a trial's page looks again until it is over, and then shows every step`() async throws {
        let site = connected()
        let (page, id) = try await asked("/apps/pipedrive/trial", "deal=7", on: site)
        #expect(page == "/apps/pipedrive/drafts/\(id.text)")
        let waiting = await site.get(page)
        #expect(waiting.field("Refresh") == "2" && waiting.text.contains("Being drafted."))
        try finish(id, on: site)
        let done = await site.get(page)
        #expect(done.field("Refresh") == nil)
        for part in [
            "Design", "€ 125,00", "a &lt;i&gt;design&lt;/i&gt;", "Our offer", "Dear Ada", "local-model", "Deal 7",
            "{&quot;lines&quot;:[]}", "No line rests on the deal.", "The deal&#39;s sum is another.",
        ] {
            #expect(done.text.contains(part), "\(part)")
        }
        #expect(!done.text.contains("Take lines and e-mail over"))
        #expect(await site.get("/apps/pipedrive?tab=triggers").text.contains("href=\"\(page)\">Deal 7</a>"))
        #expect(site.tables.quotes.isEmpty)
    }

    @Test(arguments: ["", "deal=", "deal=x", "deal=-1", "deal=0", "deal=99999999999999999999"])
    func `what is no number of a deal is said`(form: String) async {
        let site = connected()
        let answer = await site.submit("/apps/pipedrive/trial", form)
        #expect(answer.status == 422 && answer.text.contains("Give the number of a deal"))
        #expect(site.tables.draftRecords.isEmpty)
    }

    @Test func `without a connection nothing is tried, and an unknown drafting is not found`() async {
        let site = Site()
        let answer = await site.submit("/apps/pipedrive/trial", "deal=7")
        #expect(answer.status == 409 && answer.text.contains("Connect Pipedrive first."))
        #expect(await site.get("/apps/pipedrive/drafts/\(UUID().uuidString.lowercased())").status == 404)
    }

    @Test func `a comparison shows what would change, and changes the quote when somebody says so`() async throws {
        let site = connected()
        let quote = site.tables.addQuote(
            .concept, lines: [DocumentLine(description: "Old", unitPrice: 100, tax: .zero)])
        let (page, id) = try await asked("/quotes/\(quote.id.text)/compare", "", on: site)
        try finish(id, on: site)
        let shown = await site.get(page).text
        #expect(shown.contains("Quote Q2026-0001 and its deal now") && shown.contains("Take lines and e-mail over"))
        #expect(shown.contains("Old") && shown.contains("Gone") && shown.contains("New"))
        #expect(site.tables.quotes.first?.content.lines == quote.content.lines)
        let taken = await site.submit("/quotes/\(quote.id.text)/take-over", "record=\(id.text)")
        #expect(taken.status == 303)
        #expect(site.tables.quotes.first?.content.lines == Self.offered)
        #expect(site.tables.quotes.first?.email == EmailText(subject: "Our offer", body: "Dear Ada"))
        #expect(await site.get(page).text.contains("Nothing: the quote says what its deal asks for."))
    }

    @Test func `only a comparison of this quote is taken over, and only into a concept`() async throws {
        let site = connected()
        let quote = site.tables.addQuote(
            .concept, lines: [DocumentLine(description: "Old", unitPrice: 100, tax: .zero)])
        let path = "/quotes/\(quote.id.text)/take-over"
        let (_, trial) = try await asked("/apps/pipedrive/trial", "deal=7", on: site)
        try finish(trial, on: site)
        let (_, foreign) = try await asked("/quotes/\(quote.id.text)/compare", "", on: site)
        try finish(foreign, on: site, currency: .usd)
        for record in [trial.text, foreign.text, "x", ""] {
            let answer = await site.submit(path, "record=\(record)")
            #expect(answer.status == 422 && answer.text.contains("This comparison is not one of this quote."))
        }
        #expect(site.tables.quotes.first?.content.lines == quote.content.lines)
        let sent = site.tables.addQuote(.sent, lines: quote.content.lines, token: "sent-quote")
        let (_, late) = try await asked("/quotes/\(sent.id.text)/compare", "", on: site)
        try finish(late, on: site)
        #expect(await site.submit("/quotes/\(sent.id.text)/take-over", "record=\(late.text)").status == 409)
        #expect(site.tables.quotes.last?.content.lines == quote.content.lines)
    }
}
