import Foundation
import Testing

/// The product's own story: connect, sync, and a deal that becomes a quote, an invoice and notes.
@Suite(.installed, .serialized)
struct EndToEndStoryTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `from Install to the last note in the deal`() async throws {
        let tenant = try await installation.createCompany("Tulp Verkoop BV")
        try await connects(tenant)
        try await sealsTokens()
        try await subscribes()
        try await syncs(tenant)
        let deals = try await choosesDeals()
        let stage = try await choosesStage(tenant, apartFrom: deals)
        for deal in deals { try await quotes(tenant, deal, stage: stage) }
        try await staysOneQuote(tenant, deals[0], stage: stage)
        try await earns(tenant, deals[0])
        try await hasNoDuplicates(tenant)
    }

    // MARK: Connecting

    private func connects(_ tenant: Tenant) async throws {
        let store = try await tenant.logIn()
        #expect(store.contains("App Store") && store.contains("Install"))
        for scope in ["deals:full", "contacts:full", "products:full", "webhooks:full", "users:read", "leads:full"] {
            #expect(store.contains(scope), "the App Store says what \(scope) is for")
        }
        let settings = try await tenant.install()
        #expect(settings.contains("Connected to Tulp &amp; Zonen"))
        try await installation.until("webhooks in Pipedrive and pipelines in PayDock") {
            let webhooks = try await sandbox.data("v1/webhooks")
            let triggers = try await tenant.browser.page("/apps/pipedrive?tab=triggers")
            return try !webhooks.isEmpty && triggers.contains("name=\"stage\"") && installation.unfinished() == 0
        }
    }

    private func sealsTokens() async throws {
        let tokens = try sandbox.issuedTokens()
        #expect(tokens.count >= 2)
        let tables = try await Tables(of: installation)
        #expect(tables.hold("Tulp Verkoop BV"), "the dump is whole")
        for token in tokens {
            #expect(!tables.hold(token))
            // A refresh token begins with ids that also stand elsewhere; its secret is the last part.
            let secret = token.split(separator: ":").last.map(String.init) ?? token
            #expect(secret.count > 20 && !tables.hold(secret))
        }
        let logs = installation.logs()
        #expect(!tokens.contains { logs.contains($0) }, "no log holds a token")
    }

    private func subscribes() async throws {
        let webhooks = try await sandbox.data("v1/webhooks")
        for webhook in webhooks {
            let url = webhook["subscription_url"].text ?? ""
            #expect(url.hasPrefix("\(installation.origin)/webhooks/pipedrive/"))
            #expect((url.split(separator: "/").last?.count ?? 0) >= 20, "nobody guesses the path")
            #expect((webhook["http_auth_user"].text ?? "").isEmpty == false)
            #expect((webhook["http_auth_password"].text ?? "").count >= 20)
            #expect(webhook["version"] == "2.0")
        }
        let objects = Set(webhooks.compactMap { $0["event_object"].text })
        #expect(objects.isSuperset(of: ["deal", "person", "organization", "product"]) || objects.contains("*"))
    }

    // MARK: Sync

    private func syncs(_ tenant: Tenant) async throws {
        try await tenant.sync()
        let page = try await tenant.browser.page("/apps/pipedrive?tab=logs")
        #expect(page.contains("Applied preview"))
        let (contacts, products) = (try await tenant.list("contacts"), try await tenant.list("products"))
        let organizations = try sandbox.records("organization")
        let names = Set(contacts.compactMap { $0["name"].text })
        #expect(organizations.allSatisfy { names.contains(trimmed($0["name"])) }, "every organization is there")
        try comparePersons(contacts)
        try compareProducts(products)
        try await hasNoDuplicates(tenant)
        let contactPage = try await tenant.browser.page("/contacts")
        #expect(contacts.contains { contactPage.contains("/contacts/\($0["id"].text ?? "-")") })
        #expect(try await tenant.browser.page("/products").contains(trimmed(products[0]["name"])))
        let requests = try await sandbox.requests("/api/")
        #expect(requests.allSatisfy { $0["valid"].truth == true }, "Pipedrive's rules are kept")
    }

    private func trimmed(_ name: JSON) -> String {
        (name.text ?? "").trimmingCharacters(in: .whitespaces)
    }

    /// Whoever has an address of his own is a contact with it; whoever shares his waits for a person to decide.
    private func comparePersons(_ contacts: [JSON]) throws {
        let persons = try sandbox.records("person")
        var owners: [String: Int] = [:]
        for person in persons { for email in Set(emails(person)) { owners[email, default: 0] += 1 } }
        let byEmail = contacts.filter { $0["kind"] == "person" }.flatMap { contact in
            contact["emails"].items.compactMap(\.text).map { ($0.lowercased(), contact["name"].text ?? "") }
        }
        let names = Dictionary(byEmail) { first, _ in first }
        for person in persons {
            for email in emails(person) {
                if emails(person).allSatisfy({ owners[$0] == 1 }) {
                    #expect(names[email] == trimmed(person["name"]))
                } else if owners[email] != 1 {
                    #expect(names[email] == nil, "\(email) is shared: nothing is guessed")
                }
            }
        }
    }

    private func emails(_ person: JSON) -> [String] {
        person["emails"].items.compactMap { $0["value"].text?.lowercased() }
    }

    private func compareProducts(_ products: [JSON]) throws {
        let items = try sandbox.records("product")
        #expect(products.count == items.count + (try sandbox.records("variation")).count)
        let byCode = Dictionary(products.map { ($0["code"].text ?? "", $0) }) { first, _ in first }
        for item in items {
            let product = try byCode[item["code"].text ?? "-"].orFail("\(item["name"]) is missing")
            #expect(product["name"].text == trimmed(item["name"]))
            #expect(product["tax_percentage"].number == item["tax"].number)
            let expected = item["prices"].items.map { "\($0["currency"].text ?? "") \($0["price"].number ?? -1)" }
            let prices = product["prices"].items.map { "\($0["currency"].text ?? "") \($0["amount"].number ?? -1)" }
            #expect(Set(prices) == Set(expected))
        }
    }

    private func hasNoDuplicates(_ tenant: Tenant) async throws {
        var seen: Set<String> = []
        for contact in try await tenant.list("contacts") where contact["kind"] == "person" {
            for email in Set(contact["emails"].items.compactMap { $0.text?.lowercased() }) {
                #expect(seen.insert(email).inserted, "two contacts have \(email)")
            }
        }
    }

    // MARK: The deal

    /// Open deals in euro: with a line's discount and the deal's, with another kind of discount, with inclusive prices.
    private func choosesDeals() async throws -> [ExpectedQuote] {
        var chosen: [String: ExpectedQuote] = [:]
        for deal in try await sandbox.data("v2/deals?limit=500")
        where deal["status"] == "open" && deal["currency"] == "EUR" && deal["person_id"].whole != nil {
            let id = deal["id"].whole ?? 0
            let products = try await sandbox.data("v2/deals/\(id)/products")
            let discounts = try await sandbox.data("v2/deals/\(id)/discounts")
            guard products.count > 1 else { continue }
            let method = products[0]["tax_method"].text ?? ""
            let kind = "\(method) \(discounts.first?["type"].text ?? "none")"
            let quote = try ExpectedQuote(deal: deal, products: products, discounts: discounts)
            let hasBoth =
                !discounts.isEmpty && quote.lines.contains { $0.discountPercentage ?? $0.discountAmount != nil }
            if chosen[kind] == nil || hasBoth { chosen[kind] = quote }
        }
        let deals = chosen.sorted { $0.key < $1.key }.map(\.value)
        #expect(deals.count >= 3, "the sample data has deals of several kinds: \(chosen.keys)")
        let main = try deals.first {
            $0.lines.contains { $0.price < 0 }
                && $0.lines.contains { $0.discountPercentage ?? $0.discountAmount != nil }
        }
        .orFail("No deal has both kinds of discount")
        return [main] + deals.filter { $0.deal["id"] != main.deal["id"] }
    }

    /// A stage of the main deal's pipeline that none of the deals is in, chosen by the form.
    private func choosesStage(_ tenant: Tenant, apartFrom deals: [ExpectedQuote]) async throws -> Int {
        let pipeline = deals[0].deal["pipeline_id"].whole ?? 0
        let taken = Set(deals.compactMap { $0.deal["stage_id"].whole })
        let stage = try (try await sandbox.data("v2/stages?pipeline_id=\(pipeline)"))
            .compactMap { $0["id"].whole }.first { !taken.contains($0) }.orFail("Every stage is taken")
        let page = try await tenant.browser.page("/apps/pipedrive?tab=triggers")
        let saved = try await tenant.browser.submitted(
            page, "/apps/pipedrive/trigger", [("stage", "\(pipeline):\(stage)")])
        #expect(saved.contains("value=\"\(pipeline):\(stage)\" checked"))
        return stage
    }

    /// Moves the deal into the stage, and compares the quote that appears.
    private func quotes(_ tenant: Tenant, _ expected: ExpectedQuote, stage: Int) async throws {
        let id = expected.deal["id"].whole ?? 0
        try await sandbox.move(deal: id, to: stage)
        let quote = try await installation.until("the quote of deal \(id)") {
            try await tenant.list("quotes").first { $0["pipedrive_deal_id"].whole == id }
        }
        #expect(quote["external_id"].text == "pipedrive:deal:\(id)")
        #expect(quote["status"] == "concept")
        #expect(quote["currency"] == "EUR")
        #expect(quote["lines"].items.map(ExpectedQuote.Line.init(api:)) == expected.lines, "deal \(id)")
        #expect(quote["totals"]["net"].number == expected.net, "deal \(id)")
        #expect(quote["totals"]["tax"].number == expected.tax, "deal \(id)")
        #expect(quote["totals"]["gross"].number == expected.gross, "deal \(id)")
        let value = try expected.deal["value"].number.orFail("The deal has no value")
        let sum = expected.lines.reduce(Decimal(0)) { $0 + $1.total }
        #expect(abs(sum - value) <= 0.01, "Pipedrive's own value of deal \(id) is what the lines add up to")
        try await words(quote, expected)
    }

    private func words(_ quote: JSON, _ expected: ExpectedQuote) async throws {
        let person = try await sandbox.api("v2/persons/\(expected.deal["person_id"].whole ?? 0)")["data"]
        let title = try expected.deal["title"].text.orFail("The deal has no title")
        let body = quote["email_body"].text ?? ""
        #expect(quote["email_subject"].text == "Offerte: \(title)")
        #expect(body.hasPrefix("Beste \(trimmed(person["name"])),\n\n"))
        #expect(body.contains("“\(title)”") && body.contains("Tulp Verkoop BV"))
    }

    /// Away and back, and a webhook delivered once more.
    private func staysOneQuote(_ tenant: Tenant, _ expected: ExpectedQuote, stage: Int) async throws {
        let id = expected.deal["id"].whole ?? 0
        try await sandbox.move(deal: id, to: expected.deal["stage_id"].whole ?? 0)
        try await sandbox.move(deal: id, to: stage)
        let moves = try await installation.until("three deliveries about deal \(id)") {
            let about = try await sandbox.deliveries().filter {
                $0["entity"] == "deal" && $0["entity_id"].text == "\(id)" && $0["status"].whole == 200
            }
            return about.count >= 3 ? about : nil
        }
        for move in moves { try await sandbox.redeliver(move) }
        try await installation.until("the repeated deliveries are answered and done") {
            let again = try await sandbox.deliveries().filter { $0["attempts"].items.count > 1 }
            return try again.count >= moves.count && installation.unfinished() == 0
        }
        let quotes = try await tenant.list("quotes").filter { $0["pipedrive_deal_id"].whole == id }
        #expect(quotes.count == 1)
    }
}
