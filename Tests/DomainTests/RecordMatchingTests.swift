import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

struct RecordMatchingTests {
    private let ada = UUID.numbered(1)
    private let bo = UUID.numbered(2)

    private func decide(
        _ kind: RecordKind, _ candidates: [MatchCandidate], shared: Set<MatchRule> = [],
        choice: MatchChoice? = nil
    ) -> RecordMatching.Decision {
        RecordMatching.decide(kind, candidates: candidates, shared: shared, choice: choice)
    }

    @Test func `one that fits is linked, none is new`() {
        #expect(decide(.person, [MatchCandidate(localID: ada, rule: .email)]) == .link(ada))
        #expect(decide(.person, []) == .create)
    }

    @Test func `one contact by two addresses is still one`() {
        let twice = MatchCandidate(localID: ada, rule: .email)
        #expect(decide(.person, [twice, twice]) == .link(ada))
    }

    @Test func `two that fit, a shared address, a taken contact are never guessed`() {
        let two = [MatchCandidate(localID: bo, rule: .email), MatchCandidate(localID: ada, rule: .email)]
        #expect(decide(.person, two) == .ambiguous(.several, [ada, bo]))
        #expect(
            decide(.person, [MatchCandidate(localID: ada, rule: .email)], shared: [.email])
                == .ambiguous(.shared, [ada]))
        #expect(
            decide(.person, [MatchCandidate(localID: ada, rule: .email, isTaken: true)]) == .ambiguous(.taken, [ada]))
        #expect(
            decide(.person, [MatchCandidate(localID: ada, rule: .email, isContested: true)])
                == .ambiguous(.shared, [ada]))
        #expect(decide(.person, [], shared: [.email]) == .ambiguous(.shared, []))
    }

    @Test func `an organization goes by number, then address, then name`() {
        let byName = MatchCandidate(localID: bo, rule: .name)
        let byEmail = MatchCandidate(localID: ada, rule: .email)
        #expect(decide(.organization, [byName, byEmail]) == .link(ada))
        #expect(decide(.organization, [byEmail, MatchCandidate(localID: bo, rule: .number)]) == .link(bo))
        #expect(decide(.organization, [byName], shared: [.name]) == .ambiguous(.shared, [bo]))
    }

    @Test func `a name says nothing where another record has it already`() {
        #expect(decide(.organization, [MatchCandidate(localID: ada, rule: .name, isTaken: true)]) == .create)
        #expect(decide(.organization, [], shared: [.name, .email]) == .create)
        #expect(decide(.product, [], shared: [.name]) == .create)
        #expect(decide(.product, [], shared: [.code]) == .ambiguous(.shared, []))
    }

    @Test func `what we are creating there ourselves is ours before anything else`() {
        let own = MatchCandidate(localID: bo, rule: .creating)
        #expect(
            decide(.person, [MatchCandidate(localID: ada, rule: .email, isTaken: true), own], shared: [.email])
                == .link(bo))
    }

    @Test func `what a person said goes before every rule`() {
        let two = [MatchCandidate(localID: ada, rule: .email), MatchCandidate(localID: bo, rule: .email)]
        #expect(decide(.person, two, choice: .link(bo)) == .link(bo))
        #expect(decide(.person, two, choice: .create) == .create)
        #expect(decide(.person, two, choice: .ignore) == .ignore)
    }

    @Test func `links go and come back, and what was ended stays ended`() {
        #expect(LinkState.live.seen(isThere: false, isOursThere: true, isOursTaken: false) == .gone)
        #expect(LinkState.gone.seen(isThere: true, isOursThere: true, isOursTaken: false) == .live)
        #expect(LinkState.gone.seen(isThere: true, isOursThere: true, isOursTaken: true) == .gone)
        #expect(LinkState.gone.seen(isThere: true, isOursThere: false, isOursTaken: false) == .ended)
        for isThere in [true, false] {
            #expect(LinkState.ended.seen(isThere: isThere, isOursThere: true, isOursTaken: false) == .ended)
            #expect(LinkState.merged.seen(isThere: isThere, isOursThere: true, isOursTaken: false) == .merged)
        }
    }

    @Test func `a merge moves the link, or asks where both are linked`() {
        #expect(MergeOutcome.of(loserIsLinked: true, survivorIsLinked: false) == .moves)
        #expect(MergeOutcome.of(loserIsLinked: true, survivorIsLinked: true) == .asks)
        #expect(MergeOutcome.of(loserIsLinked: false, survivorIsLinked: true) == .nothing)
        #expect(MergeOutcome.of(loserIsLinked: false, survivorIsLinked: false) == .nothing)
    }
}
