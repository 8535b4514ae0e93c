import Foundation
import Glibc
import Testing

/// Drainers that follow each other, and overlap, as cron starts them.
///
/// `make test` runs three of them for some seconds each; `make chaos` sets `PAYDOCK_HANDOVER_MINUTES` and starts one a
/// minute, each left alone until it ends by itself.
@Suite(.installed, .serialized)
struct EndToEndHandoverTests {
    let installation: Installation
    private static let minutes = ProcessInfo.processInfo.environment["PAYDOCK_HANDOVER_MINUTES"].flatMap { Int($0) }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `from one drainer to the next nothing is lost, doubled or out of order`() async throws {
        let tenant = try await installation.createCompany("Estafette BV")
        try await tenant.connect()
        try await tenant.sync()
        let deals = try await installation.sandbox.data("v2/deals?limit=500&status=open").prefix(6)
            .compactMap { $0["id"].whole }
        let ledger = try await NoteLedger(tenant, deals: deals)
        await installation.drainers.end()
        async let drained: Void = runDrainers()
        var written: [Int: [String]] = [:]
        // Not a second longer than there are drainers: what came after them would wait for the last one, below.
        let end = ContinuousClock.now + .seconds(Self.minutes.map { $0 * 60 } ?? 15)
        while ContinuousClock.now < end {
            for (deal, events) in try ledger.write(6) { written[deal, default: []] += events }
            try await Task.sleep(for: .seconds(1))
        }
        try await drained
        // What came while the last one ended is the next one's.
        let last = try installation.start("drainer-last", ["queue-drainer", "--once"])
        #expect(await last.exitStatus() == 0)
        #expect(try installation.unfinished() == 0)
        let account = try await ledger.account(of: written)
        #expect(account.isExact, "\(account)")
        let times = try installation.text(
            """
            select format('p50 %s s, p99 %s s, slowest %s s', round(p[1]::numeric, 2), round(p[2]::numeric, 2),
                round(p[3]::numeric, 2)) as t
            from (
                select percentile_cont(array[0.5, 0.99, 1]) within group (
                    order by extract(epoch from finished_at - caused_at)::double precision) as p
                from queue.finished where kind = 'note' and company_id = '\(ledger.company)') f
            """)
        let attempts = try installation.text(
            """
            select string_agg(format('%s %s after %s s', a.outcome, a.detail, round(
                extract(epoch from a.finished_at - f.caused_at), 2)), ', ' order by a.finished_at) as t
            from queue.attempt a join (
                select * from queue.finished where kind = 'note' and company_id = '\(ledger.company)'
                order by finished_at - caused_at desc limit 1) f on f.company_id = a.company_id and f.id = a.message_id
            """)
        print("handover | \(account) | \(times): \(attempts)")
    }

    private func runDrainers() async throws {
        if let minutes = Self.minutes { return try await runByTheMinute(minutes) }
        var before: Part?
        for number in 1...3 {
            let part = try installation.start("drainer-\(number)", ["queue-drainer"])
            // Both claim for a while, then the older one is told to end.
            try await Task.sleep(for: .seconds(3))
            before?.signal(SIGTERM)
            if let before { #expect(await before.exitStatus() == 0) }
            try await Task.sleep(for: .seconds(2))
            before = part
        }
        before?.signal(SIGTERM)
        if let before { #expect(await before.exitStatus() == 0) }
    }

    private func runByTheMinute(_ minutes: Int) async throws {
        var parts: [Part] = []
        for number in 1...minutes {
            parts.append(try installation.start("drainer-\(number)", ["queue-drainer"]))
            try await Task.sleep(for: .seconds(60))
        }
        for part in parts { #expect(await part.exitStatus() == 0) }
    }
}
