/// When a failed delivery is tried again: base × 4ⁿ with 20 % of jitter, six attempts at most.
public struct RetryPolicy: Hashable, Sendable {
    /// Wait after the first failure, in seconds.
    public let baseSeconds: Int
    /// Attempts after which a message is discarded.
    public static let attemptLimit = 6

    /// Makes a policy; 30 seconds is the product's base.
    public init(baseSeconds: Int = 30) {
        self.baseSeconds = baseSeconds
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
}
