public import FoundationEssentials

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
        /// Fetch the changed records of a kind that wait, and take them over.
        case record
        /// Bring a new or changed record of ours to Pipedrive.
        case push
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

        /// Whether an attempt that was cut off is looked for, once it can be seen, before it is repeated.
        public var looksBeforeRepeating: Bool { self == .note }

        /// Whether it calls Pipedrive's API: so it waits while its connection is held back, and its success shows that
        /// Pipedrive answers.
        public var callsAPI: Bool {
            switch self {
            case .note, .draft, .record, .push, .sync, .subscribe, .sweep: true
            case .event, .webhook, .mail, .revoke, .refresh: false
            }
        }
    }

    /// Where a message stands.
    public enum State: String, Sendable, CaseIterable {
        /// May be claimed, as soon as no earlier message of its lane is unfinished; moved out by a claim.
        case available
        /// Waits for its due time without an attempt having failed; becomes available then.
        case scheduled
        /// Claimed under a lease; moved out by its result, or by rescue when the lease ran out.
        case running
        /// Failed, or lost its worker, and waits for its next attempt; becomes available then.
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
    /// Which attempt this is, counted from 1. Waiting costs none.
    public let attempt: Int
    /// Whether an earlier attempt's outcome is unknown: it may have taken effect.
    public let hasUnclearAttempt: Bool
    /// Which claim this is: fences the result.
    public let claim: Int
    /// Lower goes first.
    public let priority: Int
    /// Whether it goes ahead alone, to try a connection that was held back.
    public let isProbe: Bool
    /// For so many seconds the work may not be repeated yet, although it may be looked for.
    public let repeatSeconds: Double
    /// When that happened which it is about.
    public let causedAt: Date

    /// Makes a message value.
    public init(
        id: ID, companyID: Company.ID, kind: Kind, subject: String, attempt: Int, hasUnclearAttempt: Bool,
        claim: Int = 1, priority: Int = 1, isProbe: Bool = false, repeatSeconds: Double = 0,
        causedAt: Date = .distantPast
    ) {
        self.id = id
        self.companyID = companyID
        self.kind = kind
        self.subject = subject
        self.attempt = attempt
        self.hasUnclearAttempt = hasUnclearAttempt
        self.claim = claim
        self.priority = priority
        self.isProbe = isProbe
        self.repeatSeconds = repeatSeconds
        self.causedAt = causedAt
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
    /// From 0 to 9; lower goes first.
    public let priority: Int
    /// When that happened which it is about; nil is now.
    public let causedAt: Date?

    /// Makes a message. Notes and webhooks go before sync steps.
    public init(
        kind: OutboxMessage.Kind, subject: String, idempotencyKey: String? = nil, lane: String? = nil,
        priority: Int? = nil, causedAt: Date? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.idempotencyKey = idempotencyKey
        self.lane = lane
        self.priority = priority ?? (kind == .sync ? 5 : 1)
        self.causedAt = causedAt
    }
}
