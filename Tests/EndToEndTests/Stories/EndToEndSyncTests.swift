import Foundation
import Postgres
import Testing

/// From connecting to the first sync, and what is left to a person.
@Suite(.installed)
struct EndToEndSyncTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `the first sync is previewed, applied with one click, and what is uncertain is decided on a page`()
        async throws
    {
        let tenant = try await installation.createCompany("Eerst Kijken BV")
        let address = "een.van.twee@example.com"
        let person = try await installation.sandbox.control(
            "POST", "persons", ["name": "Een of ander", "emails": [["value": .string(address), "primary": true]]])[
                "data"]
        var ours: [String] = []
        for name in ["Een van twee", "De ander"] {
            let contact = try await tenant.api(
                "POST", "contacts", ["kind": "person", "name": .string(name), "emails": [.string(address)]])
            ours.append(try contact["id"].text.orFail("No id"))
        }
        try await tenant.connect()
        try await previews(tenant)
        try await tenant.sync()
        #expect(try await tenant.list("contacts").count > 2)
        try await decides(tenant, person, ours[1])
        try await logs(tenant)
        try await sellsVariations(tenant)
    }

    /// Everything was read, and nothing is written before somebody has said so.
    private func previews(_ tenant: Tenant) async throws {
        let page = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        #expect(page.contains("Your first sync") && page.contains("Apply and sync now"))
        #expect(try await tenant.list("contacts").count == 2)
        #expect(try await tenant.list("products").isEmpty)
        let again = try await tenant.browser.submitted(page, "/apps/pipedrive/sync")
        #expect(again.contains("Nothing is written before you apply the preview."))
        let night = try await installation.run(["nightly-sync"])
        #expect(!night.contains("error"))
        #expect(try await tenant.list("contacts").count == 2)
        #expect(try installation.count("select count(*) as n from pipedrive.sync_run where mode = 'full'") == 0)
    }

    private func decides(_ tenant: Tenant, _ person: JSON, _ chosen: String) async throws {
        let page = try await tenant.browser.page("/apps/pipedrive/attention")
        #expect(page.contains("Een van twee") && page.contains("De ander") && page.contains("Link to this one"))
        let answer = [
            ("kind", "person"), ("record", "\(person["id"].whole ?? 0)"), ("choice", chosen),
        ]
        let decided = try await tenant.browser.submitted(page, "/apps/pipedrive/attention/match", answer)
        #expect(decided.contains("Your decision is kept"))
        let twice = try await tenant.browser.submitted(page, "/apps/pipedrive/attention/match", answer)
        #expect(twice.contains("This was decided before"))
        try await installation.until("the link") {
            try installation.count(
                """
                select count(*) as n from pipedrive.link where kind = 'person' and state = 'live'
                    and record_id = \(person["id"].whole ?? 0) and local_id = '\(chosen)'
                """) == 1
        }
    }

    private func logs(_ tenant: Tenant) async throws {
        let logs = try await tenant.browser.page("/apps/pipedrive?tab=logs")
        let run = try logs.components(separatedBy: "href=\"/apps/pipedrive/runs/").dropFirst().first
            .map { String($0.prefix { $0 != "\"" }) }.orFail("Logs leads to no run")
        #expect(try await tenant.browser.page("/apps/pipedrive/runs/\(run)").contains("created in PayDock"))
        let file = try await tenant.browser.get("/apps/pipedrive/runs/\(run).csv")
        #expect(file.status == 200 && file.text.contains(",created in PayDock,Name,,"))
        #expect(try await tenant.browser.page("/apps/pipedrive/changes").contains("linked"))
    }

    /// Each variation is a row of the catalog, once, and a price that is changed here reaches it there.
    private func sellsVariations(_ tenant: Tenant) async throws {
        let there = try installation.sandbox.records("variation")
        #expect(!there.isEmpty)
        func rows() async throws -> [JSON] {
            try await tenant.list("products").filter { $0["name"].text?.contains(" – ") == true }
        }
        #expect(try await rows().count == there.count)
        try installation.sql { _ = try $0.execute("update pipedrive.settings set product_direction = 'both'") }
        let row = try await rows().first.orFail("No row")
        let price: JSON = [
            "name": row["name"], "unit": row["unit"], "description": row["description"],
            "tax_percentage": row["tax_percentage"], "active": row["active"],
            "prices": [["currency": "EUR", "amount": .number(1234.5)]],
        ]
        _ = try await tenant.api("PUT", "products/\(row["id"].text ?? "")", price)
        let name = row["name"].text?.components(separatedBy: " – ").last
        try await installation.until("the price in Pipedrive") {
            try installation.sandbox.records("variation").contains {
                $0["name"].text == name && $0["prices"].items.contains { $0["price"].number == 1234.5 }
            }
        }
        try await tenant.sync()
        #expect(try await rows().count == there.count)
        #expect(try await rows().contains { $0["id"] == row["id"] && $0["prices"].items.count == 1 })
    }
}
