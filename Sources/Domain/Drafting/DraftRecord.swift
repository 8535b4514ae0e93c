public import FoundationEssentials

/// What came of drafting a deal: priced lines, e-mail, and how they came about.
public struct DraftOutcome: Hashable, Sendable {
    /// The deal's title then.
    public let dealTitle: String
    /// The currency of the lines.
    public let currency: Currency
    /// The lines with their prices, and what the maker of the quote should know.
    public let quote: PricedQuote
    /// Subject and body for the customer.
    public let email: EmailText
    /// Who made it: `built-in`, or the model's name.
    public let drafter: String
    /// How it came about.
    public let trail: DraftTrail

    /// Makes an outcome.
    public init(
        dealTitle: String, currency: Currency, quote: PricedQuote, email: EmailText, drafter: String, trail: DraftTrail
    ) {
        self.dealTitle = dealTitle
        self.currency = currency
        self.quote = quote
        self.email = email
        self.drafter = drafter
        self.trail = trail
    }

    /// The lines alone.
    public var lines: [DocumentLine] { quote.lines.map(\.line) }
}

/// The record of one drafting, kept for 90 days so that a person can see where a quote's lines come from.
public struct DraftRecord: Hashable, Sendable {
    /// Identifies a record.
    public typealias ID = Identifier<DraftRecord, UUID>

    /// Where a record stands.
    public enum State: String, Sendable, CaseIterable {
        /// A person asked for a trial; moved out by the drainer.
        case requested
        /// There is an outcome.
        case ready
        /// There is none, for a reason.
        case failed
    }

    /// What the drafting was for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// The deal's quote was made from it.
        case quote
        /// A trial: no quote was made.
        case trial
        /// A trial to be compared with the quote that the deal has.
        case comparison
    }

    /// The identifier.
    public let id: ID
    /// The deal.
    public let dealID: Deal.ID
    /// What it was for.
    public let purpose: Purpose
    /// Where it stands.
    public let state: State
    /// The quote that was made from it, or that it is compared with.
    public let quoteID: Quote.ID?
    /// What came of it, once ready.
    public let outcome: DraftOutcome?
    /// Why nothing came of it.
    public let reason: String?
    /// When it was asked for.
    public let requestedAt: Date

    /// Makes a record value.
    public init(
        id: ID, dealID: Deal.ID, purpose: Purpose, state: State, quoteID: Quote.ID? = nil,
        outcome: DraftOutcome? = nil, reason: String? = nil, requestedAt: Date
    ) {
        self.id = id
        self.dealID = dealID
        self.purpose = purpose
        self.state = state
        self.quoteID = quoteID
        self.outcome = outcome
        self.reason = reason
        self.requestedAt = requestedAt
    }

    /// How many days a record is kept.
    public static let retentionDays = 90
}
