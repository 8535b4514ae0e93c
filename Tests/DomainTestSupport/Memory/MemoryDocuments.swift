import Domain
import FoundationEssentials

extension MemoryTransaction {
    /// Today by the fake database's clock, in UTC.
    var today: CalendarDay {
        CalendarDay(dayNumber: Int((state.now.timeIntervalSince1970 / 86_400).rounded(.down)))
    }
}

extension Quote {
    func isLapsed(_ today: CalendarDay) -> Bool { (state == .sent || state == .viewed) && validUntil < today }

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

extension Invoice {
    func isLate(_ today: CalendarDay) throws -> Bool {
        guard state == .sent || state == .partiallyPaid, !isOverdue, dueOn < today else { return false }
        return try DocumentTotals(lines: content.lines, currency: content.currency).gross > paid
    }

    func with(
        state: State? = nil, content: DocumentContent? = nil, dueOn: CalendarDay? = nil, paid: Int64? = nil,
        isOverdue: Bool? = nil
    ) -> Invoice {
        Invoice(
            id: id, number: number, state: state ?? self.state, content: content ?? self.content, quoteID: quoteID,
            issuedOn: issuedOn, dueOn: dueOn ?? self.dueOn, paid: paid ?? self.paid,
            isOverdue: isOverdue ?? self.isOverdue, publicToken: publicToken, createdAt: createdAt,
            updatedAt: updatedAt)
    }
}

struct MemoryQuotes: QuoteStore {
    let transaction: MemoryTransaction

    func insert(_ quote: NewQuote) throws -> Quote {
        let id = Quote.ID(transaction.state.freshID())
        let now = transaction.state.now
        return try transaction.edit { tenant in
            if let external = quote.content.externalID,
                tenant.quotes.contains(where: { $0.content.externalID == external })
            {
                throw Refusal(.conflict, "There is a quote with this external id.", fields: ["external_id": "exists"])
            }
            let made = Quote(
                id: id, number: "Q\(quote.today.year)-\(tenant.quotes.count + 1)", state: .concept,
                content: quote.content, email: quote.email,
                validUntil: quote.validUntil ?? quote.today.adding(days: 30), publicToken: quote.publicToken,
                createdAt: now, updatedAt: now)
            tenant.quotes.append(made)
            return made
        }
    }
    func quote(_ id: Quote.ID) throws -> Quote? { try transaction.tenant().quotes.first { $0.id == id } }
    func quote(publicToken: String) throws -> Quote? {
        try transaction.tenant().quotes.first { $0.publicToken == publicToken }
    }
    func quote(externalID: String) throws -> Quote? {
        try transaction.tenant().quotes.first { $0.content.externalID == externalID }
    }
    func list(state: Quote.State?, contact: Contact.ID?, page request: PageRequest) throws -> Listing<Quote> {
        let found = try transaction.tenant().quotes.filter {
            (state == nil || $0.state == state) && (contact == nil || $0.content.contactID == contact)
        }
        return page(found.reversed(), request)
    }
    func move(_ id: Quote.ID, from: Quote.State, to: Quote.State) throws -> Quote? {
        try replace(id) { $0.state == from ? $0.with(state: to) : nil }
    }
    func decide(_ id: Quote.ID, from: Quote.State, to: Quote.State, _ decision: QuoteDecision) throws -> Quote? {
        let kept = QuoteDecision(
            name: decision.name, email: decision.email, reason: decision.reason, decidedAt: transaction.state.now)
        return try replace(id) { $0.state == from ? $0.with(state: to, decision: kept) : nil }
    }
    func revise(_ id: Quote.ID, content: DocumentContent, email: EmailText, validUntil: CalendarDay) throws -> Quote? {
        try replace(id) {
            $0.state == .concept
                ? $0.with(state: .concept, content: content, email: email, validUntil: validUntil) : nil
        }
    }
    func expire(now: Date?) throws -> Int {
        let today = transaction.today
        return try transaction.edit { tenant in
            let lapsed = tenant.quotes.indices.filter { tenant.quotes[$0].isLapsed(today) }
            for index in lapsed { tenant.quotes[index] = tenant.quotes[index].with(state: .expired) }
            return lapsed.count
        }
    }

    private func replace(_ id: Quote.ID, _ change: (Quote) -> Quote?) throws -> Quote? {
        try transaction.edit { tenant in
            guard let index = tenant.quotes.firstIndex(where: { $0.id == id }), let new = change(tenant.quotes[index])
            else { return nil }
            tenant.quotes[index] = new
            return new
        }
    }
}

struct MemoryInvoices: InvoiceStore {
    let transaction: MemoryTransaction

    func insert(_ invoice: NewInvoice) throws -> Invoice {
        let id = Invoice.ID(transaction.state.freshID())
        let now = transaction.state.now
        return try transaction.edit { tenant in
            let made = Invoice(
                id: id, number: "\(invoice.issuedOn.year)-\(tenant.invoices.count + 1)", state: .concept,
                content: invoice.content, quoteID: invoice.quoteID, issuedOn: invoice.issuedOn,
                dueOn: invoice.dueOn ?? invoice.issuedOn.adding(days: 30), paid: 0, isOverdue: false,
                publicToken: invoice.publicToken, createdAt: now, updatedAt: now)
            tenant.invoices.append(made)
            return made
        }
    }
    func invoice(_ id: Invoice.ID) throws -> Invoice? { try transaction.tenant().invoices.first { $0.id == id } }
    func invoice(publicToken: String) throws -> Invoice? {
        try transaction.tenant().invoices.first { $0.publicToken == publicToken }
    }
    func list(status: Invoice.Status?, contact: Contact.ID?, page request: PageRequest) throws -> Listing<Invoice> {
        let found = try transaction.tenant().invoices.filter {
            (status == nil || $0.status == status) && (contact == nil || $0.content.contactID == contact)
        }
        return page(found.reversed(), request)
    }
    func move(_ id: Invoice.ID, from: Invoice.State, to: Invoice.State) throws -> Invoice? {
        try replace(id) { $0.state == from ? $0.with(state: to) : nil }
    }
    func revise(_ id: Invoice.ID, dueOn: CalendarDay, note: String?) throws -> Invoice? {
        try replace(id) { invoice in
            var content = invoice.content
            content.note = note
            return invoice.with(content: content, dueOn: dueOn)
        }
    }
    func pay(_ id: Invoice.ID, minorUnits: Int64, paidOn: CalendarDay) throws -> Invoice? {
        guard let invoice = try invoice(id) else { return nil }
        guard invoice.state == .sent || invoice.state == .partiallyPaid else {
            throw Refusal(.conflict, "Invoice \(invoice.number) is not open.")
        }
        let gross = try DocumentTotals(lines: invoice.content.lines, currency: invoice.content.currency).gross
        let paid = invoice.paid + minorUnits
        guard paid <= gross else { throw Refusal(.conflict, "That is more than is still due.") }
        return try replace(id) { $0.with(state: paid == gross ? .paid : .partiallyPaid, paid: paid) }
    }
    func markOverdue(now: Date?) throws -> [Invoice.ID] {
        let today = transaction.today
        return try transaction.edit { tenant in
            let late = try tenant.invoices.indices.filter { try tenant.invoices[$0].isLate(today) }
            for index in late { tenant.invoices[index] = tenant.invoices[index].with(isOverdue: true) }
            return late.map { tenant.invoices[$0].id }
        }
    }

    private func replace(_ id: Invoice.ID, _ change: (Invoice) -> Invoice?) throws -> Invoice? {
        try transaction.edit { tenant in
            guard let index = tenant.invoices.firstIndex(where: { $0.id == id }),
                let new = change(tenant.invoices[index])
            else { return nil }
            tenant.invoices[index] = new
            return new
        }
    }
}

struct MemorySubscriptions: SubscriptionStore {
    let transaction: MemoryTransaction

    func insert(_ new: NewSubscription) throws -> Subscription {
        let id = Subscription.ID(transaction.state.freshID())
        return try transaction.edit { [now = transaction.state.now] tenant in
            let made = Subscription(
                id: id, state: new.state, name: new.name, content: new.content, intervalUnit: new.intervalUnit,
                intervalCount: new.intervalCount, startsOn: new.startsOn, createdAt: now, updatedAt: now)
            tenant.subscriptions.append(made)
            return made
        }
    }
    func subscription(_ id: Subscription.ID) throws -> Subscription? {
        try transaction.tenant().subscriptions.first { $0.id == id }
    }
    func list(
        state: Subscription.State?, contact: Contact.ID?, page request: PageRequest
    ) throws -> Listing<Subscription> {
        let found = try transaction.tenant().subscriptions.filter {
            (state == nil || $0.state == state) && (contact == nil || $0.content.contactID == contact)
        }
        return page(found.reversed(), request)
    }
    func move(_ id: Subscription.ID, from: Subscription.State, to: Subscription.State) throws -> Subscription? {
        try transaction.edit { tenant in
            guard let index = tenant.subscriptions.firstIndex(where: { $0.id == id && $0.state == from }) else {
                return nil
            }
            let old = tenant.subscriptions[index]
            tenant.subscriptions[index] = Subscription(
                id: id, state: to, name: old.name, content: old.content, intervalUnit: old.intervalUnit,
                intervalCount: old.intervalCount, startsOn: old.startsOn, createdAt: old.createdAt,
                updatedAt: old.updatedAt)
            return tenant.subscriptions[index]
        }
    }
    func revise(_ id: Subscription.ID, _ terms: NewSubscription) throws -> Subscription? {
        try transaction.edit { tenant in
            guard let index = tenant.subscriptions.firstIndex(where: { $0.id == id && $0.state != .cancelled }) else {
                return nil
            }
            let old = tenant.subscriptions[index]
            tenant.subscriptions[index] = Subscription(
                id: id, state: old.state, name: terms.name, content: terms.content, intervalUnit: terms.intervalUnit,
                intervalCount: terms.intervalCount, startsOn: terms.startsOn, createdAt: old.createdAt,
                updatedAt: old.updatedAt)
            return tenant.subscriptions[index]
        }
    }
}

struct MemoryDocumentDeals: DocumentDealStore {
    let transaction: MemoryTransaction

    func bind(_ id: Quote.ID, deal: Deal.ID?, lead: String?) throws -> Quote? {
        try transaction.edit { tenant in
            guard let index = tenant.quotes.firstIndex(where: { $0.id == id }) else { return nil }
            var content = tenant.quotes[index].content
            (content.dealID, content.leadID) = (deal, lead)
            tenant.quotes[index] = tenant.quotes[index].with(state: tenant.quotes[index].state, content: content)
            return tenant.quotes[index]
        }
    }
    func bind(_ id: Invoice.ID, deal: Deal.ID?, lead: String?) throws -> Invoice? {
        try transaction.edit { tenant in
            guard let index = tenant.invoices.firstIndex(where: { $0.id == id }) else { return nil }
            var content = tenant.invoices[index].content
            (content.dealID, content.leadID) = (deal, lead)
            tenant.invoices[index] = tenant.invoices[index].with(content: content)
            return tenant.invoices[index]
        }
    }
}

struct MemoryEvents: EventStore {
    let transaction: MemoryTransaction

    func append(_ kind: BookEvent.Kind, subject: UUID) throws -> BookEvent.ID {
        let id = BookEvent.ID(transaction.state.freshID())
        let company = try transaction.tenant().company.id
        try transaction.edit { [now = transaction.state.now] in
            $0.events.append(BookEvent(id: id, kind: kind, subjectID: subject, occurredAt: now))
        }
        // The schema's trigger queues the message, whatever the role.
        _ = transaction.state.add(NewMessage(kind: .event, subject: id.text, priority: 0), company: company)
        return id
    }
    func details(of ids: [BookEvent.ID]) throws -> [EventDetails] {
        try transaction.tenant().events.filter { ids.contains($0.id) }
            .map { EventDetails(event: $0, document: try document(of: $0)) }
    }
    private func document(of event: BookEvent) throws -> EventDocument? {
        let tenant = try transaction.tenant()
        let name: (Contact.ID) -> String = { id in tenant.contacts.first { $0.id == id }?.details.name ?? "" }
        let total: (DocumentContent) throws -> Money = {
            let totals = try DocumentTotals(lines: $0.lines, currency: $0.currency)
            return Money(minorUnits: totals.gross, currency: $0.currency)
        }
        if let quote = tenant.quotes.first(where: { $0.id.rawValue == event.subjectID }) {
            return EventDocument(
                number: quote.number, total: try total(quote.content), isQuote: true,
                contactName: name(quote.content.contactID), dealID: quote.content.dealID, leadID: quote.content.leadID)
        }
        guard let invoice = tenant.invoices.first(where: { $0.id.rawValue == event.subjectID }) else { return nil }
        return EventDocument(
            number: invoice.number, total: try total(invoice.content), isQuote: false,
            contactName: name(invoice.content.contactID), dealID: invoice.content.dealID,
            leadID: invoice.content.leadID)
    }
}
