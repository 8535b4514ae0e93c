import Domain
import FoundationEssentials
import Synchronization
import Testing

@testable import Workflows

struct DeliverySlotsTests {
    /// How many are at work at once, and how many at most ever were.
    private final class Count: Sendable {
        private let state = Mutex((now: 0, most: 0))
        var most: Int { state.withLock { $0.most } }
        func begin() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }
        func end() { state.withLock { $0.now -= 1 } }
    }

    private final class Order: Sendable {
        private let companies = Mutex<[Company.ID]>([])
        var first: Company.ID? { companies.withLock { $0.first } }
        func note(_ company: Company.ID) { companies.withLock { $0.append(company) } }
    }

    @Test func `no more begin at once than there are slots, of all companies and of one, and each begins`() async {
        let slots = DeliverySlots(messages: 5, perCompany: 2)
        let companies = (0..<4).map { _ in Company.ID(UUID()) }
        let all = Count()
        let counts = companies.map { _ in Count() }
        let begun = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    guard await slots.take(companies[number % 4]) else { return false }
                    all.begin()
                    counts[number % 4].begin()
                    await Task.yield()
                    counts[number % 4].end()
                    all.end()
                    slots.give(back: companies[number % 4])
                    return true
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(begun == 200 && slots.takenCount == 0)
        #expect(all.most <= 5 && counts.allSatisfy { $0.most <= 2 })
    }

    @Test func `a company that has its share keeps no other one waiting`() async {
        let slots = DeliverySlots(messages: 5, perCompany: 1)
        let (busy, other) = (Company.ID(UUID()), Company.ID(UUID()))
        #expect(await slots.take(busy))
        async let second = slots.take(busy)
        #expect(await slots.take(other))
        slots.give(back: busy)
        #expect(await second)
    }

    @Test func `who has fewer at work comes first, however many of others wait`() async {
        let slots = DeliverySlots(messages: 3, perCompany: 2)
        let (first, second, single) = (Company.ID(UUID()), Company.ID(UUID()), Company.ID(UUID()))
        for company in [first, first, second] { #expect(await slots.take(company)) }
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for company in [second, second, single] {
                let waiting = slots.waitingCount
                group.addTask {
                    #expect(await slots.take(company))
                    order.note(company)
                    slots.give(back: company)
                }
                // Each waits before the next one comes, so that the order of their coming is known.
                while slots.waitingCount == waiting { await Task.yield() }
            }
            slots.give(back: first)
        }
        #expect(order.first == single)
    }

    @Test func `after the end nothing begins, and nobody waits`() async {
        let slots = DeliverySlots(messages: 1)
        let company = Company.ID(UUID())
        #expect(await slots.take(company))
        async let waiting = slots.take(company)
        slots.close()
        #expect(await !waiting)
        #expect(await !slots.take(company))
    }
}
