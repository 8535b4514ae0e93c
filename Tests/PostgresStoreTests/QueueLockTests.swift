import Dispatch
import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

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
}
