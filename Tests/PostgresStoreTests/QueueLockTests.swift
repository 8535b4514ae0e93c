import Dispatch
import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

/// Transactions that want the same rows as a drainer's turn.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueueLockTests {
    private static func completed(_ message: OutboxMessage) -> FinishedAttempt {
        FinishedAttempt(message: message, outcome: AttemptOutcome(.completed, .completed))
    }

    private static func turn(_ results: [OutboxMessage], renewals: [OutboxMessage] = []) -> DrainTurn {
        var turn = DrainTurn(worker: "w", leaseSeconds: 60)
        turn.results = results.map(completed)
        turn.renewals = renewals
        return turn
    }

    /// Whoever waits after all fails, rather than for ever.
    private static func waitNoLonger(_ transaction: any StorageTransaction) throws {
        let connection = try #require(transaction as? PostgresTransaction).connection
        try connection.execute("set local lock_timeout = '30s'")
    }

    @Test func `a turn that PostgreSQL ends because of a deadlock is run again, and counts once`() throws {
        try withStores { stores throws in
            try stores.add("first")
            try stores.add("second")
            let messages = try stores.messages()
            let (first, second) = (try #require(messages.first), try #require(messages.last))
            let runs = Counter()
            let holds = DispatchSemaphore(value: 0)
            let results = race(2) { index -> Set<OutboxMessage.ID> in
                guard index == 0 else {
                    let other = try stores.database.connect()
                    defer { other.close() }
                    // It waits as long as it takes, so the turn is what PostgreSQL ends.
                    try other.execute("set deadlock_timeout = '1h'")
                    try other.transaction { connection in
                        try connection.execute("select from queue.message where id = \(second.id) for update")
                        holds.signal()
                        try connection.execute("select from queue.message where id = \(first.id) for update")
                    }
                    return []
                }
                holds.wait()
                return try stores.everywhere { transaction in
                    let one = try transaction.drain.turn(Self.turn([first])).ours
                    if runs.next() == 1 { try stores.waitForBlockedSessions() }
                    return one.union(try transaction.drain.turn(Self.turn([second])).ours)
                }
            }
            #expect(results.allSatisfy { $0.failure == nil })
            #expect(runs.value >= 2)
            #expect(results.first?.value == [first.id, second.id])
            #expect(try stores.number("select count(*) as value from queue.attempt") == 2)
            #expect(try stores.number("select count(*) as value from queue.finished where state = 'completed'") == 2)
        }
    }

    @Test func `a turn renews nothing that another has locked, and does not wait for it`() throws {
        try withStores { stores throws in
            for number in 1...3 { try stores.add("\(number)") }
            let messages = try stores.messages()
            let other = try stores.database.connect()
            defer { other.close() }
            try other.transaction { connection throws in
                try connection.execute("select from queue.message where id = \(messages[1].id) for update")
                let outcome = try stores.everywhere { transaction in
                    try Self.waitNoLonger(transaction)
                    return try transaction.drain.turn(Self.turn([messages[0]], renewals: [messages[1], messages[2]]))
                }
                #expect(outcome.ours == [messages[0].id] && outcome.renewed == [messages[2].id])
            }
        }
    }

    @Test func `a gate that goes waits for no message, and what was locked goes on later`() throws {
        try withStores { stores throws in
            for number in 1...3 { try stores.add("\(number)") }
            let waits = AttemptOutcome(
                .scheduled, .snoozed, detail: "402", delaySeconds: 600, isCounted: false, gate: .closed(seconds: 600))
            #expect(try stores.finish(try #require(try stores.messages(limit: 1).first), waits))
            #expect(try stores.claim() == [])
            #expect(try stores.number("select count(*) as value from queue.message where is_held") == 2)
            let other = try stores.database.connect()
            defer { other.close() }
            try other.transaction { connection throws in
                try connection.execute("select from queue.message where subject = '2' for update")
                try stores.web { transaction in
                    try Self.waitNoLonger(transaction)
                    try transaction.queue.wake()
                }
            }
            #expect(Set(try stores.claim()) == ["1", "3"])
            // As each drainer does at its start.
            try stores.everywhere { try $0.drainers.raiseFloors() }
            #expect(try stores.claim() == ["2"])
        }
    }

    @Test func `a disconnect beside the turns of two drainers ends neither`() throws {
        try withStores { stores throws in
            let runs = Counter()
            let rounds = 12
            for _ in 1...rounds {
                for number in 1...40 { try stores.add("\(number)") }
                let messages = try stores.messages(limit: 30)
                // The last ten wait behind a gate, which a turn's success opens.
                try stores.raw(
                    """
                    insert into queue.gate (company_id, failure_count, failing_until, reason)
                    values (\(stores.company), 3, clock_timestamp() + interval '60 seconds', 'HTTP 500')
                    """)
                #expect(try stores.claim() == [])
                let turns = [
                    Self.turn(Array(messages[..<10].reversed()), renewals: Array(messages[20...])),
                    Self.turn(Array(messages[10..<20]), renewals: Array(messages[20...].reversed())),
                ]
                let results = race(3) { index in
                    if turns.indices.contains(index) {
                        try stores.everywhere {
                            runs.next()
                            _ = try $0.drain.turn(turns[index])
                        }
                    } else {
                        try stores.web {
                            runs.next()
                            _ = try $0.queue.cancelWaiting(reason: "ended")
                        }
                    }
                }
                #expect(results.allSatisfy { $0.failure == nil })
                try stores.raw("delete from queue.message")
            }
            #expect(runs.value == 3 * rounds, "a transaction was run again")
        }
    }
}
