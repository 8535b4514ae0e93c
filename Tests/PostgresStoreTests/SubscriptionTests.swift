import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SubscriptionTests {
    @Test func `a subscription comes back as it was stored, with its value per year beside it`() throws {
        try withStores { stores throws in
            let stored = try stores.api { transaction throws in
                let content = DocumentContent(
                    contactID: try transaction.addContact(), currency: .eur, lines: [.costing(2_500, tax: 2_100)],
                    externalID: "s", dealID: Deal.ID(4), leadID: "l", note: "n")
                let stored = try transaction.subscriptions.insert(
                    NewSubscription(
                        name: "Care", content: content, intervalUnit: .quarter, intervalCount: 2, startsOn: .someday,
                        state: .concept))
                #expect(stored.content == content && stored.name == "Care" && stored.state == .concept)
                #expect(stored.intervalUnit == .quarter && stored.intervalCount == 2 && stored.startsOn == .someday)
                #expect(try transaction.subscriptions.subscription(stored.id) == stored)
                #expect(try transaction.subscriptions.subscription(Subscription.ID(UUID())) == nil)
                return stored
            }
            #expect(try stores.number("select annual_net as value from books.subscription") == 5_000)
            let other = try stores.makeCompany()
            #expect(try stores.api(other) { try $0.subscriptions.subscription(stored.id) } == nil)
        }
    }

    @Test func `a subscription moves only from the state it was seen in`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let stored = try transaction.addSubscription(for: try transaction.addContact(), state: .active)
                #expect(try transaction.subscriptions.move(stored.id, from: .paused, to: .cancelled) == nil)
                #expect(try transaction.subscriptions.move(stored.id, from: .active, to: .paused)?.state == .paused)
                #expect(try transaction.subscriptions.subscription(stored.id)?.state == .paused)
            }
        }
    }

    @Test func `lists are newest first and filtered`() throws {
        try withStores { stores throws in
            let (ada, bob) = try stores.web { (try $0.addContact("Ada"), try $0.addContact("Bob")) }
            let first = try stores.web { try $0.addSubscription(for: ada, state: .paused) }
            let second = try stores.web { try $0.addSubscription(for: bob, state: .active) }
            try stores.web { transaction throws in
                let all = try transaction.subscriptions.list(state: nil, contact: nil, page: PageRequest())
                #expect(all.items == [second, first] && all.total == 2)
                let paused = try transaction.subscriptions.list(state: .paused, contact: nil, page: PageRequest())
                #expect(paused.items == [first])
                let his = try transaction.subscriptions.list(state: nil, contact: bob, page: PageRequest(limit: 1))
                #expect(his.items == [second])
            }
        }
    }
}
