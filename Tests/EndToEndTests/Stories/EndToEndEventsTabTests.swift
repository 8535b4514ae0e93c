import Foundation
import Testing

/// What a person does on the Events tab about notes that did not arrive, and to see that they do.
@Suite(.installed, .serialized)
struct EndToEndEventsTabTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    private static let place = "/apps/pipedrive?tab=events"

    @Test func `notes that were given up go out once a person says so, one or all, and a test note at once`()
        async throws
    {
        let tenant = try await installation.createCompany("Overnieuw BV")
        try await tenant.connect()
        try await tenant.sync()
        let deals = try await sandbox.data("v2/deals?limit=500&status=open").prefix(4).compactMap { $0["id"].whole }
        let ledger = try await NoteLedger(tenant, deals: deals)
        _ = try await sandbox.control(
            "POST", "faults", ["route": "/api/v1/notes", "method": "POST", "count": 4, "status": 404])
        let written = try ledger.write(4)
        try await installation.until("four notes given up") { try discardedCount() == 4 }
        #expect(try await ledger.account(of: written).notes == 0)
        try await retriesOne(tenant)
        #expect(try await ledger.account(of: written).notes == 1)
        try await retriesByProgram()
        #expect(try await ledger.account(of: written).notes == 2)
        let page = try await tenant.browser.page(Self.place)
        let done = try await tenant.browser.submitted(page, "/apps/pipedrive/notes/retry")
        #expect(done.contains("It goes out again now."))
        try await installation.until("all notes") { try installation.unfinished() == 0 && discardedCount() == 0 }
        let account = try await ledger.account(of: written)
        #expect(account.isExact && account.notes == 4, "\(account)")
        #expect(try await !tenant.browser.page(Self.place).contains("Retry all"))
        try await testsNote(tenant, deal: deals[0])
    }

    private func discardedCount() throws -> Int64 {
        try installation.count("select count(*) as n from queue.message where state = 'discarded'")
    }

    private func retriesOne(_ tenant: Tenant) async throws {
        let page = try await tenant.browser.page(Self.place)
        #expect(page.contains("Given up") && page.contains("Retry all") && page.contains("404"))
        let id = try installation.text(
            "select id::text as t from queue.message where state = 'discarded' order by id limit 1")
        let done = try await tenant.browser.submitted(page, "/apps/pipedrive/messages/\(id)/retry")
        #expect(done.contains("It goes out again now."))
        try await installation.until("the retried note") {
            try installation.unfinished() == 0 && discardedCount() == 3
        }
    }

    private func retriesByProgram() async throws {
        let listed = try JSON.parse(
            Data(
                try await installation.run(["paydock", "messages", "list", "--state", "discarded", "--json"]).utf8))
        #expect(listed.items.count == 3 && listed.items.allSatisfy { $0["kind"].text == "note" })
        let id = try (listed.items.first?["id"].whole).orFail("No id: \(listed)")
        try await installation.run(["paydock", "messages", "retry", "\(id)"])
        try await installation.until("the note that the operator retried") {
            try installation.unfinished() == 0 && discardedCount() == 2
        }
    }

    private func testsNote(_ tenant: Tenant, deal: Int) async throws {
        let before = try await sandbox.notes(deal: deal).count
        let page = try await tenant.browser.page(Self.place)
        _ = try await tenant.browser.submitted(page, "/apps/pipedrive/notes/test", [("deal", "\(deal)")])
        try await installation.until("the test note") { try await sandbox.notes(deal: deal).count > before }
        let notes = try await sandbox.notes(deal: deal)
        #expect(notes.count == before + 1)
        #expect(notes.contains { $0["content"].text?.hasPrefix("Test note from PayDock") == true })
    }
}
