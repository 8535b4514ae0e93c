public import FoundationEssentials

/// One page of a list with the number of all matches.
public struct Listing<Element: Sendable>: Sendable {
    /// The page.
    public let items: [Element]
    /// All matches.
    public let total: Int

    /// Makes a listing.
    public init(items: [Element], total: Int) {
        self.items = items
        self.total = total
    }
}

/// Which part of a list is wanted.
public struct PageRequest: Hashable, Sendable {
    /// At most so many, 1 to 500.
    public let limit: Int
    /// After so many.
    public let offset: Int

    /// Makes a request.
    public init(limit: Int = 100, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }
}

/// Customers of the company.
public protocol ContactStore {
    /// Stores a new contact.
    func insert(_ details: ContactDetails) throws -> Contact
    /// A contact, archived ones included; nil when there is none.
    func contact(_ id: Contact.ID) throws -> Contact?
    /// By name; archived ones left out. `search` matches the beginning of the name or a whole e-mail.
    func list(search: String?, page: PageRequest) throws -> Listing<Contact>
    /// Replaces the details; nil when there is none.
    func update(_ id: Contact.ID, _ details: ContactDetails) throws -> Contact?
    /// Deletes the contact; false when it has documents, and was archived instead.
    func delete(_ id: Contact.ID) throws -> Bool
}

/// What the company sells.
public protocol CatalogStore {
    /// Stores a new product. Throws `conflict` when the code is taken.
    func insert(_ details: ProductDetails) throws -> Product
    /// A product; nil when there is none.
    func product(_ id: Product.ID) throws -> Product?
    /// By name. `search` matches the beginning of name or code.
    func list(search: String?, page: PageRequest) throws -> Listing<Product>
    /// Replaces the details; nil when there is none. Throws `conflict` when the code is taken.
    func update(_ id: Product.ID, _ details: ProductDetails) throws -> Product?
    /// Deletes a product; documents keep their lines. False when there is none.
    func delete(_ id: Product.ID) throws -> Bool
    /// Active products that the words speak of, the best first, at most `limit`: by code, by whole words of name, code
    /// and description, then by likeness of the name.
    func matching(_ words: [String], limit: Int) throws -> [Product]
    /// The products linked to these Pipedrive products.
    func linked(to items: Set<CatalogItem.ID>) throws -> [CatalogItem.ID: Product]
}

/// Offers to customers.
public protocol QuoteStore {
    /// Stores a quote with the next number of its year. Throws `conflict` when its external id exists.
    func insert(_ quote: NewQuote) throws -> Quote
    /// A quote; nil when there is none.
    func quote(_ id: Quote.ID) throws -> Quote?
    /// By public token; nil when there is none.
    func quote(publicToken: String) throws -> Quote?
    /// By external id; nil when there is none.
    func quote(externalID: String) throws -> Quote?
    /// Newest first.
    func list(state: Quote.State?, contact: Contact.ID?, page: PageRequest) throws -> Listing<Quote>
    /// Moves a quote on if it is still in `from`; nil when it is not.
    func move(_ id: Quote.ID, from: Quote.State, to: Quote.State) throws -> Quote?
    /// Moves a quote on as its customer said, and keeps who said it; nil when it is not in `from` any more.
    func decide(_ id: Quote.ID, from: Quote.State, to: Quote.State, _ decision: QuoteDecision) throws -> Quote?
    /// Replaces what a concept says; nil when it is no concept any more.
    func revise(_ id: Quote.ID, content: DocumentContent, email: EmailText, validUntil: CalendarDay) throws -> Quote?
    /// Moves sent and viewed quotes to expired whose validity ended before the company's today; says how many.
    func expire(now: Date?) throws -> Int
}

/// Demands for payment.
public protocol InvoiceStore {
    /// Stores an invoice with the next number of its year.
    func insert(_ invoice: NewInvoice) throws -> Invoice
    /// An invoice; nil when there is none.
    func invoice(_ id: Invoice.ID) throws -> Invoice?
    /// By public token; nil when there is none.
    func invoice(publicToken: String) throws -> Invoice?
    /// Newest first.
    func list(status: Invoice.Status?, contact: Contact.ID?, page: PageRequest) throws -> Listing<Invoice>
    /// Moves an invoice on if it is still in `from`; nil when it is not.
    func move(_ id: Invoice.ID, from: Invoice.State, to: Invoice.State) throws -> Invoice?
    /// Changes due date and note; one whose new due date has not passed in the company's time zone is overdue no more.
    func revise(_ id: Invoice.ID, dueOn: CalendarDay, note: String?) throws -> Invoice?
    /// Books a payment and moves the state along, in one step under the row's lock; nil when there is no such invoice.
    /// Throws `conflict` when the invoice is not open or the payment exceeds what is due.
    func pay(_ id: Invoice.ID, minorUnits: Int64, paidOn: CalendarDay) throws -> Invoice?
    /// Marks invoices overdue whose due date ended before the company's today, once each; their identifiers.
    func markOverdue(now: Date?) throws -> [Invoice.ID]
}

/// Recurring agreements.
public protocol SubscriptionStore {
    /// Stores a subscription.
    func insert(_ subscription: NewSubscription) throws -> Subscription
    /// A subscription; nil when there is none.
    func subscription(_ id: Subscription.ID) throws -> Subscription?
    /// Newest first.
    func list(state: Subscription.State?, contact: Contact.ID?, page: PageRequest) throws -> Listing<Subscription>
    /// Moves a subscription on if it is still in `from`; nil when it is not.
    func move(_ id: Subscription.ID, from: Subscription.State, to: Subscription.State) throws -> Subscription?
    /// Replaces what an agreement says, its state apart; nil when it is cancelled, or there is none.
    func revise(_ id: Subscription.ID, _ terms: NewSubscription) throws -> Subscription?
}

/// The Pipedrive deal or lead that a document belongs to: it may change whatever the document's state.
public protocol DocumentDealStore {
    /// Binds a quote to a deal, to a lead, or to neither; nil when there is no such quote.
    func bind(_ id: Quote.ID, deal: Deal.ID?, lead: String?) throws -> Quote?
    /// Binds an invoice to a deal, to a lead, or to neither; nil when there is no such invoice.
    func bind(_ id: Invoice.ID, deal: Deal.ID?, lead: String?) throws -> Invoice?
}

/// The outbox of the books.
public protocol EventStore {
    /// Adds an event; the schema queues the message about it in the same transaction.
    @discardableResult
    func append(_ kind: BookEvent.Kind, subject: UUID) throws -> BookEvent.ID
    /// Events with what their documents say now, in no order; those that are not there are left out.
    func details(of ids: [BookEvent.ID]) throws -> [EventDetails]
}
