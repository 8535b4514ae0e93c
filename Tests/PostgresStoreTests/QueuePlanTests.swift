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

    /// Blocks of `queue.message` and its indexes that the session has read lately; the difference of two counts.
    private static func blocks(_ transaction: any StorageTransaction) throws -> Int {
        let connection = try #require(transaction as? PostgresTransaction).connection
        return try connection.query(
            """
            select (pg_stat_get_xact_blocks_fetched('queue.message'::regclass)
                + (select sum(pg_stat_get_xact_blocks_fetched(indexrelid)) from pg_index
                    where indrelid = 'queue.message'::regclass))::integer as blocks
            """
        ).first?.int("blocks") ?? 0
    }

    @Test func `a claim walks past what an old snapshot keeps from being vacuumed no more than once`() throws {
        try withStores { stores throws in
            func claim(_ count: Int) throws -> (claimed: [OutboxMessage], blocks: Int) {
                try stores.everywhere { transaction in
                    let before = try Self.blocks(transaction)
                    let claimed = try transaction.drain.claim(ClaimRequest(worker: "w", limit: count))
                    return (claimed, try Self.blocks(transaction) - before)
                }
            }
            func pass(_ count: Int) throws -> Int {
                try stores.raw(
                    """
                    insert into queue.message (company_id, kind, subject)
                    select \(stores.company), 'note', n::text from generate_series(1, \(count)::integer) n
                    """)
                let (claimed, blocks) = try claim(count)
                #expect(claimed.count == count)
                let done = AttemptOutcome(.completed, .completed)
                _ = try stores.everywhere {
                    try $0.drain.finish(claimed.map { FinishedAttempt(message: $0, outcome: done) }, worker: "w")
                }
                return blocks
            }
            // Without autovacuum, which would have to be waited for, so that the dead are there whenever it runs.
            try stores.raw("alter table queue.message set (autovacuum_enabled = false)")
            let fresh = try (1...4).map { _ in try pass(10) }.max() ?? 0
            let snapshot = try stores.database.connect()
            defer { snapshot.close() }
            try snapshot.transaction { old throws in
                try old.execute("set transaction isolation level repeatable read")
                try old.execute("select count(*) from queue.message")
                for _ in 1...10 { _ = try pass(1_000) }
                // Where the walk through the ten thousand begins is drawn by lot.
                let bucket = try stores.number("select queue.bucket() as value")
                let pinned = try (1...6).map { _ in try pass(10) }.max() ?? 0
                let all = try stores.number(
                    """
                    select (pg_relation_size('queue.message') + pg_relation_size('queue.message_ready'))
                        / current_setting('block_size')::integer as value
                    """)
                #expect(pinned <= fresh + all, "\(pinned) blocks, \(fresh) without the snapshot, \(all) in all")
                // From the second rescue in a later bucket on nobody looks there any more.
                try stores.wait(
                    for: "the bucket of what was finished passed by",
                    """
                    select queue.rescue('r', 0, '{}', 0) is not null
                        and pg_sequence_last_value('queue.bucket_passed') > \(bucket) as value
                    """)
                let passed = try (1...6).map { _ in try pass(10) }.max() ?? 0
                #expect(passed <= 2 * fresh, "\(passed) blocks, \(fresh) without the snapshot")
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
