/// Work that has to happen, written in the same transaction as its cause.
public struct OutboxMessage: Hashable, Sendable {
    /// The database's number of the message, ascending per database.
    public typealias ID = Identifier<OutboxMessage, Int64>

    /// Kinds of work, each with one use case that does it.
    public enum Kind: String, Sendable, CaseIterable {
        /// An event of the books: find out whether it becomes a note.
        case event
        /// A delivered webhook: find out what it asks for.
        case webhook
        /// Post a note in a deal.
        case note
        /// Draft the quote of a deal.
        case draft
        /// Fetch one changed record and take it over.
        case record
        /// One step of a sync run.
        case sync
        /// Make the webhooks of a connection.
        case subscribe
        /// Tell Pipedrive that a connection has ended.
        case revoke
        /// Send a document by e-mail.
        case mail
        /// Look for deals in a trigger's stages that no webhook told of.
        case sweep
        /// Refresh a grant that was idle, so that it does not end after 60 days.
        case refresh
    }

    /// Where a message stands.
    public enum State: String, Sendable, CaseIterable {
        /// Waits for its due time; moved out by a claim.
        case available
        /// Claimed under a lease; moved out by its result, or by rescue when the lease ran out.
        case running
        /// Failed at least once and waits for its next attempt.
        case retryable
        /// Done.
        case completed
        /// Out of attempts, or can never succeed; kept for a person to look at.
        case discarded
        /// No longer wanted.
        case cancelled
    }

    /// The number.
    public let id: ID
    /// The company it belongs to.
    public let companyID: Company.ID
    /// What has to happen.
    public let kind: Kind
    /// What it is about: an event id, a deal id, a run id; by kind.
    public let subject: String
    /// Which attempt this is, counted from 1.
    public let attempt: Int
    /// How many attempts were cut off without a result, so that their outcome is unknown.
    public let hasUnclearAttempt: Bool

    /// Makes a message value.
    public init(
        id: ID, companyID: Company.ID, kind: Kind, subject: String, attempt: Int, hasUnclearAttempt: Bool
    ) {
        self.id = id
        self.companyID = companyID
        self.kind = kind
        self.subject = subject
        self.attempt = attempt
        self.hasUnclearAttempt = hasUnclearAttempt
    }
}

/// A message before it is stored.
public struct NewMessage: Hashable, Sendable {
    /// What has to happen.
    public let kind: OutboxMessage.Kind
    /// What it is about.
    public let subject: String
    /// A second message with the same kind and key is dropped; nil allows any number.
    public let idempotencyKey: String?
    /// Messages of one lane go out in order.
    public let lane: String?
    /// Lower goes first.
    public let priority: Int

    /// Makes a message. Notes and webhooks go before sync steps.
    public init(
        kind: OutboxMessage.Kind, subject: String, idempotencyKey: String? = nil, lane: String? = nil,
        priority: Int? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.idempotencyKey = idempotencyKey
        self.lane = lane
        self.priority = priority ?? (kind == .sync ? 5 : 1)
    }
}

/// How an attempt ended.
public enum DeliveryResult: Hashable, Sendable {
    /// Done.
    case completed(note: String?)
    /// The next step of the same work is due at once.
    case again
    /// Wait without counting an attempt.
    case snoozed(seconds: Int, reason: String)
    /// An attempt failed; try again after the backoff, or discard when it was the last.
    case failed(reason: String, retryAfterSeconds: Int?, isUnclear: Bool)
    /// Will never succeed.
    case discarded(reason: String)
    /// No longer wanted.
    case cancelled(reason: String)
}
