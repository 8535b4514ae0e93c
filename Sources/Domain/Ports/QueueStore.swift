/// Messages, their leases and results. Claims and results see all companies and need the cron role.
public protocol QueueStore {
    /// Adds a message; false when its idempotency key exists.
    @discardableResult
    func add(_ message: NewMessage) throws -> Bool
    /// Claims due messages under a lease: by priority, then age; of a lane only the first that is not finished.
    func claim(limit: Int, leaseSeconds: Int, worker: String) throws -> [OutboxMessage]
    /// Writes the result of a claimed message and its attempt. False when the lease was lost meanwhile: the result
    /// then counts for nothing. `nextAttemptSeconds` is the backoff of a failed attempt, nil to discard.
    func finish(
        _ message: OutboxMessage, worker: String, result: DeliveryResult, nextAttemptSeconds: Double?
    ) throws -> Bool
    /// Returns messages whose lease ran out; says how many.
    func rescue() throws -> Int
    /// Cancels what waits for the transaction's company.
    func cancelWaiting(reason: String) throws -> Int
    /// Lets messages go on that wait for the transaction's company: after a reconnect.
    func wake() throws
    /// Seconds until the next message of any company becomes due; nil when none waits for its time.
    func secondsUntilDue() throws -> Double?
    /// Tells writers that a drainer listens for the next few seconds, so that they notify.
    func announceListener(seconds: Int) throws
}

/// Work that comes back, claimed by one process at a time.
public protocol ChoreStore {
    /// True for the one caller that gets to do the chore now; the next time is `everySeconds` later.
    func claim(_ name: String, everySeconds: Int) throws -> Bool
    /// For how many seconds work has been due; negative before that, nil when it was never done.
    func secondsOverdue(_ name: String) throws -> Double?
}

/// Wakes a drainer when a message was added.
public protocol QueueSignal: Sendable {
    /// One element per notification, until the stream is let go. A lost notification is no harm: drainers poll too.
    func wakeUps() -> AsyncStream<Void>
}
