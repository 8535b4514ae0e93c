import Synchronization

/// The two budgets of the API: calls within two seconds per access token, and tokens per day for the company.
final class RateLimiter: Sendable {
    struct Limits: Sendable {
        /// Calls in any two seconds.
        var burst = 2000
        /// Calls of search routes in any two seconds.
        var searchBurst = 10
        /// Tokens in a day of UTC.
        var dailyTokens = 2_100_000
        /// So many refused calls of a token in ten seconds make the network in front of the API block it.
        var hammering = 300

        /// Sets what a company with so many seats has under the plan.
        mutating func follow(_ plan: Plan, seats: Int) {
            dailyTokens = 30_000 * plan.multiplier * max(1, seats)
            burst = plan.burst
        }
    }

    /// The plans a company may have; each seat brings 30,000 tokens a day times the plan's multiplier.
    enum Plan: String, Sendable, CaseIterable {
        case lite, growth, premium, ultimate

        /// Throws a refusal when there is no such plan.
        init(named name: String) throws {
            guard let plan = Plan(rawValue: name) else {
                let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal.bad("Parameter 'plan' must be one of \(names)")
            }
            self = plan
        }

        fileprivate var multiplier: Int {
            switch self {
            case .lite: 1
            case .growth: 2
            case .premium: 5
            case .ultimate: 7
            }
        }

        fileprivate var burst: Int {
            switch self {
            case .lite: 80
            case .growth: 160
            case .premium: 400
            case .ultimate: 480
            }
        }
    }

    /// Whether the call may go on, and what the headers say.
    struct Verdict: Sendable {
        let isAllowed: Bool
        /// Set for one who goes on calling after many refusals.
        var isBlocked = false
        let headers: [(name: String, value: String)]
    }

    private struct Usage {
        var limits: Limits
        var calls: [String: RecentMoments] = [:]
        var refusals: [String: RecentMoments] = [:]
        var day = ""
        var spent = 0

        /// A new day's budget is whole, and tokens that are no longer used are forgotten.
        mutating func turn(to today: String) {
            if day == today { return }
            (day, spent, calls, refusals) = (today, 0, [:], [:])
        }
    }

    private static let windowMilliseconds = 2000
    private static let hammeringMilliseconds = 10_000
    private let usage: Mutex<Usage>

    init(_ limits: Limits) { usage = Mutex(Usage(limits: limits)) }

    /// Counts a call.
    ///
    /// A refused call costs nothing.
    func spend(_ cost: Int, token: String, isSearch: Bool, now: Timestamp) -> Verdict {
        usage.withLock { usage in
            usage.turn(to: now.day)
            let key = isSearch ? "search " + token : token
            let limit = isSearch ? usage.limits.searchBurst : usage.limits.burst
            let count = usage.calls[key, default: RecentMoments()].count(
                since: now.milliseconds - Self.windowMilliseconds)
            let isAllowed = count < limit && usage.spent + cost <= usage.limits.dailyTokens
            var isBlocked = false
            if isAllowed {
                usage.calls[key, default: RecentMoments()].add(now.milliseconds)
                usage.spent += cost
            } else {
                usage.refusals[token, default: RecentMoments()].add(now.milliseconds)
                let refusals = usage.refusals[token, default: RecentMoments()].count(
                    since: now.milliseconds - Self.hammeringMilliseconds)
                isBlocked = usage.limits.hammering > 0 && refusals > usage.limits.hammering
            }
            let headers = Self.headers(usage, usage.calls[key], limit: limit, now: now)
            return Verdict(isAllowed: isAllowed, isBlocked: isBlocked, headers: isBlocked ? [] : headers)
        }
    }

    /// Sets new limits; the day's count stays unless given.
    func set(_ change: (inout Limits) -> Void, spent: Int?, now: Timestamp) {
        usage.withLock { usage in
            change(&usage.limits)
            if let spent {
                usage.spent = spent
                usage.day = now.day
            }
        }
    }

    /// The tokens spent today and the limits.
    var report: (spent: Int, limits: Limits) { usage.withLock { ($0.spent, $0.limits) } }

    private static func headers(_ usage: Usage, _ calls: RecentMoments?, limit: Int, now: Timestamp) -> [(
        name: String, value: String
    )] {
        let wait = max(0, (calls?.first ?? now.milliseconds) + windowMilliseconds - now.milliseconds)
        return [
            ("x-ratelimit-limit", String(limit)), ("x-ratelimit-remaining", String(limit - (calls?.count ?? 0))),
            ("x-ratelimit-reset", String((wait + 999) / 1000)),
            ("x-daily-ratelimit-token-limit", String(usage.limits.dailyTokens)),
            ("x-daily-ratelimit-token-remaining", String(max(0, usage.limits.dailyTokens - usage.spent))),
        ]
    }
}
