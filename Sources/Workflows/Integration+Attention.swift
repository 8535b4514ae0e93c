public import Domain
public import FoundationEssentials

extension Integration {
    /// What waits for a person, at most so many of each sort on one page.
    public static let attentionLimit = 100

    /// A page of what waits for a person; `passing` says what comes before, of each sort.
    public func attention(_ company: Company.ID, passing: [AttentionSort: Int]) throws -> AttentionList {
        try storage.transaction(.web(company)) {
            try $0.attention.list(passing: passing, limit: Self.attentionLimit)
        }
    }

    /// Keeps what a person says about a record of Pipedrive, and has it done; nil has it asked again. False when nothing
    /// waits there any more. Throws `conflict` when what was chosen can't be linked any more.
    public func decide(
        _ choice: MatchChoice?, _ kind: RecordKind, recordID: Int64, company: Company.ID
    ) throws -> Bool {
        try storage.transaction(.web(company)) { transaction in
            switch try transaction.attention.answer(choice, kind, recordID) {
            case .done:
                if choice != .ignore { try transaction.touched.touch(kind, recordID, occurredAt: nil) }
                return true
            case .settled: return false
            case .taken:
                throw Refusal(
                    .conflict, "That one is linked to another record of Pipedrive by now. Nothing was changed.")
            default:
                throw Refusal(
                    .conflict, "That one is archived, deleted or no candidate any more. Nothing was changed.")
            }
        }
    }

    /// Keeps what a person says about one of ours that can't go out, and has it done. False when nothing waits there any
    /// more.
    public func decide(
        _ choice: LocalChoice, _ kind: RecordKind, ours local: UUID, company: Company.ID
    ) throws -> Bool {
        try storage.transaction(.web(company)) { transaction in
            guard try transaction.attention.answer(choice, kind, ours: local) == .done else { return false }
            if choice == .retry || choice == .create {
                try transaction.queue.add(NewMessage(kind: .push, subject: local.uuidString.lowercased(), priority: 3))
            }
            return true
        }
    }

    /// How a conflict ended.
    public enum Settled: Hashable, Sendable {
        /// As the person said.
        case done
        /// It was ended before.
        case before
        /// Somebody changed the field since: it says this now, and that stays.
        case overtaken(String)
    }

    /// Ends a conflict. Using the other value writes it to our record; it goes to Pipedrive like any other change, within
    /// a minute. Throws `conflict` when the direction holds it back, or another product has the code.
    public func settle(
        _ kind: RecordKind, ours local: UUID, _ field: SyncField, usesOther: Bool, company: Company.ID
    ) throws -> Settled {
        try storage.transaction(.web(company)) { transaction in
            switch try transaction.attention.settle(kind, ours: local, field, usesOther: usesOther) {
            case .done: return .done
            case .changed(let now): return .overtaken(now)
            case .heldByDirection:
                throw Refusal(
                    .conflict,
                    "The direction of \(kind.rawValue)s is Pipedrive → PayDock now, so the other value would not reach "
                        + "Pipedrive. Change the direction, or the value in Pipedrive. Nothing was changed.")
            case .codeTaken:
                throw Refusal(.conflict, "Another product of yours has this code by now. Nothing was changed.")
            case .settled, .gone, .taken: return .before
            }
        }
    }
}

/// Records of Pipedrive that have to be decided about together, because they share an address, a name, or one of ours.
public struct AttentionGroup: Hashable, Sendable {
    /// The records.
    public let matches: [AttentionMatch]
    /// What more than one of them is known by.
    public let sharedKeys: [String]

    /// Groups what shares a key or a candidate, in the order given.
    public static func groups(_ matches: [AttentionMatch]) -> [AttentionGroup] {
        var places = Array(matches.indices)
        func root(_ place: Int) -> Int {
            var place = place
            while places[place] != place { place = places[place] }
            return place
        }
        var owners: [String: Int] = [:]
        var counts: [String: Int] = [:]
        for (place, match) in matches.enumerated() {
            let keys = match.keys.map { "\(match.kind.rawValue) \($0)" }
            let shared = keys + match.candidates.map { "\(match.kind.rawValue) = \($0.localID)" }
            for key in Set(keys) { counts[key, default: 0] += 1 }
            for key in shared {
                guard let owner = owners[key] else {
                    owners[key] = place
                    continue
                }
                let (left, right) = (root(owner), root(place))
                places[max(left, right)] = min(left, right)
            }
        }
        var groups: [Int: [AttentionMatch]] = [:]
        for (place, match) in matches.enumerated() { groups[root(place), default: []].append(match) }
        return groups.sorted { $0.key < $1.key }.map { _, members in
            let keys = Set(
                members.flatMap { match in match.keys.filter { counts["\(match.kind.rawValue) \($0)"] ?? 0 > 1 } })
            return AttentionGroup(matches: members, sharedKeys: keys.sorted())
        }
    }
}
