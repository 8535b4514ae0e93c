public import FoundationEssentials

/// How the queue is doing. With a company, that company's; without one, as cron, all.
public protocol QueueHealth {
    /// Notes of the last day, and those that wait. Needs a company.
    func noteFigures() throws -> NoteFigures
    /// Connections that are held back.
    func heldConnections() throws -> [HeldConnection]
    /// Drainers that were heard of in the last minute. As cron.
    func drainers() throws -> [LiveDrainer]
    /// How many messages of each kind were finished lately. As cron.
    func rates() throws -> [FinishRate]
}

/// The Events tab's figures.
public struct NoteFigures: Hashable, Sendable {
    /// Notes that wait, events that are not routed yet included.
    public var waitingCount = 0
    /// Of those, the ones that failed at least once.
    public var retryingCount = 0
    /// Notes that were given up.
    public var discardedCount = 0
    /// Notes that were posted in the last 24 hours.
    public var deliveredCount = 0
    /// Of those, the ones that took longer than a minute from the event.
    public var lateCount = 0
    /// When the oldest that waits happened.
    public var oldestWaitingAt: Date?
    /// Seconds from event to note in the last 24 hours; nil when there was none.
    public var seconds: Percentiles?

    /// What half, 95 % and 99 % did not exceed.
    public struct Percentiles: Hashable, Sendable {
        /// Half.
        public let p50: Double
        /// 95 %.
        public let p95: Double
        /// 99 %.
        public let p99: Double

        /// Makes the value.
        public init(p50: Double, p95: Double, p99: Double) {
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
        }
    }

    /// No notes at all.
    public init() {}
}

/// A connection whose messages wait.
public struct HeldConnection: Hashable, Sendable {
    /// The company.
    public let companyID: Company.ID
    /// Why.
    public let reason: String
    /// Failures in a row.
    public let failureCount: Int
    /// Until when; after that one message goes ahead.
    public let until: Date

    /// Makes the value.
    public init(companyID: Company.ID, reason: String, failureCount: Int, until: Date) {
        self.companyID = companyID
        self.reason = reason
        self.failureCount = failureCount
        self.until = until
    }
}

/// A drainer that lives.
public struct LiveDrainer: Hashable, Sendable {
    /// Its host and process.
    public let worker: String
    /// Since when.
    public let startedAt: Date
    /// When it was last heard of.
    public let seenAt: Date
    /// Whether it is woken, rather than polling alone.
    public let hears: Bool
    /// How many messages it holds.
    public let heldCount: Int

    /// Makes the value.
    public init(worker: String, startedAt: Date, seenAt: Date, hears: Bool, heldCount: Int) {
        self.worker = worker
        self.startedAt = startedAt
        self.seenAt = seenAt
        self.hears = hears
        self.heldCount = heldCount
    }
}

/// How fast messages of a kind are finished.
public struct FinishRate: Hashable, Sendable {
    /// The kind.
    public let kind: OutboxMessage.Kind
    /// Finished in the last minute.
    public let lastMinute: Int
    /// Finished in the last hour.
    public let lastHour: Int

    /// Makes the value.
    public init(kind: OutboxMessage.Kind, lastMinute: Int, lastHour: Int) {
        self.kind = kind
        self.lastMinute = lastMinute
        self.lastHour = lastHour
    }
}
