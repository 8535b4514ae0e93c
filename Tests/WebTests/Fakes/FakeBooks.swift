import Domain
import FoundationEssentials

private func page<Element: Sendable>(_ all: [Element], _ request: PageRequest) -> Listing<Element> {
    Listing(items: Array(all.dropFirst(request.offset).prefix(request.limit)), total: all.count)
}

struct FakeContacts: ContactStore {
    let tables: Tables

    func insert(_ details: ContactDetails) throws -> Contact {
        let contact = Contact(
            id: Contact.ID(tables.freshID()), createdAt: tables.now, updatedAt: tables.now, isArchived: false,
            details: details)
        tables.contacts.append(contact)
        return contact
    }
    func contact(_ id: Contact.ID) throws -> Contact? { tables.contacts.first { $0.id == id } }
    func list(search: String?, page request: PageRequest) throws -> Listing<Contact> {
        page(tables.contacts.filter { search == nil || $0.details.name.hasPrefix(search ?? "") }, request)
    }
    func update(_ id: Contact.ID, _ details: ContactDetails) throws -> Contact? {
        guard let index = tables.contacts.firstIndex(where: { $0.id == id }) else { return nil }
        tables.contacts[index].details = details
        return tables.contacts[index]
    }
    func delete(_ id: Contact.ID) throws -> Bool {
        let contents = tables.quotes.map(\.content) + tables.invoices.map(\.content)
        if contents.contains(where: { $0.contactID == id }) { return false }
        let count = tables.contacts.count
        tables.contacts.removeAll { $0.id == id }
        return tables.contacts.count < count
    }
}

struct FakeCatalog: CatalogStore {
    let tables: Tables

    func insert(_ details: ProductDetails) throws -> Product {
        try checkCode(details, tables.products)
        let product = Product(
            id: Product.ID(tables.freshID()), createdAt: tables.now, updatedAt: tables.now, details: details)
        tables.products.append(product)
        return product
    }
    func product(_ id: Product.ID) throws -> Product? { tables.products.first { $0.id == id } }
    func list(search: String?, page request: PageRequest) throws -> Listing<Product> { page(tables.products, request) }
    func update(_ id: Product.ID, _ details: ProductDetails) throws -> Product? {
        guard let index = tables.products.firstIndex(where: { $0.id == id }) else { return nil }
        try checkCode(details, tables.products.filter { $0.id != id })
        tables.products[index].details = details
        return tables.products[index]
    }
    func delete(_ id: Product.ID) throws -> Bool {
        let count = tables.products.count
        tables.products.removeAll { $0.id == id }
        return tables.products.count < count
    }
    private func checkCode(_ details: ProductDetails, _ others: [Product]) throws {
        guard let code = details.code, others.contains(where: { $0.details.code == code }) else { return }
        throw Refusal(.conflict, "Another product has this code.", fields: ["code": "is taken"])
    }
    func matching(_ words: [String], limit: Int) throws -> [Product] { throw NotServed() }
    func linked(to items: Set<CatalogItem.ID>) throws -> [CatalogItem.ID: Product] { throw NotServed() }
}

struct FakeQuotes: QuoteStore {
    let tables: Tables

    func insert(_ quote: NewQuote) throws -> Quote {
        let made = Quote(
            id: Quote.ID(tables.freshID()), number: "Q2026-\(1001 + tables.quotes.count)", state: .concept,
            content: quote.content, email: quote.email, validUntil: quote.validUntil ?? quote.today.adding(days: 30),
            publicToken: quote.publicToken, createdAt: tables.now, updatedAt: tables.now)
        tables.quotes.append(made)
        return made
    }
    func quote(_ id: Quote.ID) throws -> Quote? { tables.quotes.first { $0.id == id } }
    func quote(publicToken: String) throws -> Quote? { tables.quotes.first { $0.publicToken == publicToken } }
    func quote(externalID: String) throws -> Quote? { tables.quotes.first { $0.content.externalID == externalID } }
    func list(state: Quote.State?, contact: Contact.ID?, page request: PageRequest) throws -> Listing<Quote> {
        page(tables.quotes.filter { state == nil || $0.state == state }, request)
    }
    func move(_ id: Quote.ID, from: Quote.State, to: Quote.State) throws -> Quote? {
        try replace(id) { $0.state == from ? $0.with(state: to) : nil }
    }
    func decide(_ id: Quote.ID, from: Quote.State, to: Quote.State, _ decision: QuoteDecision) throws -> Quote? {
        try replace(id) { $0.state == from ? $0.with(state: to, decision: decision) : nil }
    }
    func revise(_ id: Quote.ID, content: DocumentContent, email: EmailText, validUntil: CalendarDay) throws -> Quote? {
        try replace(id) {
            $0.state == .concept
                ? $0.with(state: .concept, content: content, email: email, validUntil: validUntil) : nil
        }
    }
    func expire(now: Date?) throws -> Int { throw NotServed() }

    private func replace(_ id: Quote.ID, _ change: (Quote) -> Quote?) throws -> Quote? {
        guard let index = tables.quotes.firstIndex(where: { $0.id == id }), let new = change(tables.quotes[index])
        else { return nil }
        tables.quotes[index] = new
        return new
    }
}

extension Quote {
    func with(
        state: State, content: DocumentContent? = nil, email: EmailText? = nil, validUntil: CalendarDay? = nil,
        decision: QuoteDecision? = nil
    ) -> Quote {
        Quote(
            id: id, number: number, state: state, content: content ?? self.content, email: email ?? self.email,
            validUntil: validUntil ?? self.validUntil, publicToken: publicToken, createdAt: createdAt,
            updatedAt: updatedAt, decision: decision ?? self.decision)
    }
}

struct FakeInvoices: InvoiceStore {
    let tables: Tables

    func insert(_ invoice: NewInvoice) throws -> Invoice {
        let made = Invoice(
            id: Invoice.ID(tables.freshID()), number: "2026-\(1001 + tables.invoices.count)", state: .concept,
            content: invoice.content, quoteID: invoice.quoteID, issuedOn: invoice.issuedOn,
            dueOn: invoice.dueOn ?? invoice.issuedOn.adding(days: 30), paid: 0, isOverdue: false,
            publicToken: invoice.publicToken, createdAt: tables.now, updatedAt: tables.now)
        tables.invoices.append(made)
        return made
    }
    func invoice(_ id: Invoice.ID) throws -> Invoice? { tables.invoices.first { $0.id == id } }
    func invoice(publicToken: String) throws -> Invoice? { tables.invoices.first { $0.publicToken == publicToken } }
    func list(status: Invoice.Status?, contact: Contact.ID?, page request: PageRequest) throws -> Listing<Invoice> {
        page(
            tables.invoices.filter {
                (status == nil || $0.status == status) && (contact == nil || $0.content.contactID == contact)
            }, request)
    }
    func move(_ id: Invoice.ID, from: Invoice.State, to: Invoice.State) throws -> Invoice? {
        replace(id) { $0.state == from ? $0.with(state: to) : nil }
    }
    func revise(_ id: Invoice.ID, dueOn: CalendarDay, note: String?) throws -> Invoice? {
        replace(id) { invoice in
            var content = invoice.content
            content.note = note
            return invoice.with(state: invoice.state, content: content, dueOn: dueOn)
        }
    }
    func pay(_ id: Invoice.ID, minorUnits: Int64, paidOn: CalendarDay) throws -> Invoice? {
        guard let invoice = try invoice(id) else { return nil }
        let gross = try DocumentTotals(lines: invoice.content.lines, currency: invoice.content.currency).gross
        let paid = invoice.paid + minorUnits
        guard paid <= gross else { throw Refusal(.conflict, "That is more than is still due.") }
        return replace(id) { $0.with(state: paid == gross ? .paid : .partiallyPaid, paid: paid) }
    }
    func markOverdue(now: Date?) throws -> [Invoice.ID] { throw NotServed() }

    private func replace(_ id: Invoice.ID, _ change: (Invoice) -> Invoice?) -> Invoice? {
        guard let index = tables.invoices.firstIndex(where: { $0.id == id }),
            let new = change(tables.invoices[index])
        else { return nil }
        tables.invoices[index] = new
        return new
    }
}

extension Invoice {
    func with(
        state: State, content: DocumentContent? = nil, dueOn: CalendarDay? = nil, paid: Int64? = nil
    ) -> Invoice {
        Invoice(
            id: id, number: number, state: state, content: content ?? self.content, quoteID: quoteID,
            issuedOn: issuedOn, dueOn: dueOn ?? self.dueOn, paid: paid ?? self.paid, isOverdue: isOverdue,
            publicToken: publicToken, createdAt: createdAt, updatedAt: updatedAt)
    }
}

struct FakeSubscriptions: SubscriptionStore {
    let tables: Tables

    func insert(_ new: NewSubscription) throws -> Subscription {
        let made = Subscription(
            id: Subscription.ID(tables.freshID()), state: new.state, name: new.name, content: new.content,
            intervalUnit: new.intervalUnit, intervalCount: new.intervalCount, startsOn: new.startsOn,
            createdAt: tables.now, updatedAt: tables.now)
        tables.subscriptions.append(made)
        return made
    }
    func subscription(_ id: Subscription.ID) throws -> Subscription? { tables.subscriptions.first { $0.id == id } }
    func list(
        state: Subscription.State?, contact: Contact.ID?, page request: PageRequest
    ) throws -> Listing<Subscription> { page(tables.subscriptions, request) }
    func move(_ id: Subscription.ID, from: Subscription.State, to: Subscription.State) throws -> Subscription? {
        replace(id) { $0.state == from ? $0.with(state: to, NewSubscription($0)) : nil }
    }
    func revise(_ id: Subscription.ID, _ terms: NewSubscription) throws -> Subscription? {
        replace(id) { $0.state == .cancelled ? nil : $0.with(state: $0.state, terms) }
    }

    private func replace(_ id: Subscription.ID, _ change: (Subscription) -> Subscription?) -> Subscription? {
        guard let index = tables.subscriptions.firstIndex(where: { $0.id == id }),
            let new = change(tables.subscriptions[index])
        else { return nil }
        tables.subscriptions[index] = new
        return new
    }
}

extension NewSubscription {
    init(_ made: Subscription) {
        self.init(
            name: made.name, content: made.content, intervalUnit: made.intervalUnit, intervalCount: made.intervalCount,
            startsOn: made.startsOn, state: made.state)
    }
}

extension Subscription {
    func with(state: State, _ terms: NewSubscription) -> Subscription {
        Subscription(
            id: id, state: state, name: terms.name, content: terms.content, intervalUnit: terms.intervalUnit,
            intervalCount: terms.intervalCount, startsOn: terms.startsOn, createdAt: createdAt, updatedAt: updatedAt)
    }
}

struct FakeDocumentDeals: DocumentDealStore {
    let tables: Tables

    func bind(_ id: Quote.ID, deal: Deal.ID?, lead: String?) throws -> Quote? {
        guard let index = tables.quotes.firstIndex(where: { $0.id == id }) else { return nil }
        var content = tables.quotes[index].content
        (content.dealID, content.leadID) = (deal, lead)
        tables.quotes[index] = tables.quotes[index].with(state: tables.quotes[index].state, content: content)
        return tables.quotes[index]
    }
    func bind(_ id: Invoice.ID, deal: Deal.ID?, lead: String?) throws -> Invoice? {
        guard let index = tables.invoices.firstIndex(where: { $0.id == id }) else { return nil }
        var content = tables.invoices[index].content
        (content.dealID, content.leadID) = (deal, lead)
        tables.invoices[index] = tables.invoices[index].with(state: tables.invoices[index].state, content: content)
        return tables.invoices[index]
    }
}

struct FakeEvents: EventStore {
    let tables: Tables

    func append(_ kind: BookEvent.Kind, subject: UUID) throws -> BookEvent.ID {
        tables.events.append(kind)
        return BookEvent.ID(subject)
    }
    func details(of ids: [BookEvent.ID]) throws -> [EventDetails] { throw NotServed() }
}
