/// Leave to call Pipedrive, out of a budget that all hosts share.
public protocol CallAllowance: Sendable {
    /// Waits for a place among the calls of two seconds. Throws `CRMFailure.wait` when there is none soon, or when the
    /// day's tokens are to be left to the customer's other apps.
    func spend(tokens: Int) async throws
    /// Tells what an answer said about the budget.
    func note(_ reading: BudgetReading)
}

/// What Pipedrive's answers say about the budget; nil where one does not say it.
public struct BudgetReading: Hashable, Sendable {
    /// Calls in two seconds.
    public var callLimit: Int?
    /// The company's tokens of a day.
    public var dayLimit: Int?
    /// What is left of them.
    public var dayLeft: Int?

    /// Makes a reading.
    public init(callLimit: Int? = nil, dayLimit: Int? = nil, dayLeft: Int? = nil) {
        self.callLimit = callLimit
        self.dayLimit = dayLimit
        self.dayLeft = dayLeft
    }
}

/// Who calls, and so how much has to stay for others.
public enum CallUrgency: String, Sendable, CaseIterable {
    /// Notes: promised within a minute.
    case note
    /// Live changes, drafts, setting up.
    case live
    /// Runs, which have all night.
    case sync

    /// The part of two seconds' calls that has to be there before one of these goes out.
    public var callReserve: Double {
        switch self {
        case .note: 0
        case .live: 0.2
        case .sync: 0.5
        }
    }

    /// The part of the day's tokens that is left to others.
    public var dayReserve: Double {
        switch self {
        case .note: 0.02
        case .live: 0.1
        case .sync: 0.3
        }
    }
}

/// A slice of a company's budget.
public struct CallSlice: Hashable, Sendable {
    /// Calls that may be made now; zero when none may.
    public let calls: Int
    /// Seconds until there are some, where there are none.
    public let waitSeconds: Double
    /// Whether it is the day's budget that is used up.
    public let isDayOver: Bool
    /// The limit of calls, as far as it is known.
    public let callLimit: Int?

    /// Makes a slice.
    public init(calls: Int, waitSeconds: Double = 0, isDayOver: Bool = false, callLimit: Int? = nil) {
        self.calls = calls
        self.waitSeconds = waitSeconds
        self.isDayOver = isDayOver
        self.callLimit = callLimit
    }
}

/// The budgets of connections, one row each.
public protocol CallBudgetStore {
    /// Takes up to `calls` of the transaction's company's budget, and counts the tokens spent since the last time.
    func take(calls: Int, spent tokens: Int, as urgency: CallUrgency, reading: BudgetReading) throws -> CallSlice
}
