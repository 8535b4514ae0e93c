public import FoundationEssentials

/// Messages as a person looks at them. With a company, that company's; without one, as cron, all.
public protocol MessageLog {
    /// How many messages there are, by kind and state; of finished ones those of the last day.
    func counts() throws -> [MessageCount]
    /// Newest first, at most `limit`; nil lists every state.
    func messages(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord]
    /// Those that concern a deal, newest first, at most 100: its drafting, and the notes and mails of its quotes and
    /// invoices.
    func messages(about deal: Deal.ID) throws -> [MessageRecord]
    /// Lets a message that waits or was given up go out again at once, out of its lane's order. False when it is not
    /// in such a state.
    func retry(_ id: OutboxMessage.ID) throws -> Bool
    /// The same for all messages of a kind that were given up; says how many.
    func retryDiscarded(_ kind: OutboxMessage.Kind) throws -> Int
    /// Gives a waiting message up. False when it is not waiting.
    func discard(_ id: OutboxMessage.ID, reason: String) throws -> Bool
}

/// How many messages of a kind are in a state.
public struct MessageCount: Hashable, Sendable {
    /// The kind.
    public let kind: OutboxMessage.Kind
    /// The state.
    public let state: OutboxMessage.State
    /// How many.
    public let count: Int
    /// When the oldest of them was made.
    public let oldestAt: Date?

    /// Makes a count.
    public init(kind: OutboxMessage.Kind, state: OutboxMessage.State, count: Int, oldestAt: Date? = nil) {
        self.kind = kind
        self.state = state
        self.count = count
        self.oldestAt = oldestAt
    }
}

/// A message with its history in short.
public struct MessageRecord: Hashable, Sendable {
    /// The number.
    public let id: OutboxMessage.ID
    /// The company.
    public let companyID: Company.ID
    /// What has to happen.
    public let kind: OutboxMessage.Kind
    /// What it is about.
    public let subject: String
    /// Where it stands.
    public let state: OutboxMessage.State
    /// Attempts that counted.
    public let attemptCount: Int
    /// Why it waits or was given up.
    public let reason: String?
    /// When it was made.
    public let createdAt: Date
    /// When it is due.
    public let dueAt: Date

    /// Makes a record.
    public init(
        id: OutboxMessage.ID, companyID: Company.ID, kind: OutboxMessage.Kind, subject: String,
        state: OutboxMessage.State, attemptCount: Int, reason: String?, createdAt: Date, dueAt: Date
    ) {
        self.id = id
        self.companyID = companyID
        self.kind = kind
        self.subject = subject
        self.state = state
        self.attemptCount = attemptCount
        self.reason = reason
        self.createdAt = createdAt
        self.dueAt = dueAt
    }
}

/// What a person has to decide, because guessing could make a duplicate.
public protocol AttentionStore {
    /// How many records wait for a decision.
    func count() throws -> Int
    /// Grouped by reason, then by name; at most `limit`.
    func records(limit: Int) throws -> [AttentionRecord]
    /// What waits, with what has to be known to decide, and what was left alone; at most `limit` of each sort, those
    /// left out that `passing` passes over.
    func list(passing: [AttentionSort: Int], limit: Int) throws -> AttentionList
    /// Keeps what a person says about a record of Pipedrive; nil has it asked again. The caller has it read again.
    func answer(_ choice: MatchChoice?, _ kind: RecordKind, _ recordID: Int64) throws -> AttentionAnswer
    /// Keeps what a person says about one of ours. The caller has it pushed.
    func answer(_ choice: LocalChoice, _ kind: RecordKind, ours local: UUID) throws -> AttentionAnswer
    /// Ends a conflict: as it is, or by writing the value that lost to our record, as an edit of that person.
    func settle(_ kind: RecordKind, ours local: UUID, _ field: SyncField, usesOther: Bool) throws -> AttentionAnswer
}

/// A record that waits for a decision.
public struct AttentionRecord: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// Pipedrive's identifier; nil for a record of ours that can't go out.
    public let recordID: Int64?
    /// Its name.
    public let name: String
    /// Why nothing was created or written, or which of two values was kept.
    public let reason: String

    /// Makes a record.
    public init(kind: RecordKind, recordID: Int64?, name: String, reason: String) {
        self.kind = kind
        self.recordID = recordID
        self.name = name
        self.reason = reason
    }
}

/// Refresh tokens of ended connections that Pipedrive still has to be told about: for revoking and nothing else.
public protocol RevocationStore {
    /// Moves the refresh tokens of the company's grants here, for 24 hours, and queues the messages about them; not
    /// those that Pipedrive was told of already.
    func keep(exceptTold: [Secret]) throws
    /// Keeps the refresh token of a grant that was never joined to the company, likewise.
    func keep(_ credentials: Credentials, of user: PipedriveUser) throws
    /// The opened token; nil when it was told, or is older than 24 hours.
    func token(_ id: String) throws -> Secret?
    /// Destroys it: Pipedrive was told.
    func destroy(_ id: String) throws
    /// Destroys what is older than 24 hours, for all companies; says how many.
    func destroyExpired() throws -> Int
}
