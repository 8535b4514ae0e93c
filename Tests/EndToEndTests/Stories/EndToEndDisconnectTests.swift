import Foundation
import Postgres
import Testing

/// A connection ends from either side, while a sync and a drain are at work, whatever Pipedrive answers.
@Suite(.installed, .serialized)
struct EndToEndDisconnectTests {
    /// What Pipedrive's API and OAuth answer while it happens.
    enum Pipedrive: String, Sendable {
        case fine, failing, silent

        var fault: [String: JSON]? {
            switch self {
            case .fine: nil
            case .failing: ["status": 500]
            case .silent: ["latency_ms": 60_000, "status": 500]
            }
        }
    }

    /// Who ends it: each twice.
    enum Order: String, Sendable { case disconnectFirst, uninstallFirst, together }

    struct Case: Sendable, CustomTestStringConvertible {
        let order: Order
        let pipedrive: Pipedrive
        /// Whether Pipedrive knows at once: from us, or because it was told by its own user.
        var isTold: Bool { pipedrive == .fine || order != .disconnectFirst }
        var testDescription: String { "\(order.rawValue), Pipedrive \(pipedrive.rawValue)" }
    }

    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test(arguments: [
        Case(order: .disconnectFirst, pipedrive: .fine), Case(order: .uninstallFirst, pipedrive: .fine),
        Case(order: .together, pipedrive: .failing), Case(order: .disconnectFirst, pipedrive: .failing),
        Case(order: .disconnectFirst, pipedrive: .silent),
    ])
    func `it ends wholly while a sync and notes are in flight, and reconnecting makes nothing twice`(
        _ tried: Case
    ) async throws {
        let tenant = try await installation.createCompany("Slot BV")
        try await tenant.connect()
        try await tenant.sync()
        let before = try Stock(installation, tenant)
        let holds = try await setInMotion(tenant)
        try await disturb(tried.pipedrive)
        let clock = ContinuousClock.now
        let page = try await end(tenant, tried.order)
        print("\(tried): the pages came within \(clock.duration(to: .now)): \(Self.notice(in: page))")
        for hold in holds { _ = try await sandbox.control("DELETE", "faults/\(hold)") }
        try await comesToRest(tenant, isTold: tried.isTold)
        _ = try await sandbox.control("DELETE", "faults")
        try await staysQuiet(tenant)
        let after = try Stock(installation, tenant)
        #expect(after.lasting == before.lasting, "contacts, products and links stay")
        try await knowsInPipedrive(tenant)
        if tried.order == .disconnectFirst { try await uninstallTwice() }
        try await reconnects(tenant, before: after)
    }

    // MARK: Steps

    /// A sync and notes are under way, and more notes wait behind them. The ids of the faults that hold both back at
    /// Pipedrive: they come no further before these are lifted.
    private func setInMotion(_ tenant: Tenant) async throws -> [Int] {
        var holds: [Int] = []
        for route in ["/api/v2/persons", "/api/v1/notes"] {
            let fault = try await sandbox.control("POST", "faults", ["route": .string(route), "latency_ms": 600_000])
            holds.append(try (fault["data"]["id"].whole).orFail("The fault has no id"))
        }
        let contact = try (try await tenant.list("contacts").first).orFail("There is no contact")
        for deal in [1, 1, 2, 2] {
            let line: JSON = ["description": "Bollen", "unit_price_excl": 12, "tax_percentage": 9]
            let quote = try await tenant.api(
                "POST", "quotes",
                ["contact_id": contact["id"], "pipedrive_deal_id": .number(Decimal(deal)), "lines": [line]])
            _ = try await tenant.api("POST", "quotes/\(quote["id"].text ?? "")/send")
        }
        try await tenant.startSync()
        try await installation.until("a sync and notes in flight") {
            try installation.count(
                """
                select count(distinct kind) as n from queue.message where state = 'running' and kind in ('note', 'sync')
                """) == 2
        }
        return holds
    }

    private func disturb(_ pipedrive: Pipedrive) async throws {
        guard let fault = pipedrive.fault else { return }
        for route in ["/api/", "/oauth/"] {
            _ = try await sandbox.control("POST", "faults", .object(fault.merging(["route": .string(route)]) { $1 }))
        }
    }

    /// Ends the connection from here and from there, each twice; the page that the first press led to.
    private func end(_ tenant: Tenant, _ order: Order) async throws -> String {
        let form = try await tenant.browser.page("/apps/pipedrive")
        let press = { @Sendable in try await tenant.browser.submitted(form, "/apps/pipedrive/disconnect") }
        if order == .together {
            async let uninstalls: Void = uninstallTwice()
            async let page = press()
            _ = try await press()
            try await uninstalls
            return try await page
        }
        if order == .uninstallFirst { try await uninstallTwice() }
        let page = try await press()
        #expect(try await press().contains("Disconnected"))
        return page
    }

    private func uninstallTwice() async throws {
        for _ in 1...2 {
            let notice = try await sandbox.control("POST", "uninstall", ["user_id": 1])
            #expect(notice["data"]["callback_status"] == 200)
        }
    }

    private static func notice(in page: String) -> String {
        let words = page.components(separatedBy: "Pipedrive").dropFirst().map { "Pipedrive" + $0.prefix { $0 != "<" } }
        return words.first { $0.contains("disconnected") || $0.contains("told") } ?? "no notice"
    }

    /// Nothing opens any more, nothing waits but telling Pipedrive, and the page says how that stands.
    private func comesToRest(_ tenant: Tenant, isTold: Bool) async throws {
        let page = try await tenant.browser.page("/apps/pipedrive")
        #expect(page.contains("Disconnected"))
        #expect(isTold || page.contains("Pipedrive could not be told yet that access has ended"))
        #expect(try installation.count("select count(*) as n from vault.revocation") <= 1)
        #expect(try installation.count("select count(*) as n from vault.credentials") == 0)
        try await installation.until("what was in flight has come to its end") {
            try installation.count(
                """
                select count(*) as n from queue.message
                where kind not in ('revoke', 'mail') and state in ('available', 'scheduled', 'running', 'retryable')
                """) == 0
        }
        #expect(
            try installation.count("select count(*) as n from pipedrive.sync_run where state = 'running'") == 0)
    }

    /// With Pipedrive well again nothing is sent to its API, not for what happens from now on either.
    private func staysQuiet(_ tenant: Tenant) async throws {
        let mark = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let contact = try (try await tenant.list("contacts").first).orFail("There is no contact")
        let quote = try await tenant.api(
            "POST", "quotes",
            [
                "contact_id": contact["id"], "pipedrive_deal_id": 3,
                "lines": [["description": "Later", "unit_price_excl": 1, "tax_percentage": 9]],
            ])
        _ = try await tenant.api("POST", "quotes/\(quote["id"].text ?? "")/send")
        _ = try await installation.run(["queue-drainer", "--once"])
        let calls = try await sandbox.requests("/api/").filter { ($0["at"].text ?? "") > mark }
        #expect(calls.isEmpty, "no call to Pipedrive's API any more: \(calls)")
    }

    /// With Pipedrive well again it is told what it could not be told: grant and webhooks are gone there too.
    private func knowsInPipedrive(_ tenant: Tenant) async throws {
        try await installation.until("no token is kept for revoking any more") {
            try installation.sql {
                _ = try $0.execute(
                    "update queue.message set due_at = clock_timestamp() where kind = 'revoke' and state <> 'running'")
            }
            return try installation.count("select count(*) as n from vault.revocation") == 0
        }
        try await installation.until("Pipedrive has neither grant nor webhooks") {
            try sandbox.records("webhook").isEmpty && sandbox.remembered()?["grants"].items.isEmpty == true
        }
        #expect(try await !tenant.browser.page("/apps/pipedrive").contains("could not be told"))
    }

    private func reconnects(_ tenant: Tenant, before: Stock) async throws {
        let page = try await tenant.syncing { try await tenant.install() }
        #expect(page.contains("Connected to Tulp &amp; Zonen"))
        try await installation.until("all is done") { try installation.unfinished() == 0 }
        #expect(try Stock(installation, tenant).lasting == before.lasting, "nothing comes twice")
        let objects = try await sandbox.data("v1/webhooks").compactMap { $0["event_object"].text }
        #expect(objects.sorted() == ["deal", "organization", "person", "product"])
        let notes = try await sandbox.data("v1/notes?limit=500").compactMap { $0["content"].text }
        let references = notes.compactMap { $0.firstMatch(of: /Ref [0-9A-Z]{4}-[0-9A-Z]{4}/).map { String($0.output) } }
        #expect(Set(references).count == references.count, "no note twice")
        #expect(try await !sandbox.notes(deal: 3).contains { $0["content"].text?.contains("Ref ") == true })
        try await tenant.disconnect()
    }
}

/// What has to outlive a connection.
private struct Stock {
    /// Contacts, products and live links, by name.
    let lasting: [String: Int64]

    init(_ installation: Installation, _ tenant: Tenant) throws {
        lasting = try installation.sql { connection in
            var lasting: [String: Int64] = [:]
            for table in ["books.contact", "books.product", "pipedrive.link"] {
                let state = table == "pipedrive.link" ? "and t.state = 'live'" : ""
                lasting[table] = try connection.query(
                    """
                    select count(*) as n from \(unsafe: table) t join books.company c using (company_id)
                    where c.name = \(tenant.name) \(unsafe: state)
                    """
                ).first?.int64("n")
            }
            return lasting
        }
    }
}
