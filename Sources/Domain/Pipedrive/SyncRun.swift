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
        /// Made in Pipedrive.
        public var createdThere: Int
        /// Changed in Pipedrive.
        public var updatedThere: Int
        /// Left alone, because the direction says so.
        public var skipped: Int
        /// Left alone, because they are not as the preview said that was applied.
        public var postponed: Int

        /// Makes counts.
        public init(
            read: Int = 0, created: Int = 0, linked: Int = 0, updated: Int = 0, needsAttention: Int = 0,
            createdThere: Int = 0, updatedThere: Int = 0, skipped: Int = 0, postponed: Int = 0
        ) {
            self.read = read
            self.created = created
            self.linked = linked
            self.updated = updated
            self.needsAttention = needsAttention
            self.createdThere = createdThere
            self.updatedThere = updatedThere
            self.skipped = skipped
            self.postponed = postponed
        }

        /// Both together.
        public static func + (left: Counts, right: Counts) -> Counts {
            Counts(
                read: left.read + right.read, created: left.created + right.created,
                linked: left.linked + right.linked, updated: left.updated + right.updated,
                needsAttention: left.needsAttention + right.needsAttention,
                createdThere: left.createdThere + right.createdThere,
                updatedThere: left.updatedThere + right.updatedThere, skipped: left.skipped + right.skipped,
                postponed: left.postponed + right.postponed)
        }
    }

    /// What a run is for.
    public enum Mode: String, Sendable, CaseIterable {
        /// Reads everything, and writes both ways.
        case full
        /// Reads everything, and says what a full run would do.
        case preview
    }

    /// What a run is doing.
    public enum Phase: String, Sendable, CaseIterable {
        /// Reading Pipedrive's lists, a page at a time.
        case read
        /// Reading the variations of products, which no list has.
        case readVariations = "read_variations"
        /// Comparing what was read with PayDock, and taking it over.
        case decide
        /// Finding what has to go to Pipedrive.
        case plan
        /// Changing records in Pipedrive.
        case write
        /// Making records in Pipedrive.
        case create
        /// Nothing more.
        case done
    }

    /// How far a run is.
    public struct Progress: Hashable, Sendable {
        /// What it is doing.
        public let phase: Phase
        /// Of which kind.
        public let kind: RecordKind?
        /// Records done.
        public let done: Int
        /// Records expected, from the run before; never less than those done.
        public let expected: Int

        /// Makes progress.
        public init(phase: Phase, kind: RecordKind?, done: Int, expected: Int) {
            self.phase = phase
            self.kind = kind
            self.done = done
            self.expected = max(expected, done)
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
    /// One sentence on how it ended, where that needs saying; of a run at work, what it waits for.
    public let outcome: String?
    /// What it is for.
    public let mode: Mode
    /// How far it is.
    public let progress: Progress
    /// The preview that it does, and nothing beside it; nil for a run that does what it finds.
    public let plan: ID?
    /// Of a preview: products asked for their variations that the run which applies it does not ask again.
    public let sparedLooks: Int

    /// Makes a run value.
    public init(
        id: ID, state: State, startedBy: Cause, startedAt: Date, finishedAt: Date?, counts: [RecordKind: Counts],
        tokenCost: Int, outcome: String?, mode: Mode = .full,
        progress: Progress = Progress(phase: .done, kind: nil, done: 0, expected: 0), plan: ID? = nil,
        sparedLooks: Int = 0
    ) {
        self.id = id
        self.state = state
        self.startedBy = startedBy
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.counts = counts
        self.tokenCost = tokenCost
        self.outcome = outcome
        self.mode = mode
        self.progress = progress
        self.plan = plan
        self.sparedLooks = sparedLooks
    }
}

/// Where a run goes on.
public struct SyncCheckpoint: Hashable, Sendable {
    /// What it is doing.
    public let phase: SyncRun.Phase
    /// With which kind; nil when the run is through.
    public let kind: RecordKind?
    /// Pipedrive's cursor of the next page while reading, else the last record done; nil is the beginning.
    public let cursor: String?

    /// Makes a checkpoint.
    public init(phase: SyncRun.Phase = .read, kind: RecordKind?, cursor: String?) {
        self.phase = phase
        self.kind = kind
        self.cursor = cursor
    }

    /// Where a run begins: organizations first, because persons point at them.
    public static let start = SyncCheckpoint(phase: .read, kind: .organization, cursor: nil)

    /// The beginning of what comes after this: all kinds are read first; then each is compared, and written to
    /// Pipedrive, before the next, because a person needs its organization there.
    public func next(_ mode: SyncRun.Mode) -> SyncCheckpoint {
        let order: [RecordKind] = [.organization, .person, .product]
        let place = kind.flatMap { order.firstIndex(of: $0) } ?? order.count
        let later = place + 1 < order.count ? order[place + 1] : nil
        switch phase {
        case .read:
            return later.map { SyncCheckpoint(phase: .read, kind: $0, cursor: nil) }
                ?? SyncCheckpoint(phase: .readVariations, kind: .product, cursor: nil)
        case .readVariations: return SyncCheckpoint(phase: .decide, kind: order.first, cursor: nil)
        case .decide: return SyncCheckpoint(phase: .plan, kind: kind, cursor: nil)
        case .plan where mode != .preview: return SyncCheckpoint(phase: .write, kind: kind, cursor: nil)
        case .write: return SyncCheckpoint(phase: .create, kind: kind, cursor: nil)
        case .plan, .create:
            return later.map { SyncCheckpoint(phase: .decide, kind: $0, cursor: nil) }
                ?? SyncCheckpoint(phase: .done, kind: nil, cursor: nil)
        case .done: return self
        }
    }
}
