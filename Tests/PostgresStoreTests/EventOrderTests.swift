import Domain
import FoundationEssentials
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct EventOrderTests {
    @Test func `a company's events are claimed one after the other, another company's beside them`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            var events: [BookEvent.ID] = []
            for kind in [BookEvent.Kind.quoteSent, .quoteViewed, .quoteAccepted] {
                events.append(try stores.web { try $0.events.append(kind, subject: UUID()) })
            }
            let theirs = try stores.web(other) { try $0.events.append(.invoiceSent, subject: UUID()) }
            var order: [String] = []
            for round in 0..<4 {
                let claimed = try stores.cron {
                    try $0.queue.claim(limit: 10, leaseSeconds: 60, worker: "w")
                }.filter { $0.kind == .event }
                let expected = round == 0 ? 2 : round < 3 ? 1 : 0
                #expect(claimed.count == expected, "round \(round)")
                for message in claimed {
                    order.append(message.subject)
                    _ = try stores.cron(message.companyID) {
                        try $0.queue.finish(
                            message, worker: "w", result: .completed(note: nil), nextAttemptSeconds: nil)
                    }
                }
            }
            #expect(order.filter { $0 != theirs.text } == events.map(\.text))
            #expect(order.contains(theirs.text))
        }
    }
}
