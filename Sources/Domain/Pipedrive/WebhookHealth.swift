public import FoundationEssentials

/// How the webhooks of a connection were found when they were last looked at.
public struct WebhookHealth: Hashable, Sendable {
    /// When.
    public let checkedAt: Date
    /// How many there should be.
    public let expectedCount: Int
    /// How many Pipedrive delivers to.
    public let activeCount: Int
    /// What was wrong when something last was; it was put right then.
    public let trouble: String?
    /// When that was.
    public let troubledAt: Date?

    /// Makes the value.
    public init(checkedAt: Date, expectedCount: Int, activeCount: Int, trouble: String?, troubledAt: Date?) {
        self.checkedAt = checkedAt
        self.expectedCount = expectedCount
        self.activeCount = activeCount
        self.trouble = trouble
        self.troubledAt = troubledAt
    }
}
