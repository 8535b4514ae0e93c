import Domain
import FoundationEssentials
import Testing

struct PairDecisionTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    /// Ours was edited a minute after noon, and Pipedrive's record, in whatever field, two minutes after.
    private func decision(
        ours: String, edited: Bool = true, wasEmpty: Bool = false, theirs: String, synced: String?, sent: String? = nil,
        direction: SyncDirection = .both
    ) -> PairDecision {
        PairDecision(
            .person,
            remote: RemoteSide(
                values: FieldValues([.phones: theirs]), organization: "", addedAt: Self.noon,
                changedAt: Self.noon.addingTimeInterval(120)),
            local: LocalSide(
                values: FieldValues([.phones: ours]), addedAt: Self.noon, changedAt: Self.noon,
                edits: edited ? [.phones: LocalEdit(at: Self.noon.addingTimeInterval(60), wasEmpty: wasEmpty)] : [:]),
            base: synced.map { FieldValues([.phones: $0]) }, sent: sent.map { FieldValues([.phones: $0]) },
            rule: SyncRule(direction, since: Self.noon.addingTimeInterval(direction == .onlyNew ? 600 : 0)))
    }

    @Test func `what we sent ourselves is no change of Pipedrive's: the next edit of ours goes out`() {
        let decision = decision(ours: "9", theirs: "6", synced: "3", sent: "6")
        #expect(decision.pushed == [.phones: PairDecision.Change(before: "6", after: "9")])
        #expect(decision.pulled.isEmpty && decision.lost.isEmpty)
        // Both sides said 6 once.
        #expect(decision.base[.phones] == "6")
    }

    @Test func `what we sent and still say is settled`() {
        let decision = decision(ours: "6", theirs: "6", synced: "3", sent: "6")
        #expect(decision.settled == [.phones] && decision.pushed.isEmpty && decision.base[.phones] == "6")
    }

    @Test func `ours that was filled, sent and emptied again empties Pipedrive's`() {
        let decision = decision(ours: "", wasEmpty: true, theirs: "6", synced: "", sent: "6")
        #expect(decision.pushed == [.phones: PairDecision.Change(before: "6", after: "")])
    }

    @Test(arguments: [SyncDirection.pull, .onlyNew])
    func `what the direction holds back is not synced, and goes out once it may`(direction: SyncDirection) {
        for synced in ["", nil] {
            let held = decision(ours: "9", theirs: "", synced: synced, direction: direction)
            #expect(held.pulled.isEmpty && held.pushed.isEmpty && held.settled.isEmpty && held.base[.phones] == nil)
            #expect(held.isNothing(against: FieldValues()), "the next time nothing is written")
        }
        let freed = decision(ours: "9", theirs: "", synced: nil)
        #expect(freed.pushed == [.phones: PairDecision.Change(before: "", after: "9")])
    }

    @Test func `what only Pipedrive has comes in once the direction lets it`() {
        let held = decision(ours: "", edited: false, theirs: "6", synced: nil, direction: .push)
        #expect(held.pulled.isEmpty && held.pushed.isEmpty && held.base[.phones] == nil)
        let freed = decision(ours: "", edited: false, theirs: "6", synced: nil, direction: .pull)
        #expect(freed.pulled == [.phones: PairDecision.Change(before: "", after: "6")])
    }

    @Test func `what somebody wrote there since is a change of Pipedrive's, whatever we sent`() {
        let decision = decision(ours: "9", theirs: "7", synced: "3", sent: "6")
        #expect(decision.pulled == [.phones: PairDecision.Change(before: "9", after: "7")])
        #expect(decision.lost == [.phones: "9"])
    }

    @Test func `where nobody here edits any more, Pipedrive's value is the one`() {
        let decision = decision(ours: "3", edited: false, theirs: "6", synced: "3", sent: "6")
        #expect(decision.pulled == [.phones: PairDecision.Change(before: "3", after: "6")])
    }
}
