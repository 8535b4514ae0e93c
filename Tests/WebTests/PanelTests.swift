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

    private func figures(_ currency: Currency, latest: Bool = true) -> PanelFigures {
        PanelFigures(
            currency: currency, arr: 1_234_500, revenue: 99_999_999_999_999, openCount: 2, open: 10, overdue: 0,
            latest: latest
                ? PanelFigures.LatestInvoice(
                    id: Invoice.ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9))), number: "2026-1009")
                : nil)
    }

    @Test func `figures are one object per currency, exact, and fit the schema`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let yen = try #require(Currency("JPY"))
        site.tables.panelView = .figures(contact: contact.id, [figures(.eur), figures(yen, latest: false)])
        let answer = await ask(site)
        try expectSnapshot("panel-figures", "GET \(Self.path)", answer)
        #expect(answer.text.contains(#""value":999999999999.99"#))
        #expect(answer.text.contains(#"{"code":"JPY","value":1234500}"#))
        try PanelSchema.load().check(answer.body)
    }

    @Test func `a contact without invoices, an unlinked record, and ten currencies fit the schema`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let codes = ["AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "NOK", "PLN", "SEK", "USD"]
        let many = codes.compactMap { Currency($0) }.map { figures($0) }
        for view in [PanelView.figures(contact: contact.id, []), .unlinked, .figures(contact: contact.id, many)] {
            site.tables.panelView = view
            let answer = await ask(site)
            #expect(answer.status == 200)
            try PanelSchema.load().check(answer.body)
        }
    }

    @Test func `an unlinked record links to the form that makes the customer`() async {
        let site = Site()
        let answer = await ask(site)
        #expect(answer.text.contains("https://paydock.example/contacts/new?kind=person&pipedrive=person%3A12"))
        let form = await site.get("/contacts/new?kind=person&pipedrive=person%3A12&name=Jo")
        #expect(form.text.contains("For Pipedrive person 12."))
        #expect(form.text.contains("value=\"person\" checked"))
        #expect(form.text.contains("name=\"name\" value=\"Jo\""))
    }

    @Test func `wrong Basic credentials are 401 before the query is looked at`() async {
        for basic in ["panel:wrong", "", "panel"] {
            let answer = await ask(Site(), "/panel/pipedrive", basic: basic)
            #expect(answer.status == 401)
            #expect(answer.field("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
            #expect(answer.text.hasPrefix(#"{"error":{"title":"#))
        }
    }

    @Test func `a disconnected company is 404 and a user without a grant 403, in the documented form`() async {
        let site = Site()
        site.tables.panelView = .disconnected
        let unknown = await ask(site)
        #expect(unknown.status == 404)
        #expect(unknown.text.contains(#""action":{"url":"https://paydock.example/apps/pipedrive","label":"#))
        site.tables.panelView = .notGranted
        let ungranted = await ask(site)
        #expect(ungranted.status == 403)
        #expect(await ask(site, Self.path.replacing("companyId=77", with: "companyId=78")).status == 404)
    }

    @Test func `what is missing in the query is named`() async {
        let answer = await ask(Site(), "/panel/pipedrive?resource=lead&userId=5&companyId=-1&selectedIds=12")
        #expect(answer.status == 400)
        #expect(answer.text.contains("resource, companyId."))
    }
}
