import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// Records that webhooks told of: none is forgotten before it was read, however many read.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TouchedRecordTests {
    private static func touch(_ ids: [Int64], _ stores: Stores) throws {
        for id in ids { try stores.cron { try $0.touched.touch(.person, id, occurredAt: nil) } }
    }

    private static func take(_ limit: Int, _ stores: Stores) throws -> [TouchedRecord] {
        try stores.cron { try $0.touched.take(.person, limit: limit) }
    }

    private static func isWaiting(_ stores: Stores) throws -> Bool {
        try stores.cron { try $0.touched.isWaiting(.person) }
    }

    @Test func `several who read share the records, longest waiting first`() throws {
        try withStores { stores throws in
            try stores.connect()
            try Self.touch([3, 1, 2], stores)
            #expect(try Self.take(2, stores).map(\.recordID) == [3, 1])
            #expect(try Self.take(2, stores).map(\.recordID) == [2])
            #expect(try Self.take(2, stores).isEmpty)
            #expect(try Self.isWaiting(stores))
        }
    }

    @Test func `who takes at once takes each record once`() throws {
        try withStores { stores throws in
            try stores.connect()
            let ids = (1...60).map { Int64($0) }
            try Self.touch(ids, stores)
            let taken = race(6) { _ in try Self.take(10, stores).map(\.recordID) }
            #expect(taken.allSatisfy { $0.failure == nil })
            let all = taken.compactMap(\.value).flatMap { $0 }
            #expect(Set(all).count == all.count)
            let rest = try Self.take(100, stores).map(\.recordID)
            #expect((all + rest).sorted() == ids)
        }
    }

    @Test func `only what was read is forgotten, and a touch meanwhile lets it be read again`() throws {
        try withStores { stores throws in
            try stores.connect()
            try Self.touch([1, 2], stores)
            let taken = try Self.take(9, stores)
            try Self.touch([1], stores)
            try stores.cron { try $0.touched.forget(.person, taken) }
            #expect(try Self.take(9, stores).map(\.recordID) == [1])
        }
    }

    @Test func `what is let go can be taken at once, and after a while what was taken by one who died`() throws {
        try withStores { stores throws in
            try stores.connect()
            try Self.touch([1, 2], stores)
            let taken = try Self.take(9, stores)
            try stores.cron { try $0.touched.letGo(.person, taken.filter { $0.recordID == 2 }) }
            #expect(try Self.take(9, stores).map(\.recordID) == [2])
            try stores.raw("update pipedrive.touched_record set taken_until = clock_timestamp() where record_id = 1")
            #expect(try Self.take(9, stores).map(\.recordID) == [1])
            try stores.cron { try $0.touched.forget(.person, taken) }
            #expect(try !Self.isWaiting(stores))
        }
    }

    @Test func `records whose message was given up get another, the others none`() throws {
        try withStores { stores throws in
            try stores.connect()
            try Self.touch([1], stores)
            try stores.raw("update pipedrive.touched_record set touched_at = touched_at - interval '3 minutes'")
            let count = { try stores.number("select count(*) as value from queue.message where subject = 'person'") }
            try stores.cron { try $0.touched.requeue() }
            #expect(try count() == 1)
            try stores.raw(
                "update queue.message set state = 'discarded', finished_at = clock_timestamp() where subject = 'person'"
            )
            try stores.cron { try $0.touched.requeue() }
            #expect(try count() == 2)
            try stores.cron { try $0.touched.requeue() }
            #expect(try count() == 2)
        }
    }

    /// The order of events that the live path has to survive: read, changed and told of, taken over by another, and only
    /// then the first one's takeover of what it had read.
    @Test func `what was read before another took over something newer is read again`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.cron { try $0.takeOver(.persons([.number(1, "Old", emails: ["ada@example.com"])])) }
            try Self.touch([1], stores)
            let first = try Self.take(9, stores)
            let readAt = try stores.cron { try $0.syncPolicy.clock() }
            try Self.touch([1], stores)
            let second = try Self.take(9, stores)
            let new = try stores.cron {
                try $0.pairs.takeOver(
                    FreshRecords(
                        page: .persons([.number(1, "New", emails: ["ada@example.com"])]),
                        readAt: try $0.syncPolicy.clock()))
            }
            #expect(new.busy.isEmpty)
            let old = try stores.cron {
                try $0.pairs.takeOver(
                    FreshRecords(page: .persons([.number(1, "Old", emails: ["ada@example.com"])]), readAt: readAt))
            }
            #expect(old.busy == [1])
            #expect(try stores.linked(.person, 1)?.details.name == "New")
            try stores.cron { try $0.touched.forget(.person, first) }
            #expect(try Self.isWaiting(stores))
            try stores.cron { try $0.touched.forget(.person, second) }
            #expect(try !Self.isWaiting(stores))
        }
    }
}
