import Foundation
import Glibc
import Postgres
import Testing

/// A thousand callers in eight processes find the same token expired.
@Suite(.installed, .serialized)
struct EndToEndRefreshTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a thousand callers in eight processes make one refresh, and one more when the holder is killed`()
        async throws
    {
        let tenant = try await installation.createCompany("Storm BV")
        try await tenant.connect()
        // Theirs would be refreshes too.
        await installation.drainers.end()
        for isRotating in [false, true] {
            _ = try await sandbox.control("POST", "oauth", ["rotation": .bool(isRotating)])
            for milliseconds in isRotating ? [0, 1_000] : [0, 1_000, 15_000] {
                try await refreshesOnce(milliseconds)
            }
        }
        _ = try await sandbox.control("POST", "oauth", ["rotation": false])
        try await takesOver()
    }

    /// The token's time is over, here and in Pipedrive, whose token endpoint is slow from now on.
    private func expire(latency milliseconds: Int, count: Int?) async throws {
        _ = try await sandbox.control("DELETE", "faults")
        _ = try await sandbox.control("POST", "expire-tokens")
        try installation.sql {
            _ = try $0.execute("update vault.credentials set expires_at = clock_timestamp() - interval '1 minute'")
        }
        _ = try await sandbox.control("DELETE", "requests")
        guard milliseconds > 0 else { return }
        var fault: [String: JSON] = ["route": "/oauth/token", "latency_ms": .number(Decimal(milliseconds))]
        if let count { fault["count"] = .number(Decimal(count)) }
        _ = try await sandbox.control("POST", "faults", .object(fault))
    }

    private func refreshesOnce(_ milliseconds: Int) async throws {
        try await expire(latency: milliseconds, count: nil)
        let storm = try await Storm(installation)
        if milliseconds >= 15_000 { try await waitsWithoutSessions(storm) }
        let (tokens, asked) = try await served(storm, storm.parts)
        let calls = try await sandbox.requests("/oauth/token").count
        #expect(calls == 1)
        #expect(tokens.count == 1)
        print("Token endpoint \(milliseconds) ms: \(calls) call, \(asked) of 1,000 asked before their first answer")
    }

    /// All callers of these processes got access: the tokens they got, and how many asked before any was answered.
    private func served(_ storm: Storm, _ parts: [Part]) async throws -> (tokens: Set<String>, asked: Int) {
        var (tokens, asked): (Set<String>, Int) = ([], 0)
        for part in parts {
            let outcome = try await storm.outcome(part)
            #expect(outcome["served"].whole == Storm.callersEach, "\(outcome)")
            tokens.formUnion(outcome["tokenDigests"].items.compactMap { $0.text })
            asked += outcome["askedBeforeFirstAnswer"].whole ?? 0
        }
        return (tokens, asked)
    }

    @discardableResult
    private func waitsWithoutSessions(_ storm: Storm) async throws -> Int32 {
        try await installation.until("a holder, and all others waiting for it") {
            let (holder, busyCount) = try storm.sessions()
            if holder != nil { #expect(busyCount == 1, "only the holder keeps a session") }
            return holder
        }
    }

    private func takesOver() async throws {
        // As long as anybody waits: only the holder's death lets another one in.
        try await expire(latency: 25_000, count: 1)
        let storm = try await Storm(installation)
        let holder = try await waitsWithoutSessions(storm)
        try await installation.until("the holder's call is under way") {
            try await sandbox.control("GET", "faults")["data"].items.allSatisfy { $0["remaining"] == 0 }
        }
        let dead = try storm.parts.first { $0.id == holder }.orFail("\(holder) is none of ours")
        let clock = ContinuousClock.now
        dead.signal(SIGKILL)
        let (tokens, _) = try await served(storm, storm.parts.filter { $0.id != holder })
        let took = clock.duration(to: .now)
        #expect(tokens.count == 1)
        let state = try installation.text("select state::text as t from pipedrive.connection")
        #expect(state == "live")
        try await installation.until("both calls have ended") { try await sandbox.requests("/oauth/token").count >= 2 }
        #expect(try await sandbox.requests("/oauth/token").count == 2, "the dead one's, and exactly one more")
        #expect(
            try installation.count(
                "select count(*) as n from vault.credentials where expires_at > clock_timestamp()") == 1)
        print("Holder killed: the other 875 callers were served within \(took)")
    }
}
