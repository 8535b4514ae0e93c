public import FoundationEssentials

/// A key of the regular API, as it is listed: the key itself is shown once and stored as a hash.
public struct APIKey: Hashable, Sendable {
    /// Identifies a key.
    public typealias ID = Identifier<APIKey, UUID>

    /// The identifier.
    public let id: ID
    /// What the member called it.
    public let name: String
    /// When it was made.
    public let createdAt: Date
    /// When it was last used, to the minute; nil for never.
    public let lastUsedAt: Date?
    /// When it was revoked; nil while it works.
    public let revokedAt: Date?

    /// Makes a key's description.
    public init(id: ID, name: String, createdAt: Date, lastUsedAt: Date?, revokedAt: Date?) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }
}

/// A request that was counted against its key.
public struct APIKeyUse: Hashable, Sendable {
    /// Requests that a key may make in a minute of the clock.
    public static let limitPerMinute = 3000

    /// Whose key it is.
    public let companyID: Company.ID
    /// The how-manieth request of the minute this is; above the limit it is to be refused.
    public let requestNumber: Int
    /// Until the minute ends.
    public let secondsLeft: Int

    /// Makes a use.
    public init(companyID: Company.ID, requestNumber: Int, secondsLeft: Int) {
        self.companyID = companyID
        self.requestNumber = requestNumber
        self.secondsLeft = secondsLeft
    }

    /// Whether the request may be served.
    public var isWithinLimit: Bool { requestNumber <= Self.limitPerMinute }
    /// Requests that are left in this minute.
    public var remaining: Int { max(0, Self.limitPerMinute - requestNumber) }
}

/// An answer that is kept for a request with an `Idempotency-Key`.
public struct KeptAnswer: Hashable, Sendable {
    /// HTTP status.
    public let status: Int
    /// The `Location` header.
    public let location: String?
    /// The body's bytes.
    public let body: [UInt8]

    /// How long an answer is kept.
    public static let retentionSeconds = 24 * 3600.0

    /// Makes an answer.
    public init(status: Int, location: String?, body: [UInt8]) {
        self.status = status
        self.location = location
        self.body = body
    }
}
