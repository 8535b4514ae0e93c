public import FoundationEssentials

/// What a run, or a live change, did to one record.
public struct SyncChange: Hashable, Sendable {
    /// What was done.
    public enum Action: String, Sendable, CaseIterable {
        /// Made in PayDock.
        case created
        /// Joined to an existing record.
        case linked
        /// Changed in PayDock.
        case updated
        /// Made in Pipedrive.
        case createdThere = "created_there"
        /// Changed in Pipedrive.
        case updatedThere = "updated_there"
        /// Left alone.
        case skipped
        /// Left for a person to decide.
        case attention
        /// Pipedrive refused it.
        case refused
        /// Deleted in Pipedrive, or not visible any more; ours stayed.
        case gone
        /// Merged into another one in Pipedrive.
        case merged
        /// Left alone, because it is not as the preview said that was applied.
        case postponed
    }

    /// One field, before and after.
    public struct Field: Hashable, Sendable {
        /// Its name as stored, or `reason`.
        public let name: String
        /// What stood there.
        public let before: String
        /// What stands there now.
        public let after: String

        /// Makes a field.
        public init(name: String, before: String, after: String) {
            self.name = name
            self.before = before
            self.after = after
        }
    }

    /// Ascending in the order of the log.
    public let id: Int64
    /// The kind.
    public let kind: RecordKind
    /// Pipedrive's identifier.
    public let recordID: Int64?
    /// Ours.
    public let localID: UUID?
    /// What was done.
    public let action: Action
    /// The record's name then.
    public let name: String
    /// What changed.
    public let fields: [Field]
    /// When.
    public let happenedAt: Date

    /// Makes a change.
    public init(
        id: Int64, kind: RecordKind, recordID: Int64?, localID: UUID?, action: Action, name: String,
        fields: [Field] = [], happenedAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.recordID = recordID
        self.localID = localID
        self.action = action
        self.name = name
        self.fields = fields
        self.happenedAt = happenedAt
    }
}
