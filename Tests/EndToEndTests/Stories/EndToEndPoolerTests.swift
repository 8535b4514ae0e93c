import Foundation
import Postgres
import Testing

/// Everything works through PgBouncer in transaction mode: no named statements, no session's state.
@Suite(.installedBehindPooler, .serialized)
struct EndToEndPoolerTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `login, install, refresh, drain and keys work through PgBouncer`() async throws {
        let tenant = try await installation.createCompany("Vijver BV")
        try await tenant.connect()
        try await expire()
        try await tenant.sync()
        #expect(try await sandbox.requests("/oauth/token").count == 1, "the drain refreshed once")
        #expect(try await !tenant.list("contacts").isEmpty)
        #expect(try await installation.run(["paydock", "doctor"]).contains("database: fine"))
        _ = try await installation.run(["paydock", "keys", "rotate"])
        await installation.drainers.end()
        try await expire()
        // Long enough that all processes wait for the one that refreshes.
        _ = try await sandbox.control("POST", "faults", ["route": "/oauth/token", "latency_ms": 3000])
        let storm = try await Storm(installation)
        for part in storm.parts { #expect(try await storm.outcome(part)["served"].whole == Storm.callersEach) }
        #expect(try await sandbox.requests("/oauth/token").count == 1, "a thousand callers refreshed once")
        try sharesSessions()
    }

    /// The token's time is over; calls so far are forgotten.
    private func expire() async throws {
        _ = try await sandbox.control("POST", "expire-tokens")
        try installation.sql {
            _ = try $0.execute("update vault.credentials set expires_at = clock_timestamp() - interval '1 minute'")
        }
        _ = try await sandbox.control("DELETE", "requests")
    }

    /// Far more clients were there than sessions: nobody went round the pooler.
    private func sharesSessions() throws {
        let sessions = try installation.count(
            """
            select count(*) as n from pg_stat_activity where datname = current_database()
                and usename like 'paydock_login_%' and application_name <> 'queue-drainer listen'
            """)
        #expect((1...Int64(Pooler.sessionCount)).contains(sessions))
    }
}
