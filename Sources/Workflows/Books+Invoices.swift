public import Domain
public import FoundationEssentials

extension Books {
    /// Invoices, newest first.
    public func invoices(
        _ company: Company.ID, state: Invoice.State?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Invoice> {
        try inside(company) { try $0.invoices.list(state: state, contact: contact, page: page) }
    }

    /// One invoice. Throws `notFound`.
    public func invoice(_ id: Invoice.ID, _ company: Company.ID) throws -> Invoice {
        try inside(company) { try Self.found(try $0.invoices.invoice(id), "invoice") }
    }

    /// Stores an invoice as concept, issued today and due 30 days later unless said otherwise.
    public func addInvoice(
        _ content: DocumentContent, quote: Quote.ID? = nil, issuedOn: CalendarDay? = nil, dueOn: CalendarDay? = nil,
        _ company: Company.ID, now: Date
    ) throws -> Invoice {
        try inside(company) { transaction in
            try Self.check(content, transaction)
            if let quote, try transaction.quotes.quote(quote) == nil {
                throw Refusal(.invalid, "There is no such quote.", fields: ["quote_id": "is no quote of yours"])
            }
            return try transaction.invoices.insert(
                NewInvoice(
                    content: content, quoteID: quote, issuedOn: try issuedOn ?? Self.today(transaction, now: now),
                    dueOn: dueOn,
                    publicToken: secrets.token()))
        }
    }

    /// Makes the invoice of an accepted quote, with its lines and its deal. Throws `conflict` for any other state.
    public func invoiceQuote(_ id: Quote.ID, _ company: Company.ID, now: Date) throws -> Invoice {
        let quote = try quote(id, company)
        guard quote.state == .accepted else {
            throw Refusal(.conflict, "Quote \(quote.number) is \(quote.state.rawValue), not accepted.")
        }
        var content = quote.content
        content.externalID = nil
        return try addInvoice(content, quote: id, company, now: now)
    }

    /// Invoices past their due date, newest first.
    public func overdueInvoices(
        _ company: Company.ID, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Invoice> {
        try inside(company) { try $0.invoices.overdue(contact: contact, page: page) }
    }

    /// Marks an invoice as sent, and mails it if asked to and if there is a mailing. Throws `conflict` when it is no
    /// concept.
    public func sendInvoice(_ id: Invoice.ID, byMail: Bool = false, _ company: Company.ID) throws -> Invoice {
        try moveInvoice(id, to: .sent, byMail: byMail, company)
    }

    /// Moves an invoice on by hand, to sent or credited. Throws `conflict` for an illegal move.
    public func moveInvoice(
        _ id: Invoice.ID, to state: Invoice.State, byMail: Bool = false, _ company: Company.ID
    ) throws -> Invoice {
        try inside(company) { transaction in
            let invoice = try Self.found(try transaction.invoices.invoice(id), "invoice")
            if state == .sent, invoice.content.lines.contains(where: { !$0.isTextLine && $0.unitPrice == nil }) {
                throw Refusal(.conflict, "Invoice \(invoice.number) has a line without a price. Set the price first.")
            }
            guard state == .sent || state == .credited, invoice.state.successors.contains(state),
                let moved = try transaction.invoices.move(id, from: invoice.state, to: state)
            else {
                throw Refusal(
                    .conflict,
                    "Invoice \(invoice.number) is \(invoice.state.rawValue): it can't become \(state.rawValue).")
            }
            guard state == .sent else { return moved }
            let event = try transaction.events.append(.invoiceSent, subject: id.rawValue)
            if byMail { try mail(moved, event: event, transaction) }
            return moved
        }
    }

    private func mail(_ invoice: Invoice, event: BookEvent.ID, _ transaction: any StorageTransaction) throws {
        guard let mailing else { return }
        let content = invoice.content
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        let text = EmailText.invoice(
            invoice, total: Money(minorUnits: totals.gross, currency: content.currency),
            company: try transaction.accounts.company()?.name ?? "",
            link: "\(mailing.publicURL)/i/\(invoice.publicToken)")
        try Self.write(text, of: .invoice(invoice.id), content: content, event: event, transaction)
    }

    /// Changes due date and note.
    public func reviseInvoice(
        _ id: Invoice.ID, dueOn: CalendarDay, note: String?, _ company: Company.ID
    ) throws -> Invoice {
        try inside(company) { try Self.found(try $0.invoices.revise(id, dueOn: dueOn, note: note), "invoice") }
    }

    /// Books a payment; with the last cent the invoice is paid, and the event commits with it.
    public func pay(
        _ id: Invoice.ID, minorUnits: Int64, paidOn: CalendarDay?, _ company: Company.ID, now: Date
    ) throws -> Invoice {
        guard minorUnits > 0 else {
            throw Refusal(.invalid, "A payment is more than nothing.", fields: ["amount": "must be positive"])
        }
        return try inside(company) { transaction in
            let day = try paidOn ?? Self.today(transaction, now: now)
            let invoice = try Self.found(
                try transaction.invoices.pay(id, minorUnits: minorUnits, paidOn: day), "invoice")
            if invoice.state == .paid { try transaction.events.append(.invoicePaid, subject: id.rawValue) }
            return invoice
        }
    }
}

extension Books {
    /// Subscriptions, newest first.
    public func subscriptions(
        _ company: Company.ID, state: Subscription.State?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Subscription> {
        try inside(company) { try $0.subscriptions.list(state: state, contact: contact, page: page) }
    }

    /// One subscription. Throws `notFound`.
    public func subscription(_ id: Subscription.ID, _ company: Company.ID) throws -> Subscription {
        try inside(company) { try Self.found(try $0.subscriptions.subscription(id), "subscription") }
    }

    /// Stores a subscription. Throws `invalid`.
    public func addSubscription(_ subscription: NewSubscription, _ company: Company.ID) throws -> Subscription {
        try inside(company) { transaction in
            try Self.check(subscription.content, transaction)
            guard !subscription.name.isEmpty, (1...3660).contains(subscription.intervalCount) else {
                throw Refusal(
                    .invalid, "A subscription needs a name and an interval.",
                    fields: subscription.name.isEmpty
                        ? ["name": "is empty"] : ["interval_count": "must be from 1 to 3660"])
            }
            return try transaction.subscriptions.insert(subscription)
        }
    }

    /// Moves a subscription on. Throws `conflict` for an illegal move.
    public func moveSubscription(
        _ id: Subscription.ID, to state: Subscription.State, _ company: Company.ID
    ) throws -> Subscription {
        try inside(company) { transaction in
            let subscription = try Self.found(try transaction.subscriptions.subscription(id), "subscription")
            guard subscription.state.successors.contains(state),
                let moved = try transaction.subscriptions.move(id, from: subscription.state, to: state)
            else {
                throw Refusal(
                    .conflict, "The subscription is \(subscription.state.rawValue): it can't become \(state.rawValue).")
            }
            return moved
        }
    }
}
