import Domain
import FoundationEssentials
import HTTPTypes
import Testing
import Web

struct PanelTests {
    private static let path =
        "/panel/pipedrive?resource=person&view=details&userId=5&companyId=77&selectedIds=12&isShared=false"

    private func ask(_ site: Site, _ path: String = Self.path, basic: String = "panel:secret") async -> WebResponse {
        await site.send(.get, path, fields: ["Authorization": Site.basic(basic)])
    }

    private static let invoice = Invoice.ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9)))
    private static let quote = Quote.ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8)))

    private func figures(_ currency: Currency, latest: Bool = true) -> PanelFigures {
        PanelFigures(
            currency: currency, arr: 1_234_500, revenue: 99_999_999_999_999, openCount: 2, open: 10, overdue: 0,
            latest: latest ? PanelFigures.LatestInvoice(id: Self.invoice, number: "2026-1009") : nil)
    }

    private static let nothing = PanelFigures(
        currency: .eur, arr: 0, revenue: 0, openCount: 0, open: 0, overdue: 0, latest: nil)

    private func record(
        _ customer: Contact?, _ figures: [PanelFigures] = [], quote: Quote.State? = nil,
        invoice: Invoice.State? = nil, id: Int64 = 12
    ) -> PanelRecord {
        PanelRecord(
            recordID: id, customer: customer.map { .init(id: $0.id, name: $0.details.name) }, figures: figures,
            quote: quote.map { .init(id: Self.quote, number: "Q2026-0001", state: $0) },
            invoice: invoice.map { .init(id: Self.invoice, number: "2026-0001", state: $0, isOverdue: $0 == .sent) })
    }

    @Test func `figures are one object per currency, exact, and fit the schema`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let yen = try #require(Currency("JPY"))
        site.tables.panelView = .records(
            site.tables.company.id, [record(contact, [figures(.eur), figures(yen, latest: false)])])
        let answer = await ask(site)
        try expectSnapshot("panel-figures", "GET \(Self.path)", answer)
        #expect(answer.text.contains(#""value":999999999999.99"#))
        #expect(answer.text.contains(#"{"code":"JPY","value":1234500}"#))
        for schema in PanelSchema.Name.allCases { try PanelSchema.load(schema).check(answer.body) }
    }

    @Test func `whatever is known of a person or organization fits both schemas`() async throws {
        let site = Site()
        let contact = site.tables.addContact(String(repeating: "Ä<b>\"\n", count: 50))
        let codes = ["AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "NOK", "PLN", "SEK", "USD"]
        let many = codes.compactMap { Currency($0) }.map { figures($0) }
        let sets: [[PanelRecord]] = [
            [record(contact, [Self.nothing])], [record(nil)], [record(contact, many)],
            [record(contact, many, id: 1), record(nil, id: 2)],
            (1...10).map { record(nil, id: $0) },
        ]
        for records in sets {
            site.tables.panelView = .records(site.tables.company.id, records)
            let answer = await ask(site)
            #expect(answer.status == 200)
            for schema in PanelSchema.Name.allCases { try PanelSchema.load(schema).check(answer.body) }
        }
    }

    @Test func `a deal shows its own quote and invoice in every state`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let path = Self.path.replacing("person", with: "deal")
        for (quote, invoice) in Self.documentStates {
            for figures in [[], [figures(.eur), figures(.usd)]] {
                site.tables.panelView = .records(
                    site.tables.company.id, [record(contact, figures, quote: quote, invoice: invoice)])
                try PanelSchema.load().check(await ask(site, path).body)
            }
        }
        site.tables.panelView = .records(
            site.tables.company.id, [record(contact, [figures(.eur)], quote: .accepted, invoice: .sent)])
        try expectSnapshot("panel-deal", "GET \(path)", await ask(site, path))
    }

    private static let documentStates: [(Quote.State?, Invoice.State?)] =
        Quote.State.allCases.map { ($0, nil) } + Invoice.State.allCases.map { (nil, $0) }

    @Test func `several records are asked for together, and a customer of two shows once`() async throws {
        let site = Site()
        let (acme, bolt) = (site.tables.addContact("Acme"), site.tables.addContact("Bolt"))
        site.tables.panelView = .records(
            site.tables.company.id,
            [
                record(acme, [figures(.eur)], quote: .sent, id: 7), record(acme, [figures(.eur)], id: 8),
                record(bolt, [Self.nothing], id: 9),
            ])
        let path = Self.path.replacing("person", with: "deal").replacing("=12", with: "=7,8&selectedIds=9,7")
        let answer = await ask(site, path)
        #expect(site.tables.panelSubject == PanelSubject(resource: .deal, recordIDs: [7, 8, 9]))
        try PanelSchema.load().check(answer.body)
        let headers = answer.text.matches(of: #/"header":"([^"]*)"/#).map { String($0.1) }
        #expect(headers == ["Acme in EUR", "Acme: see above", "Bolt: no invoices yet"])
    }

    @Test func `an unlinked record links to the form that makes the customer`() async throws {
        let site = Site()
        site.tables.panelView = .records(site.tables.company.id, [record(nil)])
        let answer = await ask(site)
        let link = "/contacts/from-pipedrive?pipedrive=person%3A12&company=77"
        #expect(answer.text.contains(#""value":"https://paydock.example\#(link)""#))
    }

    @Test func `wrong Basic credentials are 401 before the query is looked at`() async throws {
        for basic in ["panel:wrong", "", "panel"] {
            let answer = await ask(Site(), "/panel/pipedrive", basic: basic)
            #expect(answer.status == 401)
            #expect(answer.field("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
            try PanelSchema.checkError(answer.body)
        }
    }

    @Test func `a disconnected company is 404 and a user without a grant 403, in the documented form`() async throws {
        let site = Site()
        site.tables.panelView = .disconnected
        let unknown = await ask(site)
        #expect(unknown.status == 404)
        #expect(unknown.text.contains(#""action":{"url":"https://paydock.example/apps/pipedrive","label":"#))
        site.tables.panelView = .notGranted
        let ungranted = await ask(site)
        #expect(ungranted.status == 403)
        site.tables.panelView = nil
        let shared = await ask(site, Self.path.replacing("isShared=false", with: "isShared=true"))
        #expect(shared.status == 403)
        for answer in [unknown, ungranted, shared] { try PanelSchema.checkError(answer.body) }
        #expect(await ask(site, Self.path.replacing("companyId=77", with: "companyId=78")).status == 404)
    }

    @Test(arguments: [
        ("/panel/pipedrive?resource=lead&userId=5&companyId=-1&selectedIds=12", "resource, companyId."),
        ("/panel/pipedrive", "resource, selectedIds, companyId, userId."),
        (path.replacing("=12", with: "="), "selectedIds."), (path.replacing("=12", with: "=1,,2"), "selectedIds."),
        (path.replacing("=12", with: "=1,2,3,4,5,6,7,8,9,10,11"), "selectedIds."),
        (path.replacing("=12", with: "=99999999999999999999"), "selectedIds."),
        (path.replacing("=false", with: "=maybe"), "isShared."), (path.replacing("=details", with: "=list"), "view."),
        (path.replacing("userId=5", with: "userId=5%20or%201"), "userId."),
    ])
    func `what is missing or wrong in the query is named`(_ path: String, _ names: String) async throws {
        let answer = await ask(Site(), path)
        #expect(answer.status == 400)
        #expect(answer.text.contains("missing or wrong: \(names)"))
        try PanelSchema.checkError(answer.body)
    }

    @Test func `the schema files keep to Pipedrive's limits and name every figure`() throws {
        let all = try PanelSchema.load()
        let contact = try PanelSchema.load(.contact)
        for schema in [all, contact] {
            #expect(schema.required == ["id", "header"])
            #expect(schema.types.values.filter { $0 != "header" }.count <= 20)
            #expect(schema.labels.values.allSatisfy { $0.count <= 40 })
        }
        #expect(contact.types.allSatisfy { all.types[$0.key] == $0.value })
        #expect(
            Set(all.types.keys).subtracting(contact.types.keys) == [
                "quote", "quote_state", "invoice", "invoice_state",
            ])
        for label in ["ARR", "Total revenue", "Open invoices", "Overdue", "Latest invoice"] {
            #expect(contact.labels.values.contains(label))
        }
    }
}
