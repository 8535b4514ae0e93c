/// What the sidebar shows for one currency.
public struct PanelFigures: Hashable, Sendable {
    /// The currency of every amount.
    public let currency: Currency
    /// Yearly value of active subscriptions without tax, minor units.
    public let arr: Int64
    /// Paid invoices with tax, minor units.
    public let revenue: Int64
    /// How many sent invoices still have something due.
    public let openCount: Int
    /// What is still due, minor units.
    public let open: Int64
    /// Of that, past the due date, minor units.
    public let overdue: Int64
    /// The most recent invoice in this currency.
    public let latest: LatestInvoice?

    /// The most recent invoice.
    public struct LatestInvoice: Hashable, Sendable {
        /// The identifier.
        public let id: Invoice.ID
        /// Its number.
        public let number: String

        /// Makes the pair.
        public init(id: Invoice.ID, number: String) {
            self.id = id
            self.number = number
        }
    }

    /// Makes the figures.
    public init(
        currency: Currency, arr: Int64, revenue: Int64, openCount: Int, open: Int64, overdue: Int64,
        latest: LatestInvoice?
    ) {
        self.currency = currency
        self.arr = arr
        self.revenue = revenue
        self.openCount = openCount
        self.open = open
        self.overdue = overdue
        self.latest = latest
    }
}

/// Which records of Pipedrive the sidebar stands beside.
public struct PanelSubject: Hashable, Sendable {
    /// The page's kind.
    public enum Resource: String, Sendable {
        /// A deal page.
        case deal
        /// A person page.
        case person
        /// An organization page.
        case organization
    }

    /// The page's kind.
    public let resource: Resource
    /// The records on it: one on every page that Pipedrive has today.
    public let recordIDs: [Int64]

    /// Makes a subject.
    public init(resource: Resource, recordIDs: [Int64]) {
        self.resource = resource
        self.recordIDs = recordIDs
    }
}

/// What the panel shows beside one record.
public struct PanelRecord: Hashable, Sendable {
    /// The record.
    public let recordID: Int64
    /// The contact whose figures they are; nil when none is linked.
    public let customer: Customer?
    /// Per currency, the most used first; of a customer without documents, zeros in the company's own. Empty without a
    /// customer.
    public let figures: [PanelFigures]
    /// The deal's own latest quote; nil on other pages.
    public let quote: DealQuote?
    /// The deal's own latest invoice; nil on other pages.
    public let invoice: DealInvoice?
    /// Whether Pipedrive has to be asked, afterwards, what this record is.
    public let needsLook: Bool

    /// A contact by name.
    public struct Customer: Hashable, Sendable {
        /// The identifier.
        public let id: Contact.ID
        /// Its name.
        public let name: String

        /// Makes the pair.
        public init(id: Contact.ID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// A deal's quote, in short.
    public struct DealQuote: Hashable, Sendable {
        /// The identifier.
        public let id: Quote.ID
        /// Its number.
        public let number: String
        /// Where it stands.
        public let state: Quote.State

        /// Makes the value.
        public init(id: Quote.ID, number: String, state: Quote.State) {
            self.id = id
            self.number = number
            self.state = state
        }
    }

    /// A deal's invoice, in short.
    public struct DealInvoice: Hashable, Sendable {
        /// The identifier.
        public let id: Invoice.ID
        /// Its number.
        public let number: String
        /// Where it stands.
        public let state: Invoice.State
        /// Whether something is still due that should have been paid before today.
        public let isOverdue: Bool

        /// Makes the value.
        public init(id: Invoice.ID, number: String, state: Invoice.State, isOverdue: Bool) {
            self.id = id
            self.number = number
            self.state = state
            self.isOverdue = isOverdue
        }
    }

    /// Makes the value.
    public init(
        recordID: Int64, customer: Customer?, figures: [PanelFigures] = [], quote: DealQuote? = nil,
        invoice: DealInvoice? = nil, needsLook: Bool = false
    ) {
        self.recordID = recordID
        self.customer = customer
        self.figures = figures
        self.quote = quote
        self.invoice = invoice
        self.needsLook = needsLook
    }
}
