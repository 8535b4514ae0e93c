public import Domain
public import FoundationEssentials

extension Books {
    /// Quotes, newest first.
    public func quotes(
        _ company: Company.ID, state: Quote.State?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Quote> {
        try inside(company) { try $0.quotes.list(state: state, contact: contact, page: page) }
    }

    /// One quote. Throws `notFound`.
    public func quote(_ id: Quote.ID, _ company: Company.ID) throws -> Quote {
        try inside(company) { try Self.found(try $0.quotes.quote(id), "quote") }
    }

    /// Stores a quote as concept. Throws `invalid` for wrong lines, `conflict` for a known external id.
    public func addQuote(
        _ content: DocumentContent, email: EmailText, validUntil: CalendarDay?, _ company: Company.ID, now: Date
    ) throws -> Quote {
        try inside(company) { transaction in
            try Self.check(content, transaction)
            return try transaction.quotes.insert(
                NewQuote(
                    content: content, email: email, validUntil: validUntil, publicToken: secrets.token(),
                    today: try Self.today(transaction, now: now)))
        }
    }

    /// Replaces what a concept says. Throws `conflict` once it was sent.
    public func reviseQuote(
        _ id: Quote.ID, content: DocumentContent, email: EmailText, validUntil: CalendarDay, _ company: Company.ID
    ) throws -> Quote {
        try inside(company) { transaction in
            try Self.check(content, transaction)
            let quote = try Self.found(try transaction.quotes.quote(id), "quote")
            guard
                let revised = try transaction.quotes.revise(
                    id, content: content, email: email, validUntil: validUntil)
            else { throw Refusal(.conflict, "Quote \(quote.number) is \(quote.state.rawValue) and can't be changed.") }
            return revised
        }
    }

    /// Marks a quote as sent, and mails it if asked to and if there is a mailing: state, event and mail commit together.
    ///
    /// Throws `conflict` when it is no concept, or when a line still lacks its price.
    public func sendQuote(_ id: Quote.ID, byMail: Bool = false, _ company: Company.ID) throws -> Quote {
        try inside(company) { transaction in
            let quote = try Self.found(try transaction.quotes.quote(id), "quote")
            guard !quote.content.lines.contains(where: { !$0.isTextLine && $0.unitPrice == nil }) else {
                throw Refusal(.conflict, "Quote \(quote.number) has a line without a price. Set the price first.")
            }
            guard quote.state.successors.contains(.sent),
                let sent = try transaction.quotes.move(id, from: quote.state, to: .sent)
            else { throw Self.cannotBecome(.sent, quote) }
            let event = try transaction.events.append(.quoteSent, subject: id.rawValue)
            if byMail, let mailing {
                let name = try transaction.accounts.company()?.name ?? ""
                let link = "\(mailing.publicURL)/q/\(quote.publicToken)"
                try Self.write(
                    .quote(quote, company: name, link: link), of: .quote(id), content: quote.content, event: event,
                    transaction)
            }
            return sent
        }
    }

    /// Notes down what the customer said by another way than the quote's page. Throws `notFound`, and `conflict` when
    /// the quote is not with the customer.
    public func decideQuote(_ id: Quote.ID, _ state: Quote.State, _ company: Company.ID) throws -> Quote {
        try inside(company) { transaction in
            let quote = try Self.found(try transaction.quotes.quote(id), "quote")
            guard state == .accepted || state == .declined, quote.state.successors.contains(state),
                let decided = try transaction.quotes.decide(
                    id, from: quote.state, to: state, QuoteDecision(name: nil, email: nil))
            else { throw Self.cannotBecome(state, quote) }
            if state == .accepted { try transaction.events.append(.quoteAccepted, subject: id.rawValue) }
            return decided
        }
    }

    /// Binds a quote to a deal, a lead, or neither, in any state. Throws `notFound`.
    public func bindQuote(_ id: Quote.ID, deal: Deal.ID?, lead: String?, _ company: Company.ID) throws -> Quote {
        try inside(company) { try Self.found(try $0.documentDeals.bind(id, deal: deal, lead: lead), "quote") }
    }

    static func cannotBecome(_ state: Quote.State, _ quote: Quote) -> Refusal {
        Refusal(.conflict, "Quote \(quote.number) is \(quote.state.rawValue): it can't become \(state.rawValue).")
    }

    /// The company's today: what due dates and validity are measured by.
    static func today(_ transaction: any StorageTransaction, now: Date) throws -> CalendarDay {
        guard let company = try transaction.accounts.company() else {
            throw Refusal(.notFound, "There is no such company.")
        }
        return company.today(at: now)
    }

    static func check(_ content: DocumentContent, _ transaction: any StorageTransaction) throws {
        var fields: [String: String] = [:]
        if try transaction.contacts.contact(content.contactID) == nil {
            fields["contact_id"] = "is no contact of yours"
        }
        if content.lines.isEmpty || content.lines.count > 500 { fields["lines"] = "needs 1 to 500 lines" }
        for (index, line) in content.lines.enumerated() {
            if line.description.isEmpty || line.description.count > 2000 {
                fields["lines.\(index).description"] = "needs 1 to 2000 characters"
            }
            if let product = line.productID, try transaction.catalog.product(product) == nil {
                fields["lines.\(index).product_id"] = "is no product of yours"
            }
        }
        guard fields.isEmpty else { throw Refusal(.invalid, "Some fields of the document are wrong.", fields: fields) }
        guard try DocumentTotals(lines: content.lines, currency: content.currency).gross >= 0 else {
            throw Refusal(.invalid, "The total is below zero.", fields: ["lines": "add up to less than nothing"])
        }
    }
}
