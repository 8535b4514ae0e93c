import Domain

/// How many more notes of a company are claimed than may be sent at once: as many as were done in the last moments, so
/// that the next ones are there when those are done, and few are in hand that have to be looked for after a crash.
struct ClaimAhead {
    private var lately: [Company.ID: Double] = [:]
    private var countedAt = ContinuousClock.now

    // Several turns of the loop, with the commit that each waits for.
    private static let seconds = 0.1
    private static let most = 256.0

    /// Counts what was done since the last time.
    mutating func count(_ results: [FinishedAttempt], now: ContinuousClock.Instant = .now) {
        let left = max(0, 1 - (now - countedAt) / .seconds(1) / Self.seconds)
        countedAt = now
        for (company, count) in lately {
            let rest = count * left
            lately[company] = rest < 1 ? nil : rest
        }
        for result in results where result.message.kind == .note && result.outcome.state == .completed {
            lately[result.message.companyID] = min(lately[result.message.companyID, default: 0] + 1, Self.most)
        }
    }

    /// Whether so many that have not begun are enough to go on with for a while, where much is done in a moment.
    func isPlenty(_ notBegun: Int) -> Bool {
        let done = lately.values.reduce(0, +)
        return done >= 40 && Double(notBegun) >= done / 4
    }

    /// How many more messages may be claimed. Of no company more counts than it may have at work: what was claimed ahead
    /// for one that has become slow takes no room of the others.
    static func room(counted: [Company.ID: Int], limits: QueueDrain.Limits) -> Int {
        limits.messages - counted.values.reduce(0) { $0 + min($1, limits.perCompany) }
    }

    /// What counts as in hand of so many messages of a company: never nothing of something.
    func counted(_ held: Int, of company: Company.ID) -> Int {
        min(held, max(1, held - Int(lately[company] ?? 0)))
    }
}
