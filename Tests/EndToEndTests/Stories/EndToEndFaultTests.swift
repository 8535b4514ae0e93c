import Foundation
import Glibc
import Postgres
import Testing

/// Every kind of fault at every step of a note's way: as many notes as events, and in order.
///
/// `make test` sends some tens of events through each; `make chaos PART=notes` sets `PAYDOCK_FAULT_EVENTS` to 1,000, and
/// `PAYDOCK_FAULT_CRASH`.
@Suite(.installed, .serialized)
struct EndToEndFaultTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }
    private static let environment = ProcessInfo.processInfo.environment
    private static let eventCount = environment["PAYDOCK_FAULT_EVENTS"].flatMap { Int($0) } ?? 24

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    /// A fault: what the sandbox is told, and what is done meanwhile.
    private struct Fault {
        let name: String
        let step: String
        var rules: [JSON] = []
        /// A minute or so, for waits and leases that no setting shortens: for `make chaos` alone.
        var isSlow = false
        var deed: (@Sendable (Installation) async throws -> Void)?
    }

    private static let notes = "/api/v1/notes"

    /// A rule for so many of the calls that post notes.
    private static func rule(_ members: [String: JSON], count: Int = 4) -> JSON {
        let place: [String: JSON] = [
            "route": .string(notes), "method": "POST", "count": .number(Decimal(count)),
        ]
        return .object(place.merging(members) { $1 })
    }

    private static let faults: [Fault] = [
        Fault(name: "none", step: "-"),
        Fault(name: "HTTP 500", step: "before the effect", rules: [rule(["status": 500])]),
        Fault(name: "HTTP 503", step: "after the effect", rules: [rule(["status": 503, "effect": "after"])]),
        Fault(name: "HTTP 429", step: "before the effect", rules: [rule(["status": 429])]),
        Fault(
            name: "HTTP 403 as HTML", step: "before the effect",
            rules: [rule(["status": 403, "html": true], count: 2)],
            isSlow: true),
        Fault(
            name: "not JSON, HTTP 200", step: "after the effect", rules: [rule(["body": "oops", "effect": "after"])]),
        Fault(name: "half a body", step: "after the effect", rules: [rule(["half": true])]),
        Fault(name: "reset", step: "before the effect", rules: [rule(["reset": "before"])]),
        Fault(name: "reset", step: "after the effect", rules: [rule(["reset": "after"])]),
        Fault(
            name: "no answer in 20 s", step: "after the effect",
            rules: [rule(["latency_ms": 25_000, "effect": "after"])], isSlow: true),
        // Pipedrive goes on although nobody waits for it any more.
        Fault(
            name: "carried out 5 s too late", step: "after the time-out", rules: [rule(["latency_ms": 25_000])],
            isSlow: true),
        Fault(
            name: "token refused", step: "before the effect",
            deed: { _ = try await $0.sandbox.control("POST", "expire-tokens", [:]) }),
        Fault(
            name: "search fails", step: "after a reset",
            rules: [
                rule(["reset": "after"]),
                ["route": .string(notes), "method": "GET", "status": 500, "count": 2],
            ]),
        Fault(
            name: "kill -9", step: "notes in flight",
            rules: [rule(["latency_ms": 1_500, "effect": "after"], count: 40)], isSlow: true,
            deed: { installation in
                try await inFlight(installation)
                _ = try await installation.drainers.kill()
            }),
        Fault(
            name: "20 x kill -9", step: "any two statements", isSlow: true,
            deed: { installation in
                // At any moment means that nothing is waited for.
                for _ in 0..<20 {
                    try await Task.sleep(for: .milliseconds(.random(in: 1...700)))
                    let starts = await installation.drainers.startCount
                    _ = try await installation.drainers.kill()
                    try await installation.until("the next drainer") {
                        await installation.drainers.startCount > starts
                    }
                }
            }),
        Fault(
            name: "the drainer hangs", step: "notes in flight",
            rules: [rule(["latency_ms": 1_500, "effect": "after"], count: 40)], isSlow: true,
            deed: { installation in
                try await inFlight(installation)
                try await installation.drainers.freeze()
                // Of a process that does not run, the lease runs out; another goes on, and this one is too late.
                let other = try installation.start("drainer-other", ["queue-drainer"])
                try await installation.until("all notes despite the frozen drainer") {
                    try installation.unfinished() == 0
                }
                await installation.drainers.thaw()
                other.signal(SIGTERM)
                _ = await other.exitStatus()
            }),
        Fault(
            name: "PostgreSQL restarted", step: "notes in flight",
            rules: [rule(["latency_ms": 500, "effect": "after"], count: 20)], deed: { try await restart($0) }),
    ]

    private static func inFlight(_ installation: Installation) async throws {
        try await installation.until("notes in flight") {
            try installation.count(
                "select count(*) as n from queue.message where state = 'running' and kind = 'note'") > 0
        }
    }

    @Test func `whatever breaks, each event ends in one note, in its deal's order`() async throws {
        let tenant = try await installation.createCompany("Storm BV")
        try await tenant.connect()
        try await tenant.sync()
        let deals = try await sandbox.data("v2/deals?limit=500&status=open").prefix(8).compactMap { $0["id"].whole }
        let ledger = try await NoteLedger(tenant, deals: deals)
        try await installation.until("a quiet queue") { try installation.unfinished() == 0 }
        let isLong = Self.environment["PAYDOCK_FAULT_EVENTS"] != nil
        let only = Self.environment["PAYDOCK_FAULT"]
        for fault in Self.faults where (isLong || !fault.isSlow) && (only ?? fault.name) == fault.name {
            let (account, seconds) = try await endure(fault, ledger)
            #expect(account.isExact && account.notes == Self.eventCount, "\(fault.name), \(fault.step): \(account)")
            Self.tell(fault, account, seconds)
            try checkStates(fault.name)
        }
    }

    private func endure(_ fault: Fault, _ ledger: NoteLedger) async throws -> (NoteLedger.Account, Double) {
        for rule in fault.rules { _ = try await sandbox.control("POST", "faults", rule) }
        let start = ContinuousClock.now
        let written = try ledger.write(Self.eventCount)
        try await fault.deed?(installation)
        try await installation.until("all notes after \(fault.name)") {
            do {
                return try installation.unfinished() == 0
            } catch let error as PostgresError where error.isConnectionLost {
                // The server is starting again.
                return false
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        _ = try await sandbox.control("DELETE", "faults")
        return (try await ledger.account(of: written), seconds)
    }

    private func checkStates(_ name: String) throws {
        #expect(
            try installation.count(
                """
                select (select count(*) from queue.message where state = 'discarded')
                    + (select count(*) from queue.finished where state = 'cancelled') as n
                """) == 0, "\(name)")
    }

    /// A line of the table that `make chaos` shows.
    private static func tell(_ fault: Fault, _ account: NoteLedger.Account, _ seconds: Double) {
        func column(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
        let line =
            "fault table | \(column(fault.name, 24)) | \(column(fault.step, 18)) | \(eventCount) events | "
            + "\(account.notes) notes | \(account.doubles) doubles | \(account.losses) losses | "
            + "\(account.disordered) out of order | \(Int(seconds.rounded())) s\n"
        // At once, also into a file: the long form takes a while.
        FileHandle.standardOutput.write(Data(line.utf8))
    }

    /// Cuts off all sessions three times. With `PAYDOCK_FAULT_CRASH` the server crashes instead: that takes down every
    /// suite's sessions, so it is for a run of this one alone.
    private static func restart(_ installation: Installation) async throws {
        if environment["PAYDOCK_FAULT_CRASH"] != nil {
            let victim = try installation.count(
                """
                select min(pid) as n from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                """)
            #expect(kill(pid_t(victim), SIGKILL) == 0)
            return
        }
        for _ in 0..<3 {
            try installation.sql { connection in
                _ = try connection.query(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """)
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}
