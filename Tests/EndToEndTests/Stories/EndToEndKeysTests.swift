import Foundation
import Glibc
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

/// `paydock keys` while everything that seals and opens is at work.
@Suite(.installed, .serialized)
struct EndToEndKeysTests {
    private static let parkedCount = 10

    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `keys rotate under load, survive kill -9 in the middle, and a key in use can't be retired`()
        async throws
    {
        let tenant = try await installation.createCompany("Sleutel BV")
        try await tenant.connect()
        // Before the first sync nothing is looked at live, and so no token is needed.
        try await tenant.sync()
        let visitors = try await park()
        let (old, total) = try keys().first.map { ($0.key, $0.value) }.orFail("Nothing is sealed")
        let load = Load(installation, visitors)
        let working = Task { try await load.run() }
        try await installation.until("load") { load.roundCount >= 2 }
        try await rotateKilled()
        let middle = try keys()
        #expect(middle.count == 2 && middle.values.reduce(0, +) >= total, "\(middle)")
        let refused = await #expect(throws: Failure.self) {
            try await installation.run(["paydock", "keys", "retire", old])
        }
        #expect(refused.map { "\($0)".contains("in use") } == true, "\(String(describing: refused))")
        let rounds = load.roundCount
        try await installation.until("load on two keys") { load.roundCount >= rounds + 2 }
        _ = try await installation.run(["paydock", "keys", "rotate"])
        try await installation.until("all is sealed under the new key") {
            let keys = try keys()
            return keys.count == 1 && keys[old] == nil
        }
        _ = try await installation.run(["paydock", "keys", "retire", old])
        let after = load.roundCount
        try await installation.until("load without the old key") { load.roundCount >= after + 2 }
        load.stop()
        try await working.value
        #expect(load.failures.isEmpty, "\(load.failures)")
        try await tenant.sync()
        #expect(try await tenant.browser.page("/apps/pipedrive?tab=logs").contains("re-sealed"))
        print("Rotated \(total) sealed rows under \(load.roundCount) rounds of load, killed once in the middle")
    }

    /// Installs that wait for an answer, each with tokens of its own; the browsers that hold their tickets.
    private func park() async throws -> [Visitor] {
        var visitors: [Visitor] = []
        for _ in 0..<Self.parkedCount {
            let visitor = Visitor(installation.origin)
            let callback = try await sandbox.decide(try await sandbox.consentPage(), user: "2")
            #expect(try await visitor.get(callback).status == 303)
            visitors.append(visitor)
        }
        return visitors
    }

    /// How many values are sealed under each key.
    private func keys() throws -> [String: Int64] {
        try installation.sql { connection in
            let rows = try connection.query("select key_id, sealed_count::bigint as n from vault.sealed_counts()")
            return Dictionary(try rows.map { (try $0.string("key_id"), try $0.int64("n")) }, uniquingKeysWith: +)
        }
    }

    /// Rotates until it stands before a row that somebody holds, and kills it there.
    private func rotateKilled() async throws {
        let holder = try installation.database.connect()
        defer { holder.close() }
        try await holder.transaction { connection in
            _ = try connection.query(
                "select from vault.pending_install order by ticket_hash desc limit 1 for update")
            let run = try installation.start("rotate", ["paydock", "keys", "rotate", "--batch", "1"])
            try await installation.until("the rotation stands before the row") {
                try installation.count(
                    """
                    select count(*) as n from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock' and query ilike '%pending_install%'
                    """) > 0
            }
            run.signal(SIGKILL)
            #expect(await run.exitStatus() == SIGKILL)
        }
    }
}

/// Webhooks proven by their sealed password, parked installs opened, and tokens refreshed and sealed, round by round.
private final class Load: Sendable {
    private let installation: Installation
    private let visitors: [Visitor]
    private let state = Mutex((rounds: 0, failures: [String](), isStopped: false))

    init(_ installation: Installation, _ visitors: [Visitor]) {
        (self.installation, self.visitors) = (installation, visitors)
    }

    var roundCount: Int { state.withLock { $0.rounds } }
    var failures: [String] { state.withLock { $0.failures } }
    func stop() { state.withLock { $0.isStopped = true } }

    func run() async throws {
        let hook = try (try await installation.sandbox.data("v1/webhooks").first).orFail("No webhooks")
        let proof = HTTP.basic(hook["http_auth_user"].text ?? "", hook["http_auth_password"].text ?? "")
        let url = try hook["subscription_url"].text.orFail("No subscription_url")
        while state.withLock({ !$0.isStopped }) {
            let delivery = try await HTTP.send("POST", url, fields: ["Authorization": proof], body: Data("x".utf8))
            note(delivery.status == 200, "a webhook was answered \(delivery.status)")
            for visitor in visitors {
                let page = try await visitor.get("/apps/pipedrive/link")
                note(page.text.contains("Tulp &amp; Zonen"), "a parked install did not open: \(page.status)")
            }
            try await refresh()
            state.withLock { $0.rounds += 1 }
        }
    }

    /// The token's time is over, and a changed person makes the drainer need it.
    private func refresh() async throws {
        let audits = try refreshes()
        try installation.sql {
            _ = try $0.execute("update vault.credentials set expires_at = clock_timestamp() - interval '1 minute'")
        }
        _ = try await installation.sandbox.control("PATCH", "persons/3", ["name": .string("Ronde \(roundCount)")])
        try await installation.until("a refresh") { try refreshes() > audits }
    }

    private func refreshes() throws -> Int64 {
        try installation.count("select count(*) as n from pipedrive.audit where action = 'refreshed'")
    }

    private func note(_ isGood: Bool, _ failure: String) {
        if !isGood { state.withLock { $0.failures.append(failure) } }
    }
}
