public import FoundationEssentials

/// A recurring agreement; it feeds ARR and makes no invoices here.
public struct Subscription: Hashable, Sendable {
    /// Identifies a subscription.
    public typealias ID = Identifier<Subscription, UUID>

    /// Where a subscription stands.
    public enum State: String, Sendable, CaseIterable {
        /// Not activated.
        case concept
        /// Counts for ARR.
        case active
        /// Stopped for now.
        case paused
        /// Stopped for good.
        case cancelled

        /// Which states may follow.
        public var successors: Set<State> {
            switch self {
            case .concept: [.active, .cancelled]
            case .active: [.paused, .cancelled]
            case .paused: [.active, .cancelled]
            case .cancelled: []
            }
        }
    }

    /// The unit of the billing interval.
    public enum IntervalUnit: String, Sendable, CaseIterable {
        /// A day.
        case day
        /// Seven days.
        case week
        /// A calendar month.
        case month
        /// Three months.
        case quarter
        /// A calendar year.
        case year

        /// How many times `1` of this unit fits in a year: 365 days, 52 weeks, 12 months, 4 quarters.
        public var perYear: Int64 {
            switch self {
            case .day: 365
            case .week: 52
            case .month: 12
            case .quarter: 4
            case .year: 1
            }
        }
    }

    /// The identifier.
    public let id: ID
    /// Where it stands.
    public let state: State
    /// Name of the agreement.
    public let name: String
    /// What it charges per interval.
    public let content: DocumentContent
    /// Unit of the interval.
    public let intervalUnit: IntervalUnit
    /// How many units make one interval.
    public let intervalCount: Int
    /// First day.
    public let startsOn: CalendarDay
    /// When it was made.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date

    /// Makes a subscription value.
    public init(
        id: ID, state: State, name: String, content: DocumentContent, intervalUnit: IntervalUnit, intervalCount: Int,
        startsOn: CalendarDay, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.state = state
        self.name = name
        self.content = content
        self.intervalUnit = intervalUnit
        self.intervalCount = intervalCount
        self.startsOn = startsOn
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Value per year without tax in minor units: what this agreement adds to ARR while active.
    public static func annualValue(net: Int64, unit: IntervalUnit, count: Int) -> Int64 {
        Int64(clamping: ScaledDecimal.divide(Int128(net) * Int128(unit.perYear), by: Int128(max(count, 1))))
    }
}

/// A subscription before it is stored.
public struct NewSubscription: Hashable, Sendable {
    /// Name of the agreement.
    public var name: String
    /// What it charges per interval.
    public var content: DocumentContent
    /// Unit of the interval.
    public var intervalUnit: Subscription.IntervalUnit
    /// How many units make one interval.
    public var intervalCount: Int
    /// First day.
    public var startsOn: CalendarDay
    /// State it starts in.
    public var state: Subscription.State

    /// Makes a new subscription.
    public init(
        name: String, content: DocumentContent, intervalUnit: Subscription.IntervalUnit, intervalCount: Int,
        startsOn: CalendarDay, state: Subscription.State
    ) {
        self.name = name
        self.content = content
        self.intervalUnit = intervalUnit
        self.intervalCount = intervalCount
        self.startsOn = startsOn
        self.state = state
    }
}
