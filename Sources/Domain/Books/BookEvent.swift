public import FoundationEssentials

/// Something that happened in the books; its row commits with its cause.
public struct BookEvent: Hashable, Sendable {
    /// Identifies an event.
    public typealias ID = Identifier<BookEvent, UUID>

    /// The kinds of events. The first six can become notes in a Pipedrive deal.
    public enum Kind: String, Sendable, CaseIterable {
        /// A quote went to its customer.
        case quoteSent = "quote.sent"
        /// The customer opened it for the first time.
        case quoteViewed = "quote.viewed"
        /// The customer accepted it.
        case quoteAccepted = "quote.accepted"
        /// An invoice went to its customer.
        case invoiceSent = "invoice.sent"
        /// The last cent came in.
        case invoicePaid = "invoice.paid"
        /// The due date has passed.
        case invoiceOverdue = "invoice.overdue"
        /// A contact was made.
        case contactCreated = "contact.created"
        /// A contact changed.
        case contactUpdated = "contact.updated"
        /// A contact was deleted or archived.
        case contactDeleted = "contact.deleted"
        /// A product was made.
        case productCreated = "product.created"
        /// A product changed.
        case productUpdated = "product.updated"
        /// A product was deleted.
        case productDeleted = "product.deleted"

        /// The exact text a deal note starts with; nil for events that are never posted.
        public var noteText: String? {
            switch self {
            case .quoteSent: "📧 Quote sent"
            case .quoteViewed: "👁️ Quote viewed"
            case .quoteAccepted: "Quote accepted"
            case .invoiceSent: "📨 Invoice sent"
            case .invoicePaid: "💰 Payment received"
            case .invoiceOverdue: "⚠️ Invoice overdue"
            default: nil
            }
        }

        /// The kinds that can become notes, in the order the settings page shows them.
        public static var forwarded: [Kind] { allCases.filter { $0.noteText != nil } }
    }

    /// The identifier, from which the note's reference is made.
    public let id: ID
    /// What happened.
    public let kind: Kind
    /// The document or record it happened to.
    public let subjectID: UUID
    /// When.
    public let occurredAt: Date

    /// Makes an event value.
    public init(id: ID, kind: Kind, subjectID: UUID, occurredAt: Date) {
        self.id = id
        self.kind = kind
        self.subjectID = subjectID
        self.occurredAt = occurredAt
    }
}

/// What a forwarded event says about its document, frozen when it is turned into a note.
public struct EventDocument: Hashable, Sendable {
    /// Number of the quote or invoice.
    public let number: String
    /// Its total with tax.
    public let total: Money
    /// Whether it is a quote; else an invoice.
    public let isQuote: Bool
    /// Name of the customer.
    public let contactName: String
    /// The deal it belongs to.
    public let dealID: Deal.ID?
    /// The lead it belongs to.
    public let leadID: String?

    /// Makes the value.
    public init(
        number: String, total: Money, isQuote: Bool, contactName: String, dealID: Deal.ID?,
        leadID: String?
    ) {
        self.number = number
        self.total = total
        self.isQuote = isQuote
        self.contactName = contactName
        self.dealID = dealID
        self.leadID = leadID
    }
}

/// An event with its document.
public struct EventDetails: Hashable, Sendable {
    /// The event.
    public let event: BookEvent
    /// What its document says now; nil for events without one, and when it is gone.
    public let document: EventDocument?

    /// Makes the value.
    public init(event: BookEvent, document: EventDocument?) {
        self.event = event
        self.document = document
    }
}
