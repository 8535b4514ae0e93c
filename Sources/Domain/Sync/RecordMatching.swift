public import FoundationEssentials

/// By what a record of Pipedrive fits one of ours, the strongest first.
public enum MatchRule: String, Sendable, CaseIterable, Comparable {
    /// We are creating it there at this moment: nobody else's.
    case creating
    /// VAT or KvK number of an organization.
    case number
    /// An e-mail address: of the person, or of one of the organization's persons.
    case email
    /// Article code of a product.
    case code
    /// The exact normalised name, of organizations and products.
    case name

    /// The stronger rule first.
    public static func < (left: MatchRule, right: MatchRule) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// A record of ours that a record of Pipedrive could be.
public struct MatchCandidate: Hashable, Sendable {
    /// Ours.
    public let localID: UUID
    /// By what.
    public let rule: MatchRule
    /// Whether it is linked to another record of Pipedrive.
    public let isTaken: Bool
    /// Whether another record of Pipedrive fits it as well.
    public let isContested: Bool

    /// Makes a candidate.
    public init(localID: UUID, rule: MatchRule, isTaken: Bool = false, isContested: Bool = false) {
        self.localID = localID
        self.rule = rule
        self.isTaken = isTaken
        self.isContested = isContested
    }
}

/// What a person said about a record that could be several.
public enum MatchChoice: Hashable, Sendable {
    /// It is this one.
    case link(UUID)
    /// It is none of them.
    case create
    /// Leave it alone.
    case ignore
}

/// Whether a record of Pipedrive that has no link is one of ours. What could be two is never guessed.
public enum RecordMatching {
    /// The answer.
    public enum Decision: Hashable, Sendable {
        /// Nothing fits.
        case create
        /// Exactly one fits, and nothing else does.
        case link(UUID)
        /// A person has to decide between these.
        case ambiguous(Ambiguity, [UUID])
        /// A person said to leave it alone.
        case ignore
    }

    /// Why it can't be decided.
    public enum Ambiguity: String, Sendable, CaseIterable {
        /// Other records of Pipedrive have the same address, number, code or name.
        case shared
        /// The one that fits is linked to another record.
        case taken
        /// More than one of ours fits.
        case several
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - kind: persons are known by their addresses, organizations by their numbers, products by their codes: what
    ///     shares one of those with another record is not taken for new.
    ///   - candidates: what fits, by whatever rule; only the strongest rule that finds something counts.
    ///   - shared: the rules by which other records of Pipedrive have the same.
    ///   - choice: what a person said before.
    public static func decide(
        _ kind: RecordKind, candidates: [MatchCandidate], shared: Set<MatchRule>, choice: MatchChoice? = nil
    ) -> Decision {
        switch choice {
        case .link(let id): return .link(id)
        case .create: return .create
        case .ignore: return .ignore
        case nil: break
        }
        // A name that another record of Pipedrive is linked by is not unique, so it says nothing.
        let counted = candidates.filter { $0.rule != .name || !$0.isTaken }
        guard let rule = counted.map(\.rule).min() else {
            return shared.contains(kind == .person ? .email : kind == .organization ? .number : .code)
                ? .ambiguous(.shared, []) : .create
        }
        let fitting = counted.filter { $0.rule == rule }
        let ids = Set(fitting.map(\.localID)).sorted { $0.uuidString < $1.uuidString }
        if rule == .creating, let first = ids.first { return .link(first) }
        if shared.contains(rule) || fitting.contains(where: \.isContested) { return .ambiguous(.shared, ids) }
        if fitting.contains(where: \.isTaken) { return .ambiguous(.taken, ids) }
        return ids.count == 1 ? .link(ids[0]) : .ambiguous(.several, ids)
    }
}
