import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

@testable import Workflows

struct HandsTests {
    private let messages = (1...3).map { OutboxMessage.fixture(id: OutboxMessage.ID($0)) }

    @Test func `what is taken back before it began never begins, and what began is still to be finished`() {
        let hands = Hands()
        hands.take(messages.map { ($0, Lease(seconds: 60)) })
        #expect(hands.begin(messages[0]) && hands.begin(messages[1]))
        let result = FinishedAttempt(message: messages[0], outcome: AttemptOutcome(.completed, .completed))
        hands.give(result)
        #expect(hands.takeUnbegun().map(\.id) == [messages[2].id])
        #expect(!hands.begin(messages[2]))
        #expect(hands.takeUnbegun().isEmpty)
        let last = hands.letGo()
        #expect(last.lostCount == 1 && last.results == [result])
        // Let go meanwhile: whoever has it now decides.
        hands.give(FinishedAttempt(message: messages[1], outcome: AttemptOutcome(.completed, .completed)))
        #expect(!hands.hasResults && hands.isEmpty)
    }
}
