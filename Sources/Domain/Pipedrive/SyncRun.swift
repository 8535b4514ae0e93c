public import FoundationEssentials

/// One execution of the sync for one connection.
public struct SyncRun: Hashable, Sendable {
    /// Identifies a run.
    public typealias ID = Identifier<SyncRun, UUID>

    /// Where a run stands.
    public enum State: String, Sendable, CaseIterable {
        /// At work, or waiting for its next step.
        case running
        /// Everything was read and written.
        case completed
        /// Ended by an error; `outcome` says which.
        case failed
        /// Ended by a disconnect.
        case cancelled
    }

    /// Why a run began.
    public enum Cause: String, Sendable, CaseIterable {
        /// The nightly schedule.
        case schedule
        /// Somebody clicked "Sync now".
        case manual
        /// Something was interrupted, and this run catches up.
        case retry
    }

    /// What happened to records, per kind.
    public struct Counts: Hashable, Sendable {
        /// Read from Pipedrive.
        public var read: Int
        /// Made in PayDock.
        public var created: Int
        /// Joined to an existing record.
        public var linked: Int
        /// Changed in PayDock.
        public var updated: Int
        /// Left for a person to decide.
        public var needsAttention: Int

        /// Makes counts.
        public init(read: Int = 0, created: Int = 0, linked: Int = 0, updated: Int = 0, needsAttention: Int = 0) {
            self.read = read
            self.created = created
            self.linked = linked
            self.updated = updated
            self.needsAttention = needsAttention
        }
    }

    /// The identifier.
    public let id: ID
    /// Where it stands.
    public let state: State
    /// Why it began.
    public let startedBy: Cause
    /// When it began.
    public let startedAt: Date
    /// When it ended.
    public let finishedAt: Date?
    /// Per kind.
    public let counts: [RecordKind: Counts]
    /// Pipedrive tokens spent.
    public let tokenCost: Int
    /// One sentence on how it ended, where that needs saying.
    public let outcome: String?

    /// Makes a run value.
    public init(
        id: ID, state: State, startedBy: Cause, startedAt: Date, finishedAt: Date?, counts: [RecordKind: Counts],
        tokenCost: Int, outcome: String?
    ) {
        self.id = id
        self.state = state
        self.startedBy = startedBy
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.counts = counts
        self.tokenCost = tokenCost
        self.outcome = outcome
    }
}

/// Where a run goes on: the next page of a kind.
public struct SyncCheckpoint: Hashable, Sendable {
    /// The kind being read; nil when everything was read and the plan is due.
    public let kind: RecordKind?
    /// Pipedrive's cursor of the next page; nil is the first.
    public let cursor: String?

    /// Makes a checkpoint.
    public init(kind: RecordKind?, cursor: String?) {
        self.kind = kind
        self.cursor = cursor
    }
}
