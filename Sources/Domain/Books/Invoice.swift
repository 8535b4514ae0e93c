public import FoundationEssentials

/// A demand for payment.
public struct Invoice: Hashable, Sendable {
    /// Identifies an invoice.
    public typealias ID = Identifier<Invoice, UUID>

    /// Where an invoice stands. Overdue is a fact about its due date, kept apart from these.
    public enum State: String, Sendable, CaseIterable {
        /// Made, not sent.
        case concept
        /// With the customer, nothing paid.
        case sent
        /// A part is paid.
        case partiallyPaid = "partially_paid"
        /// All is paid.
        case paid
        /// Taken back.
        case credited

        /// Which states may follow.
        public var successors: Set<State> {
            switch self {
            case .concept: [.sent]
            case .sent: [.partiallyPaid, .paid, .credited]
            case .partiallyPaid: [.paid, .credited]
            case .paid: [.credited]
            case .credited: []
            }
        }
    }

    /// What a person reads of an invoice: its state, but for one that is open past its due date.
    public enum Status: String, Sendable, CaseIterable {
        /// Made, not sent.
        case concept
        /// With the customer, nothing paid, not late.
        case sent
        /// A part is paid, not late.
        case partiallyPaid = "partially_paid"
        /// All is paid.
        case paid
        /// Sent or partially paid, and found to be past its due date.
        case overdue
        /// Taken back.
        case credited
    }

    /// The identifier.
    public let id: ID
    /// `2026-0001`: per company and year, without gaps.
    public let number: String
    /// Where it stands.
    public let state: State
    /// What it says.
    public let content: DocumentContent
    /// The quote it came from.
    public let quoteID: Quote.ID?
    /// The day it carries.
    public let issuedOn: CalendarDay
    /// The last day to pay.
    public let dueOn: CalendarDay
    /// Paid so far, minor units.
    public let paid: Int64
    /// Whether the due date was found to have passed.
    public let isOverdue: Bool
    /// What the customer's page is found by.
    public let publicToken: String
    /// When it was made.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date

    /// Makes an invoice value.
    public init(
        id: ID, number: String, state: State, content: DocumentContent, quoteID: Quote.ID?, issuedOn: CalendarDay,
        dueOn: CalendarDay, paid: Int64, isOverdue: Bool, publicToken: String, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.number = number
        self.state = state
        self.content = content
        self.quoteID = quoteID
        self.issuedOn = issuedOn
        self.dueOn = dueOn
        self.paid = paid
        self.isOverdue = isOverdue
        self.publicToken = publicToken
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether payments are still expected.
    public var isOpen: Bool { state == .sent || state == .partiallyPaid }

    /// What a person reads.
    public var status: Status {
        switch state {
        case .concept: .concept
        case .sent: isOverdue ? .overdue : .sent
        case .partiallyPaid: isOverdue ? .overdue : .partiallyPaid
        case .paid: .paid
        case .credited: .credited
        }
    }
}

/// An invoice before it has a number.
public struct NewInvoice: Hashable, Sendable {
    /// What it says.
    public var content: DocumentContent
    /// The quote it comes from.
    public var quoteID: Quote.ID?
    /// The day it carries.
    public var issuedOn: CalendarDay
    /// The last day to pay; nil is 30 days later, PayDock's default.
    public var dueOn: CalendarDay?
    /// What the customer's page will be found by: unguessable.
    public var publicToken: String

    /// Makes a new invoice.
    public init(
        content: DocumentContent, quoteID: Quote.ID? = nil, issuedOn: CalendarDay, dueOn: CalendarDay? = nil,
        publicToken: String
    ) {
        self.content = content
        self.quoteID = quoteID
        self.issuedOn = issuedOn
        self.dueOn = dueOn
        self.publicToken = publicToken
    }
}
