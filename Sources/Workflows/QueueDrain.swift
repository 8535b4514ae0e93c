public import Domain
import FoundationEssentials
public import Logging

/// Claims and delivers messages until its minute is over, or until nothing is due. Any number may run side by side.
public struct QueueDrain: Sendable {
    let storage: any Storage
    let signal: any QueueSignal
    let deliveries: Deliveries
    let retry: RetryPolicy
    let worker: String
    let limits: Limits
    let leaseSeconds: Double
    let grace: Duration

    /// Wires the drain; `worker` names this process in leases and attempts. A lease and a grace of other than the usual
    /// length are for tests, whose process may stand still longer, and which do not wait a minute.
    public init(
        storage: any Storage, signal: any QueueSignal, deliveries: Deliveries, retry: RetryPolicy, worker: String,
        limits: Limits = Limits(), leaseSeconds: Double = Self.leaseSeconds, grace: Duration = Self.grace
    ) {
        self.storage = storage
        self.signal = signal
        self.deliveries = deliveries
        self.retry = retry
        self.worker = worker
        self.limits = limits
        self.leaseSeconds = leaseSeconds
        self.grace = grace
    }

    /// When a drain ends.
    public enum Ending: Sendable {
        /// When nothing is due any more.
        case whenNothingIsDue
        /// When so much time has passed; what is at work is finished, as long as that takes no more than a minute.
        case after(Duration)
    }

    /// How much a drain works on at once; it holds a little more (``ClaimAhead``).
    public struct Limits: Sendable {
        /// Messages of all companies.
        public var messages: Int
        /// Messages of one company, and so requests to one Pipedrive account.
        public var perCompany: Int

        /// Makes limits.
        public init(messages: Int = 64, perCompany: Int = 16) {
            self.messages = messages
            self.perCompany = perCompany
        }

        /// Of what is less urgent only so much is held that notes and webhooks always find room.
        func lowestPriority(held: [Int: Int]) -> Int {
            func count(from priority: Int) -> Int { held.reduce(0) { $0 + ($1.key >= priority ? $1.value : 0) } }
            if count(from: 2) * 4 >= messages * 3 { return 1 }
            if count(from: 5) * 2 >= messages { return 4 }
            return 9
        }
    }

    /// Longer than one request, connecting included, with room for what comes before it; renewed while it is held. As
    /// short as that allows: a lost drainer's messages wait for it.
    public static let leaseSeconds: Double = RetryPolicy.leaseMargin + 4
    /// How long what is in hand may take after a drain has ended.
    public static let grace = Duration.seconds(60)

    /// Drains, and says what it did. `isStopping` is asked between claims; what is in hand is finished, also when
    /// the database fails meanwhile: then nothing more is claimed, and the first such error is thrown at the end.
    @discardableResult
    public func run(
        _ ending: Ending, logger: Logger, isStopping: @Sendable @escaping () -> Bool
    ) async throws -> DrainSummary {
        let loop = DrainLoop(self, ending: ending, logger: logger, isStopping: isStopping)
        return try await loop.run()
    }
}

/// What a drain did.
public struct DrainSummary: Hashable, Sendable, Encodable {
    /// Events whose notes were queued, or that need none.
    public internal(set) var routed = 0
    /// Messages that were done.
    public internal(set) var completed = 0
    /// Attempts that failed and are repeated later.
    public internal(set) var failed = 0
    /// Messages that wait without having cost an attempt.
    public internal(set) var waiting = 0
    /// Messages that were given up.
    public internal(set) var discarded = 0
    /// Messages that were no longer wanted.
    public internal(set) var cancelled = 0
    /// Messages that this drain lost to another, or had to let go at its end.
    public internal(set) var lost = 0

    /// Nothing done.
    public init() {}

    mutating func count(_ outcome: AttemptOutcome) {
        switch outcome.state {
        case .completed: completed += 1
        case .discarded: discarded += 1
        case .cancelled: cancelled += 1
        case .retryable: failed += 1
        case .scheduled: waiting += 1
        case .available, .running: break
        }
    }
}

extension DrainSummary: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        "\(completed) done, \(failed) to be tried again, \(waiting) waiting, \(discarded) given up, "
            + "\(cancelled) cancelled, \(routed) events routed" + (lost > 0 ? ", \(lost) lost" : "")
    }
}
