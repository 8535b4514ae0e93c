import Synchronization

/// How long a worker may still act on a message that it claimed, by its own monotonic clock.
///
/// It counts from before the claim was sent, so it ends no later than the database's lease. Whoever acts outside asks
/// first whether enough is left for what it is about to do.
public final class Lease: Sendable {
    private let end: Mutex<ContinuousClock.Instant>

    init(until end: ContinuousClock.Instant) {
        self.end = Mutex(end)
    }

    /// A lease of so many seconds from now.
    public convenience init(seconds: Double) {
        self.init(until: .now + .seconds(seconds))
    }

    /// Whether at least so much of it is left.
    public func hasLeft(seconds: Double) -> Bool {
        end.withLock { $0 } >= .now + .seconds(seconds)
    }

    func extend(to end: ContinuousClock.Instant) {
        self.end.withLock { $0 = max($0, end) }
    }

    /// The database gave the message to somebody else.
    func revoke() {
        end.withLock { $0 = .now - .seconds(1) }
    }
}
