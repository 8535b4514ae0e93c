public import Domain
public import FoundationEssentials

/// What a customer sees and does, found by a public token; works as the API's database role.
public struct CustomerPages: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource) {
        self.storage = storage
        self.secrets = secrets
    }

    /// A document with what its page shows beside it.
    public struct Shown<Document: Sendable>: Sendable {
        /// The document.
        public let document: Document
        /// Who offers or charges.
        public let company: Company
        /// Who it is for.
        public let contact: Contact
        /// Its sums.
        public let totals: DocumentTotals
        /// The company's today, by which a due date or a validity has passed.
        public let today: CalendarDay
    }

    private func inside<Result>(
        _ token: String, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        let hash = secrets.digest(token)
        guard let company = try storage.transaction(.api(nil), { try $0.directory.company(publicTokenHash: hash) })
        else { throw Refusal(.notFound, "This page does not exist, or no longer.") }
        return try storage.transaction(.api(company), body)
    }

    /// Whether the document behind a token is this company's own.
    public func isOwn(_ token: String, of company: Company.ID) throws -> Bool {
        let hash = secrets.digest(token)
        return try storage.transaction(.api(nil)) { try $0.directory.company(publicTokenHash: hash) } == company
    }

    /// The quote behind a token. Throws `notFound`, also for a concept: nobody sees one before it is sent.
    ///
    /// - Parameter countsAsView: whether this opening is the customer's: then a sent quote becomes viewed, once, and
    ///   the event commits with it.
    public func quote(_ token: String, countsAsView: Bool, now: Date) throws -> Shown<Quote> {
        try inside(token) { transaction in
            guard var quote = try transaction.quotes.quote(publicToken: token), quote.state != .concept else {
                throw Refusal(.notFound, "This page does not exist, or no longer.")
            }
            if countsAsView, quote.state == .sent,
                let viewed = try transaction.quotes.move(quote.id, from: .sent, to: .viewed)
            {
                try transaction.events.append(.quoteViewed, subject: quote.id.rawValue)
                quote = viewed
            }
            return try shown(quote, quote.content, transaction, now: now)
        }
    }

    /// The customer accepts, with name and e-mail. Accepting an accepted quote again is no error, makes no second event
    /// and changes no name. Throws `invalid` naming the fields, `conflict` when the quote can't be accepted any more.
    public func accept(_ token: String, name: String, email: String, now: Date) throws -> Shown<Quote> {
        var fields: [String: String] = [:]
        if name.isEmpty || name.count > 200 { fields["name"] = "needs 1 to 200 characters" }
        let address = EmailAddress.normalized(email)
        if address == nil || email.count > 254 { fields["email"] = "is no e-mail address" }
        guard fields.isEmpty else {
            throw Refusal(.invalid, "Please fill in your name and your e-mail address.", fields: fields)
        }
        return try decide(token, .accepted, QuoteDecision(name: name, email: address), now: now)
    }

    /// The customer declines, with a reason or without. Declining twice is no error.
    public func decline(_ token: String, reason: String?, now: Date) throws -> Shown<Quote> {
        guard (reason ?? "").count <= 2000 else {
            throw Refusal(.invalid, "The reason is too long.", fields: ["reason": "has more than 2000 characters"])
        }
        return try decide(token, .declined, QuoteDecision(name: nil, email: nil, reason: reason), now: now)
    }

    private func decide(
        _ token: String, _ state: Quote.State, _ decision: QuoteDecision, now: Date
    ) throws -> Shown<Quote> {
        try inside(token) { transaction in
            // Whoever loses a race against another answer, or against the validity's end, looks again: states only
            // move on, so that this ends.
            while let quote = try transaction.quotes.quote(publicToken: token), quote.state != .concept {
                guard quote.state != state else { return try shown(quote, quote.content, transaction, now: now) }
                try Self.checkOpen(quote, today: try Books.today(transaction, now: now))
                guard let moved = try transaction.quotes.decide(quote.id, from: quote.state, to: state, decision) else {
                    continue
                }
                if state == .accepted { try transaction.events.append(.quoteAccepted, subject: quote.id.rawValue) }
                return try shown(moved, moved.content, transaction, now: now)
            }
            throw Refusal(.notFound, "This page does not exist, or no longer.")
        }
    }

    private static func checkOpen(_ quote: Quote, today: CalendarDay) throws {
        switch quote.state {
        case .accepted: throw Refusal(.conflict, "This quote was accepted already, so it can't be declined any more.")
        case .declined: throw Refusal(.conflict, "This quote was declined already, so it can't be accepted any more.")
        case .expired: throw Refusal(.conflict, "This quote was valid until \(quote.validUntil).")
        case .concept, .sent, .viewed:
            guard today <= quote.validUntil else {
                throw Refusal(.conflict, "This quote was valid until \(quote.validUntil).")
            }
        }
    }

    /// The invoice behind a token. Throws `notFound`, also for a concept.
    public func invoice(_ token: String, now: Date) throws -> Shown<Invoice> {
        try inside(token) { transaction in
            guard let invoice = try transaction.invoices.invoice(publicToken: token), invoice.state != .concept else {
                throw Refusal(.notFound, "This page does not exist, or no longer.")
            }
            return try shown(invoice, invoice.content, transaction, now: now)
        }
    }

    private func shown<Document>(
        _ document: Document, _ content: DocumentContent, _ transaction: any StorageTransaction, now: Date
    ) throws -> Shown<Document> {
        guard let company = try transaction.accounts.company(),
            let contact = try transaction.contacts.contact(content.contactID)
        else { throw Refusal(.notFound, "This page does not exist, or no longer.") }
        return Shown(
            document: document, company: company, contact: contact,
            totals: try DocumentTotals(lines: content.lines, currency: content.currency),
            today: try Books.today(transaction, now: now))
    }
}
