public import FoundationEssentials

/// A record of Pipedrive as it is now.
public struct RemoteSide: Hashable, Sendable {
    /// Its values, in Pipedrive's own words.
    public let values: FieldValues
    /// Our id of its organization; empty without one, nil when we do not have it.
    public let organization: String?
    /// When it was added.
    public let addedAt: Date?
    /// When it changed.
    public let changedAt: Date?

    /// Whether it is a variation of a product, which has no place for a code: its prices are its own, and everything else
    /// is the product's.
    var isVariation: Bool { values[.prices] != nil && values[.code] == nil }

    /// Makes the side.
    public init(values: FieldValues, organization: String?, addedAt: Date?, changedAt: Date?) {
        self.values = values
        self.organization = organization
        self.addedAt = addedAt
        self.changedAt = changedAt
    }
}

/// A record of ours as it is now.
public struct LocalSide: Hashable, Sendable {
    /// Its values.
    public let values: FieldValues
    /// When it was added.
    public let addedAt: Date
    /// When it changed.
    public let changedAt: Date
    /// What people did to it since it was last synced.
    public let edits: [SyncField: LocalEdit]

    /// Makes the side.
    public init(values: FieldValues, addedAt: Date, changedAt: Date, edits: [SyncField: LocalEdit]) {
        self.values = values
        self.addedAt = addedAt
        self.changedAt = changedAt
        self.edits = edits
    }
}

/// What has to happen to a linked pair.
public struct PairDecision: Hashable, Sendable {
    /// A value that takes another's place.
    public struct Change: Hashable, Sendable {
        /// What stood there.
        public let before: String
        /// What stands there now.
        public let after: String

        /// Makes a change.
        public init(before: String, after: String) {
            self.before = before
            self.after = after
        }
    }

    /// Fields whose value comes into PayDock.
    public private(set) var pulled: [SyncField: Change] = [:]
    /// Fields whose value goes to Pipedrive.
    public private(set) var pushed: [SyncField: Change] = [:]
    /// Fields that both sides changed: the losing value of each.
    public private(set) var lost: [SyncField: String] = [:]
    /// Edits that are settled once this is written; those of pushed fields only once Pipedrive has them.
    public private(set) var settled: Set<SyncField> = []
    /// Pipedrive's values as synced once this is written, in its own words; pushed fields keep what they had.
    public private(set) var base: FieldValues

    /// Whether nothing at all has to be written.
    public func isNothing(against base: FieldValues?) -> Bool {
        pulled.isEmpty && pushed.isEmpty && lost.isEmpty && settled.isEmpty && self.base == base
    }

    /// Decides field by field; `blocked` fields can't come in at this moment and are tried again. `sent` is what an
    /// earlier write sent whose answer nobody heard: where Pipedrive says that now, our own write is what changed it,
    /// and not a person there. Pipedrive has one time for the whole record, so nothing else tells the two apart.
    public init(
        _ kind: RecordKind, remote: RemoteSide, local: LocalSide, base: FieldValues?, sent: FieldValues? = nil,
        rule: SyncRule, blocked: Set<SyncField> = []
    ) {
        var base = base ?? FieldValues()
        var edits = local.edits
        for field in SyncField.of(kind) {
            guard let words = sent?[field], words == remote.values[field], let edit = edits[field] else { continue }
            base[field] = words
            edits[field] = LocalEdit(at: edit.at, wasEmpty: words.isEmpty)
        }
        self.base = base
        let whole = rule.flow(remoteAddedAt: remote.addedAt, localAddedAt: local.addedAt)
        let inherited = Flow(pulls: whole.pulls, pushes: false)
        // The code of a variation's row is ours alone.
        if remote.isVariation, edits[.code] != nil { settled.insert(.code) }
        for field in SyncField.of(kind) {
            guard let words = remote.values[field] else { continue }
            let flow = remote.isVariation && field != .prices ? inherited : whole
            let there = field == .organization ? remote.organization : words
            guard let there, let here = local.values[field] else { continue }
            let outcome = FieldMerge.outcome(
                local: here, edit: edits[field], localTime: local.changedAt, remote: there,
                base: FieldBase(base[field], now: words), remoteTime: remote.changedAt, flow: flow)
            // What only the direction holds back is not synced: under another direction the two meet for the first time.
            if outcome == .accept, here != there, flow == whole, !(flow.pulls && flow.pushes) {
                self.base[field] = nil
                continue
            }
            apply(outcome, field, here: here, there: there, words: words, isBlocked: blocked.contains(field))
            if outcome != .rest, edits[field] != nil, pushed[field] == nil, !blocked.contains(field) {
                settled.insert(field)
            }
        }
    }

    private mutating func apply(
        _ outcome: FieldMerge.Outcome, _ field: SyncField, here: String, there: String, words: String, isBlocked: Bool
    ) {
        switch outcome {
        case .rest: return
        case .accept: base[field] = words
        case .pull, .pullOver:
            guard !isBlocked else { return }
            pulled[field] = Change(before: here, after: there)
            base[field] = words
            if outcome == .pullOver { lost[field] = here }
        case .push, .pushOver:
            pushed[field] = Change(before: there, after: here)
            if outcome == .pushOver { lost[field] = there }
        }
    }
}
