/// The pair of a record of Pipedrive and one of ours. It is never removed, it changes state.
public enum LinkState: String, Sendable, CaseIterable {
    /// Both are there: values travel.
    case live
    /// Pipedrive's record was deleted, or is no longer visible. Lives again when the same one comes back.
    case gone
    /// Pipedrive's record was merged into another one.
    case merged
    /// Ours was deleted in PayDock, or a person ended the link: the next pull does not make it again.
    case ended

    /// What becomes of a link when its record of Pipedrive is seen.
    ///
    /// - Parameters:
    ///   - isThere: whether Pipedrive has the record, and lets us see it.
    ///   - isOursThere: whether ours still exists.
    ///   - isOursTaken: whether ours is linked to another record by now.
    public func seen(isThere: Bool, isOursThere: Bool, isOursTaken: Bool) -> LinkState {
        switch self {
        case .live: return isThere ? (isOursThere ? .live : .ended) : .gone
        case .gone:
            guard isThere else { return .gone }
            return isOursThere ? (isOursTaken ? .gone : .live) : .ended
        case .merged, .ended: return self
        }
    }
}

/// What follows from a merge of two records in Pipedrive, for the link of the one that is gone.
public enum MergeOutcome: Hashable, Sendable {
    /// Neither was linked, or only the survivor was: nothing.
    case nothing
    /// Only the one that is gone was linked: its contact is the survivor's from now on.
    case moves
    /// Both were linked: the survivor keeps its contact, a person looks at the two.
    case asks

    /// Decides by which of the two have a live link.
    public static func of(loserIsLinked: Bool, survivorIsLinked: Bool) -> MergeOutcome {
        loserIsLinked ? (survivorIsLinked ? .asks : .moves) : .nothing
    }
}
