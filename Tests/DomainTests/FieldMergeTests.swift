import Domain
import FoundationEssentials
import Testing

struct FieldMergeTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)
    private static let both = Flow(pulls: true, pushes: true)
    private static let pull = Flow(pulls: true, pushes: false)
    private static let push = Flow(pulls: false, pushes: true)

    /// `edited` seconds after noon in PayDock, `there` seconds after noon in Pipedrive.
    private func outcome(
        _ local: String, _ remote: String, synced: String?, edited: Double? = nil, wasEmpty: Bool = false,
        there: Double? = 0, _ flow: Flow = both
    ) -> FieldMerge.Outcome {
        FieldMerge.outcome(
            local: local, edit: edited.map { LocalEdit(at: Self.noon.addingTimeInterval($0), wasEmpty: wasEmpty) },
            localTime: Self.noon, remote: remote, base: FieldBase(synced, now: remote),
            remoteTime: there.map { Self.noon.addingTimeInterval($0) }, flow: flow)
    }

    @Test func `one side changed: its value travels`() {
        #expect(outcome("Ada", "Ada L.", synced: "Ada") == .pull)
        #expect(outcome("Ada L.", "Ada", synced: "Ada", edited: 5) == .push)
        #expect(outcome("Ada", "Ada", synced: "Ada") == .accept)
    }

    @Test func `nothing changed since: nothing happens, even where the two differ`() {
        for flow in [Self.both, Self.pull, Self.push] {
            #expect(outcome("Ada", "Ada there", synced: "Ada there", flow) == .rest)
        }
    }

    @Test func `both changed alike is no conflict`() {
        #expect(outcome("Ada L.", "Ada L.", synced: "Ada", edited: 5, there: 9) == .accept)
    }

    @Test func `both changed: the later wins, and within the same second Pipedrive`() {
        #expect(outcome("Here", "There", synced: "Ada", edited: 7, there: 5) == .pushOver)
        #expect(outcome("Here", "There", synced: "Ada", edited: 5, there: 7) == .pullOver)
        #expect(outcome("Here", "There", synced: "Ada", edited: 5.9, there: 5) == .pullOver)
        #expect(outcome("Here", "There", synced: "Ada", edited: 6.0, there: 5) == .pushOver)
        #expect(outcome("Here", "There", synced: "Ada", edited: 5.9, there: 5.5) == .pushOver)
        #expect(outcome("Here", "There", synced: "Ada", edited: 5, there: nil) == .pullOver)
    }

    @Test func `one-way: the source wins over whatever the other side did`() {
        #expect(outcome("Here", "Ada", synced: "Ada", edited: 9, Self.pull) == .pull)
        #expect(outcome("Ada", "There", synced: "Ada", Self.push) == .push)
        #expect(outcome("Here", "There", synced: "Ada", edited: 9, there: 1, Self.pull) == .pull)
        #expect(outcome("Here", "There", synced: "Ada", edited: 1, there: 9, Self.push) == .push)
    }

    @Test func `an empty value never overwrites a filled one unless that side cleared it since`() {
        #expect(outcome("06 1", "", synced: "06 1") == .pull)
        #expect(outcome("", "06 1", synced: "06 1", edited: 5) == .push)
        #expect(outcome("06 1", "", synced: "", edited: 5, wasEmpty: true) == .push)
        #expect(outcome("06 1", "", synced: "", edited: 5, wasEmpty: true, Self.pull) == .accept)
        #expect(outcome("", "06 1", synced: "06 1", edited: 5, wasEmpty: true, Self.push) == .accept)
        #expect(outcome("", "06 2", synced: "06 1", edited: 5, wasEmpty: true) == .pull)
    }

    @Test
    func `the first time, a filled value fills an empty one, and two filled ones are settled by direction or time`() {
        #expect(outcome("", "There", synced: nil) == .pull)
        #expect(outcome("Here", "", synced: nil) == .push)
        #expect(outcome("Here", "", synced: nil, Self.pull) == .accept)
        #expect(outcome("", "There", synced: nil, Self.push) == .accept)
        #expect(outcome("Here", "There", synced: nil, Self.pull) == .pull)
        #expect(outcome("Here", "There", synced: nil, Self.push) == .push)
        #expect(outcome("Here", "There", synced: nil, there: -9) == .pushOver)
        #expect(outcome("Here", "There", synced: nil, there: 9) == .pullOver)
    }

    @Test func `where nothing may travel, what stands counts as seen`() {
        #expect(outcome("Here", "There", synced: "Ada", edited: 5, .none) == .accept)
    }
}

struct SyncRuleTests {
    private static let choice = Date(timeIntervalSince1970: 1_800_000_000.4)
    private static let before = choice.addingTimeInterval(-60)
    private static let after = choice.addingTimeInterval(60)
    private let onlyNew = SyncRule(.onlyNew, since: choice)

    @Test func `only new makes what was added after the choice, and writes to no record from before`() {
        #expect(!onlyNew.creates(remoteAddedAt: Self.before) && onlyNew.creates(remoteAddedAt: Self.after))
        #expect(!onlyNew.createsThere(localAddedAt: Self.before) && onlyNew.createsThere(localAddedAt: Self.after))
        #expect(!onlyNew.creates(remoteAddedAt: nil))
        #expect(onlyNew.flow(remoteAddedAt: Self.after, localAddedAt: Self.before) == .none)
        #expect(onlyNew.flow(remoteAddedAt: Self.before, localAddedAt: Self.after) == .none)
        #expect(onlyNew.flow(remoteAddedAt: Self.after, localAddedAt: Self.after) == Flow(pulls: true, pushes: true))
    }

    @Test(arguments: [SyncDirection.pull, .push, .both])
    func `the other directions ask for no dates`(direction: SyncDirection) {
        let rule = SyncRule(direction, since: Self.choice)
        #expect(rule.creates(remoteAddedAt: nil) == (direction != .push))
        #expect(rule.createsThere(localAddedAt: Self.before) == (direction != .pull))
        #expect(
            rule.flow(remoteAddedAt: nil, localAddedAt: Self.before)
                == Flow(pulls: direction.pulls, pushes: direction.pushes))
    }
}
