public import FoundationEssentials

/// What the sync goes by, and how far it is.
public protocol SyncPolicyStore {
    /// What the sync goes by; nil without a connection.
    func policy() throws -> SyncPolicy?
    /// Keeps the chosen custom fields.
    func save(mapping: FieldMapping) throws
    /// Keeps the custom fields of a kind.
    func save(customFields: [CustomField], of kind: RecordKind) throws
    /// Lets runs write from now on.
    func markApplied() throws
    /// The database's clock, before something is read from Pipedrive.
    func clock() throws -> Date
}

/// Records that Pipedrive told of and that wait to be read.
public protocol TouchedRecordStore {
    /// Remembers a record, and queues the message about its kind.
    func touch(_ kind: RecordKind, _ id: Int64, occurredAt: Date?) throws
    /// Takes the next that wait, at most `limit`, longest waiting first. Nobody else takes them for 40 seconds, unless
    /// they are touched again.
    func take(_ kind: RecordKind, limit: Int) throws -> [TouchedRecord]
    /// Whether any wait, those included that somebody has taken.
    func isWaiting(_ kind: RecordKind) throws -> Bool
    /// Forgets records, unless they were touched again meanwhile.
    func forget(_ kind: RecordKind, _ records: [TouchedRecord]) throws
    /// Lets records be taken again at once.
    func letGo(_ kind: RecordKind, _ records: [TouchedRecord]) throws
    /// Queues the message about each kind of which records wait for minutes without one: it was given up.
    func requeue() throws
    /// One record was merged into another: moves its link, or asks.
    func merge(_ kind: RecordKind, from loser: Int64, into survivor: Int64) throws
}

/// Which products were asked for their variations: no list has them, and no webhook tells of them.
public protocol VariationStore {
    /// Products that a run has staged and is still to ask: first those of which the preview that it applies knows
    /// variations; then in turn those never asked or changed since, those that have variations, and those not asked for a
    /// week. None any more once a run has asked 200.
    func due(_ run: SyncRun.ID, limit: Int) throws -> [CatalogItem]
    /// Of products that were just read: those to be asked. Of more than ten only those that had variations.
    func due(_ products: [CatalogItem]) throws -> [CatalogItem]
    /// Variations of these products that are linked, as identifiers of items.
    func linked(_ products: [Int64]) throws -> [Int64]
    /// Remembers that products were asked, and which have variations; `run` stages what it read.
    func keep(asked products: [CatalogItem], having: Set<Int64>, run: SyncRun.ID?) throws
    /// Notes with a preview, before what it staged is forgotten, how many of the products it asked the run that applies
    /// it does not ask again: those without variations, as far as no others wait for their turn.
    func spare(_ preview: SyncRun.ID) throws
}

/// A record that Pipedrive told of.
public struct TouchedRecord: Hashable, Sendable {
    /// Pipedrive's identifier.
    public let recordID: Int64
    /// When it changed, as the webhook says.
    public let occurredAt: Date?
    /// When we heard of it.
    public let touchedAt: Date

    /// Makes the value.
    public init(recordID: Int64, occurredAt: Date?, touchedAt: Date) {
        self.recordID = recordID
        self.occurredAt = occurredAt
        self.touchedAt = touchedAt
    }
}

/// Freshly read records that are taken over at once.
public struct FreshRecords: Sendable {
    /// What Pipedrive answered.
    public let page: RecordPage
    /// What was asked for and is not there, or not visible.
    public let missing: [Int64]
    /// The database's clock before the request went out.
    public let readAt: Date
    /// When records changed, where a webhook said so.
    public let occurredAt: [Int64: Date]
    /// Addresses of persons of an organization on the page, by its number: it is known by them as well.
    public let addresses: [Int64: [String]]
    /// The run that this belongs to; nil for a live change.
    public let run: SyncRun.ID?
    /// Whether they are needed for a quote: made whatever the direction, and nothing goes out.
    public let isForQuote: Bool

    /// Makes the value.
    public init(
        page: RecordPage, missing: [Int64] = [], readAt: Date, occurredAt: [Int64: Date] = [:],
        addresses: [Int64: [String]] = [:], run: SyncRun.ID? = nil, isForQuote: Bool = false
    ) {
        self.page = page
        self.missing = missing
        self.readAt = readAt
        self.occurredAt = occurredAt
        self.addresses = addresses
        self.run = run
        self.isForQuote = isForQuote
    }
}

/// What came of records that were taken over.
public struct TakenOver: Sendable {
    /// What happened in PayDock.
    public var counts: SyncRun.Counts
    /// What has to be written to Pipedrive; each is ours to write until the lease ends.
    public var writes: [RemoteChange]
    /// Records to read again: their pair was written after they were read, or is being written.
    public var busy: [Int64]

    /// Makes the value.
    public init(counts: SyncRun.Counts = SyncRun.Counts(), writes: [RemoteChange] = [], busy: [Int64] = []) {
        self.counts = counts
        self.writes = writes
        self.busy = busy
    }
}

/// A linked record of Pipedrive that has to change.
public struct RemoteChange: Hashable, Sendable {
    /// Pipedrive's.
    public let recordID: Int64
    /// Ours.
    public let localID: UUID
    /// What to write.
    public let write: RecordWrite
    /// Before and after, as PayDock says it.
    public let changes: [SyncField: PairDecision.Change]
    /// The edits that are in it, by when they were made.
    public let edits: [SyncField: Date]

    /// Makes the value.
    public init(
        recordID: Int64, localID: UUID, write: RecordWrite, changes: [SyncField: PairDecision.Change],
        edits: [SyncField: Date]
    ) {
        self.recordID = recordID
        self.localID = localID
        self.write = write
        self.changes = changes
        self.edits = edits
    }
}

/// A record of ours that has to be made in Pipedrive. Its link stands, with a placeholder for Pipedrive's number.
public struct RemoteCreation: Hashable, Sendable {
    /// Negative: stands for Pipedrive's number in the link.
    public let placeholder: Int64
    /// Ours.
    public let localID: UUID
    /// What to write.
    public let write: RecordWrite
    /// The edits that are in it, by when they were made.
    public let edits: [SyncField: Date]

    /// Makes the value.
    public init(placeholder: Int64, localID: UUID, write: RecordWrite, edits: [SyncField: Date]) {
        self.placeholder = placeholder
        self.localID = localID
        self.write = write
        self.edits = edits
    }
}

/// How a write to Pipedrive ended.
public enum RemoteOutcome: Sendable {
    /// Done; the record as it is now.
    case done(RecordPage)
    /// Pipedrive refused it, with its words.
    case refused(String)
    /// Nothing happened, or nobody knows: `isUnclear`.
    case failed(isUnclear: Bool)
}

/// Where one of our records stands with Pipedrive.
public enum LocalStanding: Hashable, Sendable {
    /// Linked to this record, and something may have to travel.
    case linked(RecordKind, Int64)
    /// To be created there: nothing known fits it. Its organization, where that has to be made there first.
    case fresh(RecordKind, organization: UUID?)
    /// A creation was sent then, and nobody knows how it ended.
    case unclear(RecordKind, since: Date)
    /// These records of Pipedrive fit it: they decide.
    case fits(RecordKind, [Int64])
    /// Somebody is writing it to Pipedrive at this moment.
    case busy
    /// Pipedrive's list of this kind was never read: what fits is not known.
    case unread(RecordKind)
    /// Stays here, for this reason.
    case stays(String)
}

/// Pairs of records: compared, taken over, written to Pipedrive.
public protocol PairStore {
    /// Decides about the next staged records of a run, `after` that record; the last of them, nil when that was all.
    func decide(_ kind: RecordKind, run: SyncRun.ID, after: Int64?, limit: Int) throws -> Int64?
    /// Takes over freshly read records, as a run would.
    func takeOver(_ fresh: FreshRecords) throws -> TakenOver
    /// Those of these records that we know nothing of: neither linked nor waiting for a person.
    func unknown(_ kind: RecordKind, _ ids: [Int64]) throws -> [Int64]
    /// Where a record of ours stands; the kind and the direction are looked up. Nil when it is gone.
    func standing(_ local: UUID) throws -> LocalStanding?
    /// Makes the links of what is to be created there, unique both ways, before anything is sent; each is ours to
    /// create until the lease ends. What is linked, or being created by somebody else, is left out.
    func reserve(_ kind: RecordKind, locals: [UUID]) throws -> [RemoteCreation]
    /// Keeps how a change ended, and lets its lease go.
    func settle(_ change: RemoteChange, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws
    /// Keeps how a creation ended, and lets its lease go.
    func settle(_ creation: RemoteCreation, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws
}

/// What a run has to bring to Pipedrive.
public protocol SyncTaskStore {
    /// Finds what of ours has to be made in Pipedrive.
    func plan(_ kind: RecordKind, run: SyncRun.ID) throws
    /// What a run has still to change there (`creates` false) or make there.
    func tasks(_ kind: RecordKind, run: SyncRun.ID, creates: Bool, limit: Int) throws -> [SyncTask]
    /// Takes tasks off the list.
    func finish(_ tasks: [SyncTask], of kind: RecordKind, run: SyncRun.ID) throws
}

/// A record that a run has to bring to Pipedrive.
public struct SyncTask: Hashable, Sendable {
    /// Ours.
    public let localID: UUID
    /// Pipedrive's; nil when it is to be made.
    public let recordID: Int64?
    /// Since when nobody knows whether an earlier creation took effect.
    public let unclearSince: Date?
    /// Whether it is linked by now.
    public let isLinked: Bool

    /// Makes a task.
    public init(localID: UUID, recordID: Int64?, unclearSince: Date? = nil, isLinked: Bool = false) {
        self.localID = localID
        self.recordID = recordID
        self.unclearSince = unclearSince
        self.isLinked = isLinked
    }
}

/// What runs and live changes did, as a person looks at it.
public protocol SyncLogStore {
    /// A run of either mode; nil when there is none such.
    func run(_ id: SyncRun.ID) throws -> SyncRun?
    /// The newest preview since the connection was made, whatever became of it.
    func preview() throws -> SyncRun?
    /// Whether this preview may be applied: it is complete, the newest, and nothing ran or was set since.
    func isCurrent(_ preview: SyncRun.ID) throws -> Bool
    /// What a run did, oldest first, or live changes, newest first where `run` is nil: those that come after.
    func changes(of run: SyncRun.ID?, after: Int64?, limit: Int) throws -> [SyncChange]
    /// The first few changes of a run of each kind and action that it counts.
    func samples(of run: SyncRun, limit: Int) throws -> [SyncChange]
}
