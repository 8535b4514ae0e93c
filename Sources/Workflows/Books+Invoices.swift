public import Domain
public import FoundationEssentials

extension Books {
    /// Invoices, newest first.
    public func invoices(
        _ company: Company.ID, status: Invoice.Status?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Invoice> {
        try inside(company) { try $0.invoices.list(status: status, contact: contact, page: page) }
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
            if let quote { try Self.check(quote, fits: content, transaction) }
            return try transaction.invoices.insert(
                NewInvoice(
                    content: content, quoteID: quote, issuedOn: try issuedOn ?? Self.today(transaction, now: now),
                    dueOn: dueOn,
                    publicToken: secrets.token()))
        }
    }

    private static func check(
        _ id: Quote.ID, fits content: DocumentContent, _ transaction: any StorageTransaction
    ) throws {
        guard let quote = try transaction.quotes.quote(id) else {
            throw Refusal(.invalid, "There is no such quote.", fields: ["quote_id": "is no quote of yours"])
        }
        guard quote.content.currency == content.currency else {
            throw Refusal(
                .invalid, "Quote \(quote.number) is in \(quote.content.currency), the invoice is not.",
                fields: ["currency": "differs from the quote's, \(quote.content.currency)"])
        }
    }

    /// Makes the invoice of an accepted quote, with its lines and its deal. Throws `conflict` for any other state.
    public func invoiceQuote(_ id: Quote.ID, _ company: Company.ID, now: Date) throws -> Invoice {
        let content = try contentForInvoice(of: try quote(id, company))
        return try addInvoice(content, quote: id, company, now: now)
    }

    /// What the invoice of an accepted quote says. Throws `conflict` for any other state.
    public func contentForInvoice(of quote: Quote) throws -> DocumentContent {
        guard quote.state == .accepted else {
            throw Refusal(.conflict, "Quote \(quote.number) is \(quote.state.rawValue), not accepted.")
        }
        var content = quote.content
        content.externalID = nil
        return content
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

    /// Changes due date and note. Throws `notFound`.
    public func reviseInvoice(
        _ id: Invoice.ID, dueOn: CalendarDay, note: String?, _ company: Company.ID
    ) throws -> Invoice {
        try inside(company) { try Self.found(try $0.invoices.revise(id, dueOn: dueOn, note: note), "invoice") }
    }

    /// Binds an invoice to a deal, a lead, or neither, in any state. Throws `notFound`.
    public func bindInvoice(
        _ id: Invoice.ID, deal: Deal.ID?, lead: String?, _ company: Company.ID
    ) throws -> Invoice {
        try inside(company) { try Self.found(try $0.documentDeals.bind(id, deal: deal, lead: lead), "invoice") }
    }

    /// Books what is still due as paid today. Throws `notFound`, and `conflict` when no payment is expected.
    public func settleInvoice(_ id: Invoice.ID, _ company: Company.ID, now: Date) throws -> Invoice {
        let invoice = try invoice(id, company)
        let totals = try DocumentTotals(lines: invoice.content.lines, currency: invoice.content.currency)
        guard invoice.isOpen, totals.gross > invoice.paid else {
            throw Refusal(
                .conflict, "Invoice \(invoice.number) is \(invoice.state.rawValue) with nothing due: it can't be paid.")
        }
        return try pay(id, minorUnits: totals.gross - invoice.paid, paidOn: nil, company, now: now)
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
