import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct EventOrderTests {
    private func settle(_ transaction: any StorageTransaction, lane: String?, limit: Int = 100) throws -> [String] {
        let taken = try transaction.drain.takeEvents(limit: limit)
        try transaction.drain.settle(
            taken.map { event in
                RoutedEvent(
                    event: event,
                    note: lane.map {
                        NewMessage(kind: .note, subject: event.subject, idempotencyKey: event.subject, lane: $0)
                    }, reason: "r")
            })
        return taken.map(\.subject)
    }

    @Test func `events of a company are taken by one at a time, another company's beside them`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            let events = try [BookEvent.Kind.quoteSent, .quoteViewed, .quoteAccepted].map { kind in
                try stores.web { try $0.events.append(kind, subject: UUID()) }.text
            }
            let theirs = try stores.web(other) { try $0.events.append(.invoiceSent, subject: UUID()) }.text
            #expect(
                Set(try stores.everywhere { try $0.drain.companiesWithEvents(limit: 9) }) == [stores.company, other])
            let second = try stores.secondStorage()
            try stores.cron { transaction throws in
                #expect(try settle(transaction, lane: "deal:7") == events)
                #expect(try second.transaction(.cron(stores.company)) { try settle($0, lane: "deal:7") } == [])
                #expect(try second.transaction(.cron(other)) { try settle($0, lane: nil) } == [theirs])
            }
            #expect(try stores.cron { try settle($0, lane: nil) } == [])
            #expect(try stores.everywhere { try $0.drain.companiesWithEvents(limit: 9) } == [])
            #expect(try stores.claim() == [events[0]])
            #expect(try stores.number("select count(*) as value from queue.finished where kind = 'event'") == 4)
        }
    }

    @Test func `an event whose transaction is rolled back stays on the queue, and its note is not there`() throws {
        struct Abandoned: Error {}
        try withStores { stores throws in
            let event = try stores.web { try $0.events.append(.quoteSent, subject: UUID()) }.text
            #expect(throws: Abandoned.self) {
                try stores.cron { transaction throws in
                    #expect(try settle(transaction, lane: "deal:7") == [event])
                    throw Abandoned()
                }
            }
            #expect(try stores.claim() == [])
            #expect(try stores.cron { try settle($0, lane: "deal:7") } == [event])
            #expect(try stores.claim() == [event])
        }
    }

    @Test func `a note that was posted is not queued again for the same event`() throws {
        try withStores { stores throws in
            let message = NewMessage(kind: .note, subject: "e", idempotencyKey: "e", lane: "deal:7")
            #expect(try stores.cron { try $0.queue.add(message) })
            #expect(try stores.finish(try #require(stores.messages().first), .completed(note: nil)))
            #expect(try stores.number("select count(*) as value from queue.message") == 0)
            #expect(try !stores.cron { try $0.queue.add(message) })
        }
    }
}
