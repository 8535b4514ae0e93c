/// How an attempt ended.
public enum DeliveryResult: Hashable, Sendable {
    /// Done.
    case completed(note: String?)
    /// The next step of the same work is due at once.
    case again
    /// Wait without counting an attempt.
    case snoozed(seconds: Int, reason: String)
    /// An attempt failed; try again after the backoff, or discard when it was the last.
    case failed(reason: String, retryAfterSeconds: Int?, isUnclear: Bool)
    /// Will never succeed.
    case discarded(reason: String)
    /// No longer wanted.
    case cancelled(reason: String)
}

/// What became of one attempt, with what is kept of it.
public struct Delivered: Hashable, Sendable {
    /// How it ended.
    public let result: DeliveryResult
    /// HTTP status, where there was an answer.
    public let httpStatus: Int?
    /// The beginning of an answer that was no success: shown to the company's people, and in no log.
    public let excerpt: String?
    /// Whether everything else for this connection has to wait as well.
    public let holdsConnection: Bool
    /// Whether Pipedrive failed, rather than refused: many of those in a row open the breaker.
    public let isConnectionFailure: Bool

    /// Makes the value.
    public init(
        _ result: DeliveryResult, httpStatus: Int? = nil, excerpt: String? = nil, holdsConnection: Bool = false,
        isConnectionFailure: Bool = false
    ) {
        self.result = result
        self.httpStatus = httpStatus
        self.excerpt = excerpt
        self.holdsConnection = holdsConnection
        self.isConnectionFailure = isConnectionFailure
    }
}

/// What is written about an attempt, and what follows from it: `RetryPolicy` decides it.
public struct AttemptOutcome: Hashable, Sendable {
    /// The words of `queue.attempt.outcome`.
    public enum Name: String, Sendable, CaseIterable {
        case completed, again, snoozed, failed, discarded, cancelled
    }

    /// What happens to the connection's gate, behind which its messages wait.
    public enum Gate: Hashable, Sendable {
        /// Nothing.
        case unchanged
        /// Pipedrive answers: what waits may go.
        case open
        /// One more failure in a row; after a few of them the gate closes for so long.
        case failed(seconds: Double)
        /// Closed for so long; after that one message goes ahead.
        case closed(seconds: Double)
    }

    /// The message's next state.
    public let state: OutboxMessage.State
    /// How the attempt ended.
    public let name: Name
    /// Why, in words fit for the company's people.
    public let detail: String?
    /// Seconds until it is due.
    public let delaySeconds: Double
    /// Seconds until the work may be repeated, where it is looked for before that; nil leaves this as it was.
    public let repeatSeconds: Double?
    /// Whether the attempt may have taken effect.
    public let isUnclear: Bool
    /// Whether the attempt counts.
    public let isCounted: Bool
    /// What happens to the gate.
    public let gate: Gate

    /// Makes an outcome; `RetryPolicy` knows which.
    public init(
        _ state: OutboxMessage.State, _ name: Name, detail: String? = nil, delaySeconds: Double = 0,
        repeatSeconds: Double? = nil, isUnclear: Bool = false, isCounted: Bool = true, gate: Gate = .unchanged
    ) {
        self.state = state
        self.name = name
        self.detail = detail
        self.delaySeconds = delaySeconds
        self.repeatSeconds = repeatSeconds
        self.isUnclear = isUnclear
        self.isCounted = isCounted
        self.gate = gate
    }

    /// How many attempts stand against a message whose attempt of this number ended so. A step that went well clears
    /// them: long work is not given up for failures that it got over.
    public func attemptCount(after attempt: Int) -> Int {
        name == .again ? 0 : isCounted ? attempt : attempt - 1
    }

    /// Whether the message has ended.
    public var isFinal: Bool { [.completed, .discarded, .cancelled].contains(state) }
}
