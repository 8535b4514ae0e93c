import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

@testable import Workflows

struct ClaimAheadTests {
    private let start = ContinuousClock.now
    private let company = Company.ID(UUID())

    private func results(_ count: Int, _ kind: OutboxMessage.Kind = .note) -> [FinishedAttempt] {
        (0..<count).map { index in
            FinishedAttempt(
                message: OutboxMessage(
                    id: OutboxMessage.ID(Int64(index)), companyID: company, kind: kind, subject: "", attempt: 1,
                    hasUnclearAttempt: false, claim: 1, priority: 1, isProbe: false, causedAt: Date()),
                outcome: AttemptOutcome(.completed, .completed))
        }
    }

    @Test func `ahead is what was done in the last moments, of this company, and no other work than notes`() {
        var ahead = ClaimAhead()
        #expect(ahead.counted(10, of: company) == 10)
        ahead.count(results(6), now: start)
        #expect(ahead.counted(10, of: company) == 4)
        #expect(ahead.counted(10, of: Company.ID(UUID())) == 10)
        ahead.count(results(5, .draft), now: start)
        #expect(ahead.counted(10, of: company) == 4)
        ahead.count([], now: start + .seconds(1))
        #expect(ahead.counted(10, of: company) == 10)
    }

    @Test func `who has something in hand never counts as having nothing, nor who has nothing as having something`() {
        var ahead = ClaimAhead()
        ahead.count(results(500), now: start)
        #expect(ahead.counted(10, of: company) == 1)
        #expect(ahead.counted(0, of: company) == 0)
        #expect(ahead.counted(1_000, of: company) >= 500)
    }

    @Test func `much that has not begun is plenty only where much is done`() {
        var ahead = ClaimAhead()
        #expect(!ahead.isPlenty(100))
        ahead.count(results(40), now: start)
        #expect(ahead.isPlenty(10))
        #expect(!ahead.isPlenty(5))
    }

    @Test func `companies that became slow with much ahead leave room for others`() {
        let slow = Dictionary(uniqueKeysWithValues: (0..<3).map { _ in (Company.ID(UUID()), 96) })
        #expect(ClaimAhead.room(counted: slow, limits: QueueDrain.Limits(messages: 64, perCompany: 16)) == 16)
        #expect(ClaimAhead.room(counted: [:], limits: QueueDrain.Limits(messages: 64, perCompany: 16)) == 64)
        let few = Dictionary(uniqueKeysWithValues: (0..<64).map { _ in (Company.ID(UUID()), 1) })
        #expect(ClaimAhead.room(counted: few, limits: QueueDrain.Limits(messages: 64, perCompany: 16)) == 0)
    }
}
