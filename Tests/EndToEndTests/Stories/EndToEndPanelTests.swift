import Foundation
import Testing

/// The panel beside a deal that nothing is known of, until its customer is made from there.
@Suite(.installed)
struct EndToEndPanelTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `an unknown deal is looked at, its customer made from the panel, and the person is back`() async throws {
        let tenant = try await installation.createCompany("Paneel BV")
        try await tenant.connect()
        let deal = try (try await installation.sandbox.data("v2/deals").first { $0["org_id"].whole != nil })
            .orFail("No deal with an organization")
        let (number, organization) = (deal["id"].whole ?? 0, deal["org_id"].whole ?? 0)
        let name = try (try await installation.sandbox.api("v2/organizations/\(organization)")["data"]["name"].text)
            .orFail("No name")

        let unknown = try await object(number)
        #expect(unknown["header"] == "Not a PayDock customer yet")
        #expect(unknown["open_total"] == .null, "nothing is shown of nobody")
        let link = try unknown["customer"]["value"].text.orFail("No link to make the customer")
        let place = String(link.dropFirst(installation.origin.count))
        #expect(try await Visitor(installation.origin).get(place).status == 303, "the link needs a login")
        let page = try await installation.until("the form filled in from the drainer's look") {
            let page = try await tenant.browser.page(place)
            return page.contains("being fetched") ? nil : page
        }
        let form = try HTMLForm(action: place, in: page)
        #expect(form.fields.contains { $0.0 == "name" && $0.1 == name })
        let saved = try await tenant.browser.submit(page, place, [("kind", "organization")])
        #expect(saved.status == 303)
        #expect(saved.fields["location"] == "\(installation.sandbox.origin)/deal/\(number)")

        let known = try await object(number)
        #expect(known["header"] == "No invoices yet")
        #expect(known["customer"]["label"].text == name)
        #expect(known["open_total"]["value"] == 0)
        #expect(try await tenant.list("contacts").map { $0["name"].text } == [name])
    }

    private func object(_ deal: Int) async throws -> JSON {
        let answer = try await installation.panel(
            "resource=deal&view=details&userId=1&companyId=7701&selectedIds=\(deal)&isShared=false")
        #expect(answer.status == 200)
        return try (try answer.json()["data"].items.first).orFail("No object: \(answer.text)")
    }
}
