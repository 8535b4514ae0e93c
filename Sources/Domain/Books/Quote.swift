public import FoundationEssentials

/// An offer to a customer.
public struct Quote: Hashable, Sendable {
    /// Identifies a quote.
    public typealias ID = Identifier<Quote, UUID>

    /// Where a quote stands. Accepted, declined and expired are final.
    public enum State: String, Sendable, CaseIterable {
        /// Made, by the drafter or a person; moved out by sending.
        case concept
        /// With the customer; moved in by a person, out by the customer or by time.
        case sent
        /// The customer opened it.
        case viewed
        /// The customer said yes.
        case accepted
        /// The customer said no.
        case declined
        /// Its validity is over; moved in by the drainer's housekeeping.
        case expired

        /// Which states may follow.
        public var successors: Set<State> {
            switch self {
            case .concept: [.sent]
            case .sent: [.viewed, .accepted, .declined, .expired]
            case .viewed: [.accepted, .declined, .expired]
            case .accepted, .declined, .expired: []
            }
        }
    }

    /// The identifier.
    public let id: ID
    /// `Q2026-0001`: per company and year, without gaps.
    public let number: String
    /// Where it stands.
    public let state: State
    /// What it says.
    public let content: DocumentContent
    /// Subject and body for the customer.
    public let email: EmailText
    /// The last day on which it can be accepted.
    public let validUntil: CalendarDay
    /// What the customer's page is found by.
    public let publicToken: String
    /// When it was made.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date
    /// Who accepted or declined it; nil before that.
    public let decision: QuoteDecision?

    /// Makes a quote value.
    public init(
        id: ID, number: String, state: State, content: DocumentContent, email: EmailText, validUntil: CalendarDay,
        publicToken: String, createdAt: Date, updatedAt: Date, decision: QuoteDecision? = nil
    ) {
        self.id = id
        self.number = number
        self.state = state
        self.content = content
        self.email = email
        self.validUntil = validUntil
        self.publicToken = publicToken
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.decision = decision
    }
}

/// What a customer said of a quote on its page.
public struct QuoteDecision: Hashable, Sendable {
    /// The name given with it.
    public let name: String?
    /// The e-mail address given with it.
    public let email: String?
    /// Why the quote was declined, in the customer's words.
    public let reason: String?
    /// When; nil while it is not stored yet.
    public let decidedAt: Date?

    /// Makes a decision.
    public init(name: String?, email: String?, reason: String? = nil, decidedAt: Date? = nil) {
        self.name = name
        self.email = email
        self.reason = reason
        self.decidedAt = decidedAt
    }
}

/// A quote before it has a number.
public struct NewQuote: Hashable, Sendable {
    /// What it says.
    public var content: DocumentContent
    /// Subject and body for the customer.
    public var email: EmailText
    /// The last day on which it can be accepted; nil is 30 days from today.
    public var validUntil: CalendarDay?
    /// What the customer's page will be found by: unguessable.
    public var publicToken: String
    /// The day it is made, which also decides the year of its number.
    public var today: CalendarDay

    /// Makes a new quote.
    public init(
        content: DocumentContent, email: EmailText, validUntil: CalendarDay? = nil, publicToken: String,
        today: CalendarDay
    ) {
        self.content = content
        self.email = email
        self.validUntil = validUntil
        self.publicToken = publicToken
        self.today = today
    }
}

/// Subject and body of the e-mail that goes with a document.
public struct EmailText: Hashable, Sendable {
    /// One line.
    public var subject: String
    /// Plain text.
    public var body: String

    /// Makes an e-mail text.
    public init(subject: String, body: String) {
        self.subject = subject
        self.body = body
    }

    /// Nothing drafted.
    public static let empty = EmailText(subject: "", body: "")
}

/// What quotes, invoices and subscriptions share.
public struct DocumentContent: Hashable, Sendable {
    /// The customer.
    public var contactID: Contact.ID
    /// The person it is addressed to, when the customer is an organization.
    public var addressee: String?
    /// Where its mail goes: the addressee's address. Nil where that is the customer's own.
    public var addresseeEmail: String?
    /// The currency of every amount on it.
    public var currency: Currency
    /// The lines, in order.
    public var lines: [DocumentLine]
    /// Identifier in another system; unique per company where given.
    public var externalID: String?
    /// The Pipedrive deal whose feed gets the notes.
    public var dealID: Deal.ID?
    /// The Pipedrive lead, until it is converted into a deal.
    public var leadID: String?
    /// A remark to the customer.
    public var note: String?

    /// Makes the content.
    public init(
        contactID: Contact.ID, addressee: String? = nil, addresseeEmail: String? = nil, currency: Currency,
        lines: [DocumentLine], externalID: String? = nil, dealID: Deal.ID? = nil, leadID: String? = nil,
        note: String? = nil
    ) {
        self.contactID = contactID
        self.addressee = addressee
        self.addresseeEmail = addresseeEmail
        self.currency = currency
        self.lines = lines
        self.externalID = externalID
        self.dealID = dealID
        self.leadID = leadID
        self.note = note
    }
}
