public import Domain
import FoundationEssentials
public import Logging
import Synchronization

/// Claims and delivers messages until its minute is over, or until nothing is due. Any number may run side by side.
public struct QueueDrain: Sendable {
    private let storage: any Storage
    private let signal: any QueueSignal
    private let deliveries: Deliveries
    private let retry: RetryPolicy
    private let worker: String

    /// Wires the drain; `worker` names this process in leases and attempts.
    public init(
        storage: any Storage, signal: any QueueSignal, deliveries: Deliveries, retry: RetryPolicy, worker: String
    ) {
        self.storage = storage
        self.signal = signal
        self.deliveries = deliveries
        self.retry = retry
        self.worker = worker
    }

    /// When a drain ends.
    public enum Ending: Sendable {
        /// When nothing is due any more.
        case whenNothingIsDue
        /// When so much time has passed; what is in hand is finished.
        case after(Duration)
    }

    static let concurrency = 16
    // Longer than a request's connect and total time-outs with one refresh between, as DESIGN asks.
    static let leaseSeconds = 120
    static let pollSeconds = 2.0

    /// Drains. `isStopping` is asked between claims; what is in hand is always finished, also when the database fails
    /// meanwhile: then nothing more is claimed, and the first such error is thrown at the end.
    public func run(_ ending: Ending, logger: Logger, isStopping: @Sendable @escaping () -> Bool) async throws {
        let clock = ContinuousClock()
        let end: ContinuousClock.Instant? =
            if case .after(let duration) = ending { clock.now.advanced(by: duration) } else { nil }
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let inHand = Counter()
        let failure = FirstError()
        let wakeUps = end == nil ? nil : signal.wakeUps()
        await withDiscardingTaskGroup { group in
            let listener = Task.detached {
                guard let wakeUps else { return }
                for await _ in wakeUps { tick.yield() }
            }
            defer { listener.cancel() }
            var next = ticks.makeAsyncIterator()
            while true {
                let isOver = failure.value != nil || isStopping() || (end.map { clock.now >= $0 } ?? false)
                // Counted before the claim: what ends after it may have left more to do.
                let held = inHand.value
                let free = Self.concurrency - held
                let claimed =
                    isOver || free == 0
                    ? []
                    : await failure.keeping([]) {
                        try await persistently(logger) { try claim(free) }
                    }
                for message in claimed {
                    inHand.add(1)
                    group.addTask {
                        defer {
                            inHand.add(-1)
                            tick.yield()
                        }
                        await failure.keeping(()) { try await deliver(message, logger: logger) }
                    }
                }
                if claimed.isEmpty, held == 0, isOver || end == nil { return }
                if claimed.count == free, !claimed.isEmpty { continue }
                let seconds = await failure.keeping(Self.pollSeconds) {
                    try await persistently(logger) { try idleSeconds(isOver: isOver, until: end, clock: clock) }
                }
                await Self.wait(&next, tick, seconds: seconds)
            }
        }
        if let error = failure.value { throw error }
    }

    private func claim(_ limit: Int) throws -> [OutboxMessage] {
        try storage.transaction(.cron(nil)) {
            _ = try $0.queue.rescue()
            return try $0.queue.claim(limit: limit, leaseSeconds: Self.leaseSeconds, worker: worker)
        }
    }

    private func idleSeconds(
        isOver: Bool, until end: ContinuousClock.Instant?, clock: ContinuousClock
    ) throws -> Double {
        guard !isOver, let end else { return Self.pollSeconds }
        let due = try storage.transaction(.cron(nil)) { transaction in
            try transaction.queue.announceListener(seconds: 5)
            return try transaction.queue.secondsUntilDue()
        }
        let left = Double((end - clock.now).components.seconds) + 1
        return max(min(due ?? Self.pollSeconds, Self.pollSeconds, left), 0.005)
    }

    private static func wait(
        _ next: inout AsyncStream<Void>.Iterator, _ tick: AsyncStream<Void>.Continuation, seconds: Double
    ) async {
        let timer = Task.detached {
            try await Task.sleep(for: .seconds(seconds))
            tick.yield()
        }
        defer { timer.cancel() }
        await next.next()
    }

    private func deliver(_ message: OutboxMessage, logger: Logger) async throws {
        var logger = logger
        logger[metadataKey: "message.id"] = "\(message.id)"
        logger[metadataKey: "message.kind"] = "\(message.kind.rawValue)"
        let result = await deliveries.deliver(message, logger: logger)
        var delay: Double?
        if case .failed(_, let retryAfter, _) = result {
            delay = retry.delay(
                afterAttempt: message.attempt, jitter: Double.random(in: -1...1), retryAfter: retryAfter)
        }
        let isOurs = try await persistently(logger) {
            try storage.transaction(.cron(message.companyID)) {
                try $0.queue.finish(message, worker: worker, result: result, nextAttemptSeconds: delay)
            }
        }
        guard isOurs else {
            logger.warning("The lease was lost before the result could be written")
            return
        }
        try report(message, result, isLast: delay == nil, logger: logger)
    }

    // While PostgreSQL is restarted, what is in hand must not be let go: its results are still to be written.
    private static let databasePauses = 60

    private func persistently<Result>(
        _ logger: Logger, _ body: () throws -> Result
    ) async throws -> Result {
        for pause in 1...Self.databasePauses {
            do {
                return try body()
            } catch let refusal as Refusal where refusal.code == .unavailable {
                if pause == 1 { logger.warning("The database does not answer; waiting for it") }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
        return try body()
    }

    private func report(
        _ message: OutboxMessage, _ result: DeliveryResult, isLast: Bool, logger: Logger
    ) throws {
        switch result {
        case .completed(let note): logger.info("Message completed", metadata: ["note": "\(note ?? "")"])
        case .again: logger.debug("Message goes on")
        case .snoozed(let seconds, let reason):
            logger.notice("Message waits", metadata: ["seconds": "\(seconds)", "reason": "\(reason)"])
        case .cancelled(let reason): logger.info("Message cancelled", metadata: ["reason": "\(reason)"])
        case .failed(let reason, _, _) where !isLast:
            logger.warning("Attempt failed", metadata: ["attempt": "\(message.attempt)", "reason": "\(reason)"])
        case .failed(let reason, _, _), .discarded(let reason):
            logger.error("Message discarded", metadata: ["reason": "\(reason)"])
            try deliveries.gaveUp(message, reason: reason)
        }
    }
}

/// How many messages are in hand.
private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ change: Int) { count.withLock { $0 += change } }
}

/// The first error of all deliveries and claims.
private final class FirstError: Sendable {
    private let error = Mutex<(any Error)?>(nil)
    var value: (any Error)? { error.withLock { $0 } }
    private func keep(_ new: any Error) { error.withLock { $0 = $0 ?? new } }

    func keeping<Value>(_ fallback: Value, _ body: () async throws -> Value) async -> Value {
        do {
            return try await body()
        } catch {
            keep(error)
            return fallback
        }
    }
}
