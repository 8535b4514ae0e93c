import Domain
import Foundation
import Postgres
import PostgresStore
import PostgresTestSupport
import Sodium
import Testing

/// `paydock keys` as the operator runs it, on a database with every kind of sealed value.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct KeyRotationTests {
    private static let ticket: [UInt8] = [7]
    private static let companyCount = 24

    /// Every kind of sealed value: credentials of many companies, one webhook's secret, parked installs, tokens that
    /// wait to be revoked. The companies, in the order in which they are sealed anew.
    private static func fill(_ stores: Stores) throws -> [Company.ID] {
        let companies = try (0..<companyCount).map { _ in try stores.makeCompany() }
        for (index, company) in companies.enumerated() {
            try stores.connect(
                .number(1, company: 100 + Int64(index)), credentials: .made(company.text), company: company)
        }
        try stores.connect(.number(1, company: 90), credentials: .made("ended"))
        try stores.web { transaction throws in
            try transaction.revocations.keep(exceptTold: [])
            _ = try transaction.connections.disconnect()
            _ = try transaction.settings.webhookEndpoint(
                new: WebhookEndpoint(path: "path", user: Secret("hook-user"), password: Secret("hook-password")))
        }
        try stores.pages {
            try $0.installs.park(
                .made("parked"), user: .number(3), ticketHash: ticket,
                expiresAt: Date(timeIntervalSince1970: 4_000_000_000))
        }
        return companies.sorted { $0.text < $1.text }
    }

    /// How many values are sealed under each key.
    private static func counts(_ stores: Stores) throws -> [String: Int] {
        let rows = try stores.raw("select key_id, sealed_count::int as sealed_count from vault.sealed_counts()")
        return try Dictionary(
            rows.map { (try $0.string("key_id"), try $0.int("sealed_count")) }, uniquingKeysWith: +)
    }

    /// Everything opens under this keyring, and is what was sealed.
    private static func opens(_ stores: Stores, _ companies: [Company.ID], under keyring: Keyring) throws {
        let storage = PostgresStorage(try MigratedTemplate.login(to: stores.database), keyring: keyring)
        for company in companies {
            let credentials = try storage.transaction(.web(company)) {
                try $0.connections.credentials(user: PipedriveUser.ID(1))
            }
            #expect(credentials == .made(company.text))
        }
        let endpoint = try storage.transaction(.web(stores.company)) {
            try $0.settings.webhookEndpoint(
                new: WebhookEndpoint(path: "other", user: Secret("other"), password: Secret("other")))
        }
        #expect(endpoint.user.reveal() == "hook-user" && endpoint.password.reveal() == "hook-password")
        let parked = try storage.transaction(.web(nil)) { try $0.installs.parked(ticketHash: ticket, now: Date()) }
        #expect(parked?.credentials == .made("parked"))
        let revocation = try stores.text("select id::text as value from vault.revocation") ?? ""
        let token = try storage.transaction(.cron(stores.company)) { try $0.revocations.token(revocation) }
        #expect(token?.reveal() == "refresh-ended")
    }

    /// Rotates until it stands before the last company's row, and kills it there.
    private static func rotateKilled(
        _ stores: Stores, _ program: OperatorProgram, before company: Company.ID
    ) throws {
        let holder = try stores.database.connect()
        defer { holder.close() }
        try holder.transaction { connection in
            _ = try connection.query(
                "select from vault.credentials where company_id = \(company.rawValue) for update")
            let run = try program.start("keys", "rotate", "--batch", "5")
            try stores.waitForBlockedSessions()
            #expect(run.kill())
        }
    }

    @Test func `a rotation that is killed in the middle is finished by the next, and the old key can go`() throws {
        try withStores { stores throws in
            let companies = try Self.fill(stores)
            let program = try OperatorProgram(stores)
            defer { #expect(throws: Never.self) { try program.remove() } }
            let old = stores.keyring.currentID
            let total = try Self.counts(stores)[old] ?? 0
            #expect(total == 2 * Self.companyCount + 5)

            try Self.rotateKilled(stores, program, before: try #require(companies.last))
            let new = try program.keyring().currentID
            #expect(new != old)
            #expect(try Set(program.keyring().keyIDs) == [old, new])
            let middle = try Self.counts(stores)
            #expect((middle[old] ?? 0) > 0 && (middle[new] ?? 0) > 0, "\(middle)")
            #expect(middle.values.reduce(0, +) == total)
            try Self.opens(stores, companies, under: try program.keyring())

            let early = try program.run("keys", "retire", old)
            #expect(early.status != 0 && early.text.contains("in use"), "\(early.text)")
            #expect(try program.keyring().keyIDs.contains(old))

            let second = try program.run("keys", "rotate", "--json")
            #expect(second.status == 0, "\(second.text)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(second.text.utf8)) as? [String: Any])
            #expect(report["is_resumed"] as? Bool == true && report["key_id"] as? String == new)
            #expect(try Self.counts(stores) == [new: total])

            let current = try program.run("keys", "retire", new)
            #expect(current.status != 0 && current.text.contains("in use"), "\(current.text)")
            let retired = try program.run("keys", "retire", old)
            #expect(retired.status == 0, "\(retired.text)")
            #expect(try program.keyring().keyIDs == [new])
            try Self.opens(stores, companies, under: try program.keyring())
            #expect(throws: PostgresError.self, "a process that still holds the retired key can't seal under it") {
                try stores.connect(.number(1, company: 90), credentials: .made("late"))
            }
        }
    }
}
