/// Where webhooks are kept as they come: like the panel, one question that is asked before the company is known, and
/// answered in one round trip.
public protocol WebhookStore: Sendable {
    /// Finds whose webhook the path is, and, if it is proven, stores the body and the message about it; all committed
    /// before it returns. Throws `unavailable` when the database could not.
    ///
    /// - Parameter basicHash: SHA-256 of the `user:password` that came along; nil when none did.
    func receive(path: String, basicHash: [UInt8]?, body: [UInt8]) throws -> WebhookVerdict
}

/// What became of a webhook.
public enum WebhookVerdict: Hashable, Sendable {
    /// Stored and committed.
    case stored
    /// The connection has ended: nothing stored.
    case ignored
    /// Wrong credentials, or none.
    case unauthorized
    /// Never such a path.
    case unknown
}
