/// One message that arrived through `LISTEN`.
public struct PostgresNotification: Sendable, Hashable {
    /// The channel it was sent to.
    public let channel: String
    /// What the sender added; empty without one.
    public let payload: String
    /// The server process of the sender.
    public let serverProcessID: Int32
}
