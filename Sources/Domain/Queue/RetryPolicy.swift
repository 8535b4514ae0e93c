/// What each answer means and what follows from it: waiting, trying again, giving up. Pure; its table is in
/// `docs/deliveries.md`.
public struct RetryPolicy: Hashable, Sendable {
    /// Wait after the first failure, in seconds. Everything else that waits for a failure is measured by it.
    public let baseSeconds: Int
    /// Attempts after which a message is discarded.
    public static let attemptLimit = 6
    /// The longest that one request to Pipedrive takes, connecting included.
    public static let requestSeconds = 20.0
    /// Failures in a row after which a connection's breaker opens.
    public static let failureLimit = 3
    /// Seconds after a first attempt of unclear outcome until it is looked for early.
    static let earlyLookSeconds = 2.0
    /// How long a message waits that Pipedrive does not serve now, where its answer does not say.
    public static let waitSeconds = 60

    /// Makes a policy; 30 seconds is the product's base.
    public init(baseSeconds: Int = 30) {
        self.baseSeconds = baseSeconds
    }

    /// What an answer of Pipedrive means, or none.
    public static func delivered(_ failure: CRMFailure) -> Delivered {
        switch failure.kind {
        case .unauthorized, .grantRefused:
            Delivered(
                .snoozed(seconds: waitSeconds, reason: failure.description), httpStatus: failure.status,
                excerpt: failure.excerpt, holdsConnection: true)
        case .wait(let seconds):
            Delivered(
                .snoozed(seconds: max(seconds ?? unsaidSeconds(failure), 1), reason: failure.description),
                httpStatus: failure.status, excerpt: failure.excerpt, holdsConnection: failure.holdsConnection)
        case .rejected:
            Delivered(
                .discarded(reason: failure.description), httpStatus: failure.status, excerpt: failure.excerpt)
        case .transient(let mayHaveTakenEffect, let retryAfter):
            Delivered(
                .failed(
                    reason: failure.description, retryAfterSeconds: retryAfter, isUnclear: mayHaveTakenEffect),
                httpStatus: failure.status, excerpt: failure.excerpt, isConnectionFailure: true)
        }
    }

    // Calls come back within two seconds, plans and scopes when a person does something.
    private static func unsaidSeconds(_ failure: CRMFailure) -> Int { failure.status == 429 ? 5 : waitSeconds }

    /// What follows from an attempt at `message` that took so long.
    ///
    /// - Parameter jitter: from -1 to 1, by the caller's randomness.
    public func outcome(
        of delivered: Delivered, message: OutboxMessage, elapsedSeconds: Double, jitter: Double
    ) -> AttemptOutcome {
        switch delivered.result {
        case .completed(let note):
            return AttemptOutcome(
                .completed, .completed, detail: note, gate: message.kind.callsAPI ? .open : .unchanged)
        case .again:
            return AttemptOutcome(
                .available, .again, isCounted: false, gate: message.kind.callsAPI ? .open : .unchanged)
        case .snoozed(let seconds, let reason):
            let delay = Double(max(seconds, 0))
            return AttemptOutcome(
                .scheduled, .snoozed, detail: reason, delaySeconds: delay, isCounted: false,
                gate: delivered.holdsConnection ? .closed(seconds: delay) : .unchanged)
        case .discarded(let reason):
            return AttemptOutcome(.discarded, .discarded, detail: reason, gate: answered(delivered))
        case .cancelled(let reason):
            return AttemptOutcome(.cancelled, .cancelled, detail: reason)
        case .failed:
            return failed(delivered, message: message, elapsedSeconds: elapsedSeconds, jitter: jitter)
        }
    }

    // A refusal shows that Pipedrive answers.
    private func answered(_ delivered: Delivered) -> AttemptOutcome.Gate {
        delivered.httpStatus == nil ? .unchanged : .open
    }

    private func failed(
        _ delivered: Delivered, message: OutboxMessage, elapsedSeconds: Double, jitter: Double
    ) -> AttemptOutcome {
        guard case .failed(let reason, let retryAfter, let isUnclear) = delivered.result else {
            return AttemptOutcome(.discarded, .discarded)
        }
        let gate: AttemptOutcome.Gate =
            delivered.isConnectionFailure ? .failed(seconds: Double(baseSeconds) * (1 + 0.2 * jitter)) : .unchanged
        let looks = message.kind.looksBeforeRepeating && isUnclear
        let look = looks ? lookDelay(elapsedSeconds: elapsedSeconds, isAnswered: delivered.httpStatus != nil) : nil
        guard let backoff = delay(afterAttempt: message.attempt, jitter: jitter, retryAfter: retryAfter) else {
            // After the last attempt too it is looked for, before it is given up.
            guard let look else {
                return AttemptOutcome(.discarded, .failed, detail: reason, isUnclear: isUnclear, gate: gate)
            }
            return AttemptOutcome(
                .retryable, .failed, detail: reason, delaySeconds: look, isUnclear: true, gate: gate)
        }
        // Most of what took effect is there at once: after a first failure it is looked for early as well.
        let early = message.attempt == 1 && retryAfter == nil ? look.map { min($0, Self.earlyLookSeconds) } : look
        return AttemptOutcome(
            .retryable, .failed, detail: reason, delaySeconds: early ?? backoff,
            repeatSeconds: max(backoff, look ?? 0), isUnclear: isUnclear, gate: gate)
    }

    /// Seconds until the next attempt; nil when `attempt` was the last.
    ///
    /// - Parameters:
    ///   - attempt: the attempt that failed, counted from 1.
    ///   - jitter: from -1 to 1, by the caller's randomness.
    ///   - retryAfter: what the other side asked for, in seconds; never shortened.
    public func delay(afterAttempt attempt: Int, jitter: Double, retryAfter: Int?) -> Double? {
        guard attempt < Self.attemptLimit else { return nil }
        let factor = (1..<max(attempt, 1)).reduce(1.0) { value, _ in value * 4 }
        let spread = Double(baseSeconds) * factor * (1 + 0.2 * min(max(jitter, -1), 1))
        return max(spread, Double(retryAfter ?? 0))
    }

    /// Seconds until an attempt of unclear outcome can be looked for: 30 after its time-out, whenever it was cut off.
    ///
    /// An answer, even one that can't be read, comes after the effect: then the time-out has not to be waited for. With
    /// a shorter base both shrink, but not after a time-out that did happen: what was late is later than that.
    public func lookDelay(elapsedSeconds: Double, isAnswered: Bool) -> Double {
        let base = Double(baseSeconds)
        let left = Self.requestSeconds - elapsedSeconds
        if isAnswered { return base }
        if left <= 1 { return max(base, 10) }
        return max((left / 30 + 1) * base, 2)
    }

    /// What has to be left of a lease, in seconds, when its worker begins a request.
    public static let leaseMargin = requestSeconds + 2
    /// Seconds after a lost worker's lease at which what it may have done can be repeated: 30 after the time-out of the
    /// last request that it may have begun.
    public var repeatSeconds: Double { Double(baseSeconds) + Self.requestSeconds - Self.leaseMargin }
}
