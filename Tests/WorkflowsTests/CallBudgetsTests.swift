import Domain
import DomainTestSupport
import Testing

@testable import Workflows

struct CallBudgetsTests {
    @Test func `where a day has a limit, slices stay small: a part of it is for others`() async throws {
        let storage = MemoryStorage()
        storage.connect()
        let allowance = CallBudgets(storage: storage).allowance(Company.ID.numbered(1), .sync)
        allowance.note(BudgetReading(dayLimit: 30_000, dayLeft: 9_000))
        for _ in 0..<60 { try await allowance.spend(tokens: 1) }
        let sizes = storage.read { $0.sliceSizes }
        #expect(sizes.count >= 6 && Set(sizes) == [10])
    }
}
