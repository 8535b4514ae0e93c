import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

/// What the statements of a drainer's turn read, when they were planned for an empty table and it fills up afterwards.
///
/// Told by what the server counts in the session itself.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueuePlanTests {
    private static let waiting = 5_000

    /// Five thousand notes, most of them behind another of their deal, and as many events, put there past the triggers.
    private static func fill(_ stores: Stores) throws {
        let connection = try stores.database.connect()
        defer { connection.close() }
        try connection.execute("alter table queue.message disable trigger user")
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject, lane, is_blocked)
            select \(stores.company), 'note', n::text, 'deal:' || n % 500, n > 500
            from generate_series(1, \(waiting)::integer) n
            """)
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject, priority)
            select \(stores.company), 'event', n::text, 0 from generate_series(1, \(waiting)::integer) n
            """)
        try connection.execute("alter table queue.message enable trigger user")
    }

    /// Rows and entries of indexes of `queue.message` that the session has read lately; the difference of two counts.
    private static func read(_ transaction: any StorageTransaction) throws -> Int {
        let connection = try #require(transaction as? PostgresTransaction).connection
        return try connection.query(
            """
            select (pg_stat_get_xact_tuples_returned('queue.message'::regclass)
                + (select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index
                    where indrelid = 'queue.message'::regclass))::integer as entries
            """
        ).first?.int("entries") ?? 0
    }

    /// One turn on the drainer's session: the results of what was claimed before, then what is claimed next.
    private static func turn(
        _ stores: Stores, _ held: [OutboxMessage], completed: Bool = true
    ) throws -> (claimed: [OutboxMessage], read: Int) {
        var turn = DrainTurn(worker: "w", leaseSeconds: 60)
        turn.companyLimit = 20
        let outcome = AttemptOutcome(completed ? .completed : .retryable, completed ? .completed : .failed)
        turn.results = held.map { FinishedAttempt(message: $0, outcome: outcome) }
        turn.renewals = held
        turn.rescue = DrainTurn.Rescue(repeatSeconds: 28, backSeconds: 120)
        turn.claim = ClaimRequest(worker: "w", limit: 10)
        return try stores.everywhere { transaction in
            let before = try read(transaction)
            let outcome = try transaction.drain.turn(turn)
            #expect(outcome.ours == Set(held.map(\.id)))
            return (outcome.claimed, try read(transaction) - before)
        }
    }

    @Test func `a turn that was planned for an empty queue reads no more of a full one than it needs`() throws {
        try withStores { stores throws in
            for number in 1...8 {
                try stores.add("early \(number)", lane: "deal:x")
                let early = try Self.turn(stores, [])
                #expect(early.claimed.count == 1)
                _ = try Self.turn(stores, early.claimed)
            }
            try Self.fill(stores)
            var held: [OutboxMessage] = []
            for isCompleted in [true, true, false, true, false, true] {
                let turn = try Self.turn(stores, held, completed: isCompleted)
                #expect(turn.claimed.count == 10)
                // Of ten results and ten claims: each row by its key, its lane, its place in the order, some of them twice,
                // and past what was finished before and is not vacuumed yet.
                #expect(turn.read <= 1_000, "\(turn.read) of \(2 * Self.waiting) read")
                held = turn.claimed
            }
        }
    }

    @Test func `routing that was planned for an empty queue reads no more of a full one than it needs`() throws {
        try withStores { stores throws in
            func route(_ limit: Int) throws -> (count: Int, read: Int) {
                try stores.cron { transaction in
                    let before = try Self.read(transaction)
                    let events = try transaction.drain.takeEvents(limit: limit)
                    try transaction.drain.settle(
                        events.map { RoutedEvent(event: $0, note: nil, reason: "Switched off") })
                    return (events.count, try Self.read(transaction) - before)
                }
            }
            for _ in 1...8 {
                _ = try stores.web { try $0.events.append(.quoteSent, subject: UUID()) }
                #expect(try route(10).count == 1)
            }
            try Self.fill(stores)
            for _ in 1...3 {
                let routed = try route(10)
                #expect(routed.count == 10)
                #expect(routed.read <= 500, "\(routed.read) of \(2 * Self.waiting) read")
            }
        }
    }
}
