public import FoundationEssentials

/// Everything that waits for a person, and what a person said to leave alone.
public struct AttentionList: Hashable, Sendable {
    /// Records of Pipedrive that could be several of ours.
    public var matches: [AttentionMatch]
    /// Records of ours that can't go out.
    public var ours: [AttentionLocal]
    /// Fields that both sides changed.
    public var conflicts: [AttentionConflict]
    /// Of which more come after these.
    public var further: Set<AttentionSort>

    /// Makes a list.
    public init(
        matches: [AttentionMatch] = [], ours: [AttentionLocal] = [], conflicts: [AttentionConflict] = [],
        further: Set<AttentionSort> = []
    ) {
        self.matches = matches
        self.ours = ours
        self.conflicts = conflicts
        self.further = further
    }
}

/// What waits for a person is of three sorts, each with pages of its own.
public enum AttentionSort: String, Sendable, CaseIterable {
    /// Records of Pipedrive that could be several of ours.
    case matches
    /// Records of ours that can't go out.
    case ours
    /// Fields that both sides changed.
    case conflicts
}

/// A record of Pipedrive that could be several of ours, or none.
public struct AttentionMatch: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// Pipedrive's identifier.
    public let recordID: Int64
    /// Its name.
    public let name: String
    /// Why nothing was guessed.
    public let reason: String
    /// Two linked records became one in Pipedrive.
    public let isMerge: Bool
    /// Whether it can be made anew: it is linked to nothing that stands.
    public let canCreate: Bool
    /// A person said to leave it alone.
    public let isIgnored: Bool
    /// What a person said and the drainers are about to do.
    public let isDecided: Bool
    /// What it says, as far as that is known.
    public let values: FieldValues
    /// What it is known by: records that share one of these belong together.
    public let keys: [String]
    /// What of ours it could be.
    public let candidates: [AttentionCandidate]

    /// Makes a question.
    public init(
        kind: RecordKind, recordID: Int64, name: String, reason: String, isMerge: Bool = false,
        canCreate: Bool = true, isIgnored: Bool = false, isDecided: Bool = false, values: FieldValues = FieldValues(),
        keys: [String] = [], candidates: [AttentionCandidate] = []
    ) {
        self.kind = kind
        self.recordID = recordID
        self.name = name
        self.reason = reason
        self.isMerge = isMerge
        self.canCreate = canCreate
        self.isIgnored = isIgnored
        self.isDecided = isDecided
        self.values = values
        self.keys = keys
        self.candidates = candidates
    }
}

/// One of ours that a record of Pipedrive could be.
public struct AttentionCandidate: Hashable, Sendable {
    /// Ours.
    public let localID: UUID
    /// Its name.
    public let name: String
    /// What it says; an organization by its name.
    public let values: FieldValues
    /// The record of Pipedrive that it is linked to.
    public let linkedTo: Int64?

    /// Makes a candidate.
    public init(localID: UUID, name: String, values: FieldValues = FieldValues(), linkedTo: Int64? = nil) {
        self.localID = localID
        self.name = name
        self.values = values
        self.linkedTo = linkedTo
    }
}

/// A record of ours that can't go out.
public struct AttentionLocal: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// Ours.
    public let localID: UUID
    /// Its name.
    public let name: String
    /// Why it stays.
    public let reason: String
    /// What Pipedrive said, where it refused.
    public let answer: String?
    /// A person said to leave it alone.
    public let isIgnored: Bool
    /// A person said to make it in Pipedrive, and the drainers are about to.
    public let isDecided: Bool

    /// Makes a question.
    public init(
        kind: RecordKind, localID: UUID, name: String, reason: String, answer: String? = nil, isIgnored: Bool = false,
        isDecided: Bool = false
    ) {
        self.kind = kind
        self.localID = localID
        self.name = name
        self.reason = reason
        self.answer = answer
        self.isIgnored = isIgnored
        self.isDecided = isDecided
    }
}

/// A field that both sides changed: one value was kept, the other one is.
public struct AttentionConflict: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// Ours.
    public let localID: UUID
    /// Pipedrive's identifier.
    public let recordID: Int64
    /// Its name.
    public let name: String
    /// The field.
    public let field: SyncField
    /// The value that both sides have now; an organization by its name.
    public let kept: String
    /// The value that lost; an organization by its name.
    public let lost: String
    /// Whether Pipedrive's value is the one that was kept.
    public let isRemoteKept: Bool
    /// When.
    public let noticedAt: Date

    /// Makes a conflict.
    public init(
        kind: RecordKind, localID: UUID, recordID: Int64, name: String, field: SyncField, kept: String, lost: String,
        isRemoteKept: Bool, noticedAt: Date
    ) {
        self.kind = kind
        self.localID = localID
        self.recordID = recordID
        self.name = name
        self.field = field
        self.kept = kept
        self.lost = lost
        self.isRemoteKept = isRemoteKept
        self.noticedAt = noticedAt
    }
}

/// What a person says about a record of ours that can't go out.
public enum LocalChoice: String, Sendable, CaseIterable {
    /// Try again.
    case retry
    /// It is a record of its own: make it in Pipedrive.
    case create
    /// Leave it alone.
    case ignore
    /// Ask again.
    case reopen
}

/// What became of a person's decision.
public enum AttentionAnswer: Hashable, Sendable {
    /// It is kept, and is done by the drainers where something has to be done.
    case done
    /// Nothing waits there any more: it was decided before, here or by itself.
    case settled
    /// What was chosen is linked to another record by now.
    case taken
    /// What was chosen is not there any more.
    case gone
    /// Somebody changed the field since: it says this now, and nothing was done.
    case changed(String)
    /// Another product has this code.
    case codeTaken
    /// The direction of this kind does not let it out.
    case heldByDirection
}
