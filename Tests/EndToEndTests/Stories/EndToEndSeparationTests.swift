import Foundation
import Testing

/// Two companies on one installation: the second learns nothing of the first.
@Suite(.installed)
struct EndToEndSeparationTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a second company sees nothing of the first`() async throws {
        let first = try await installation.createCompany("Eerste BV")
        let second = try await installation.createCompany("Tweede BV")
        try await first.connect()
        try await first.sync()
        _ = try await second.logIn()
        let documents = try await makeDocuments(first)
        try await seesEmptyLists(second)
        try await findsNothing(second, documents)
        try await cannotTakeOver(second, first)
        try await hasItsOwnPanel()
    }

    /// A contact, a quote and an invoice of the first company.
    private func makeDocuments(_ tenant: Tenant) async throws -> [(kind: String, id: String)] {
        let contact = try (try await tenant.list("contacts").first).orFail("The sync brought no contact")
        let line: JSON = ["description": "Bollen", "unit_price_excl": 10, "tax_percentage": 21]
        let content: JSON = ["contact_id": contact["id"], "lines": [line]]
        let quote = try await tenant.api("POST", "quotes", content)
        let invoice = try await tenant.api("POST", "invoices", content)
        let product = try (try await tenant.list("products").first).orFail("The sync brought no product")
        return try [("contacts", contact), ("quotes", quote), ("invoices", invoice), ("products", product)].map {
            ($0.0, try $0.1["id"].text.orFail("No id"))
        }
    }

    private func seesEmptyLists(_ tenant: Tenant) async throws {
        for kind in ["contacts", "products", "quotes", "invoices", "subscriptions"] {
            #expect(try await tenant.api("GET", kind)["total"] == 0, "\(kind)")
        }
        for place in ["/contacts", "/products", "/quotes", "/invoices", "/apps", "/apps/pipedrive?tab=logs"] {
            let page = try await tenant.browser.page(place)
            #expect(!page.contains("Tulp &amp; Zonen"), "\(place)")
            #expect(!page.contains("Eerste BV"), "\(place)")
        }
    }

    private func findsNothing(_ tenant: Tenant, _ documents: [(kind: String, id: String)]) async throws {
        for (kind, id) in documents {
            #expect(try await tenant.call("GET", "\(kind)/\(id)").status == 404, "\(kind)")
            if kind != "products" { #expect(try await tenant.browser.get("/\(kind)/\(id)").status == 404, "\(kind)") }
        }
        let contact = try (documents.first { $0.kind == "contacts" }?.id).orFail("No contact")
        let line: JSON = ["description": "Bollen", "unit_price_excl": 10, "tax_percentage": 21]
        let stolen = try await tenant.call("POST", "quotes", ["contact_id": .string(contact), "lines": [line]])
        #expect((400..<500).contains(stolen.status), "no quote for another company's contact")
        let renamed = try await tenant.call("PUT", "contacts/\(contact)", ["name": "Van ons"])
        #expect(renamed.status == 404)
        #expect(try await tenant.call("DELETE", "contacts/\(contact)").status == 404)
    }

    /// A Pipedrive company belongs to one PayDock company.
    private func cannotTakeOver(_ second: Tenant, _ first: Tenant) async throws {
        let form = try HTMLForm(action: "/oauth/authorize", in: try await second.consent())
        let allowed = try await HTTP.send(
            "POST", "\(installation.sandbox.origin)/oauth/authorize",
            fields: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Data(HTTP.encoded(form.fields + [("user_id", "2"), ("decision", "allow")]).utf8))
        let answer = try await second.browser.get(try allowed.fields["location"].orFail("Allow led nowhere"))
        #expect(answer.status == 409)
        #expect(!answer.text.contains("Eerste BV"))
        #expect(try await second.browser.page("/apps/pipedrive").contains("Install"))
        #expect(try await first.browser.page("/apps/pipedrive").contains("Connected to Tulp &amp; Zonen"))
    }

    private func hasItsOwnPanel() async throws {
        let query = "resource=person&view=details&selectedIds=1"
        #expect(try await installation.panel("\(query)&userId=1&companyId=7701").status == 200)
        #expect(try await installation.panel("\(query)&userId=1&companyId=7702").status == 404)
        #expect(try await installation.panel("\(query)&userId=3&companyId=7701").status == 403)
    }
}
