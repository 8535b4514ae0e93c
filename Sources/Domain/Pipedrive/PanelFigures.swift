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

/// Which record of Pipedrive the sidebar stands beside.
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
    /// The record on it.
    public let recordID: Int64

    /// Makes a subject.
    public init(resource: Resource, recordID: Int64) {
        self.resource = resource
        self.recordID = recordID
    }
}
