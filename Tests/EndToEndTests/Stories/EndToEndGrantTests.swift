import Foundation
import Testing

/// Several users of one Pipedrive company, each with a grant of their own.
@Suite(.installed, .serialized)
struct EndToEndGrantTests {
    private static let allScopes =
        "base,deals:full,contacts:full,products:full,activities:full,webhooks:full,users:read,leads:full"

    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    private func panelStatus(user: Int) async throws -> Int {
        try await installation.panel("resource=deal&view=details&userId=\(user)&companyId=7701&selectedIds=1").status
    }

    private func uninstall(_ user: Int) async throws {
        let notice = try await sandbox.control("POST", "uninstall", ["user_id": .number(Decimal(user))])
        #expect(notice["data"]["callback_status"] == 200)
    }

    @Test func `each user unlocks their own panel, the oldest admin takes over, and without one it ends`()
        async throws
    {
        let tenant = try await installation.createCompany("Samen BV")
        try await tenant.connect()
        _ = try await sandbox.control("PATCH", "users/3", ["is_admin": true])
        #expect(try await panelStatus(user: 1) == 200)
        #expect(try await panelStatus(user: 3) == 403, "nobody gave access as this user yet")
        for user in ["2", "3"] { _ = try await tenant.install(user: user) }
        for user in 1...3 { #expect(try await panelStatus(user: user) == 200) }
        let users = try await tenant.browser.page("/apps/pipedrive")
        #expect(users.contains("<strong>Anouk Boterbloem</strong> serves sync, webhooks and notes"))
        #expect(users.contains("<strong>Bram Lindeveld</strong> sees the panel"))

        try await uninstall(1)
        #expect(try await panelStatus(user: 1) == 403)
        let handed = try await tenant.browser.page("/apps/pipedrive")
        #expect(handed.contains("It was handed over to Zoë van der Sluisman (3)"), "the admin, not the older grant")
        try await installation.until("the heir's four webhooks") {
            let isDone = try installation.unfinished() == 0
            let owners = try sandbox.records("webhook").map { $0["user_id"] }
            return isDone && owners.count == 4 && owners.allSatisfy { $0 == 3 }
        }
        try await tenant.sync()

        try await uninstall(3)
        #expect(try await tenant.browser.page("/apps/pipedrive").contains("Disconnected"), "no admin is left")
        #expect(try await panelStatus(user: 2) == 404)
        #expect(try installation.count("select count(*) as n from vault.credentials") == 0)
    }

    @Test func `what Pipedrive grants or hides is said: a missing scope, and an owner who is no administrator`()
        async throws
    {
        let tenant = try await installation.createCompany("Minder BV")
        _ = try await tenant.logIn()
        _ = try await sandbox.control(
            "POST", "oauth", ["scope": .string(Self.allScopes.replacing(",leads:full", with: ""))])
        let lacking = try await tenant.install(user: "2")
        #expect(lacking.contains("<code>leads:full</code>") && lacking.contains("Re-authorise"))
        #expect(lacking.contains("records that are hidden from Bram Lindeveld do not sync"))
        _ = try await sandbox.control("POST", "oauth", ["scope": .string(Self.allScopes)])
        let whole = try await tenant.install(user: "2")
        #expect(!whole.contains("Re-authorise"))
        try await tenant.disconnect()
    }
}
