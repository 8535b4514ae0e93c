public import FoundationEssentials

/// A quote or invoice on its way to the customer by e-mail.
public struct Mail: Hashable, Sendable {
    /// The event of the sending: stable, and unique among all mails.
    public typealias ID = BookEvent.ID

    /// Where a mail stands.
    public enum State: String, Sendable, CaseIterable {
        /// Written with the document's sending; moved out by the drainer.
        case waiting
        /// Handed to the mail program, whose answer is not known yet; moved out by that answer.
        case sending
        /// The mail program took it.
        case sent
        /// Nobody knows whether the mail program took it; a person moves it back to waiting, nothing else does.
        case unclear
        /// The mail program refused it, or there is no address; a person moves it back to waiting.
        case failed
    }

    /// What is sent.
    public enum Document: Hashable, Sendable {
        /// A quote.
        case quote(Quote.ID)
        /// An invoice.
        case invoice(Invoice.ID)
    }

    /// The identifier.
    public let id: ID
    /// What is sent.
    public let document: Document
    /// To whom; nil when the contact has no address.
    public let recipient: String?
    /// The recipient's name.
    public let recipientName: String
    /// Subject and body.
    public let text: EmailText
    /// Where it stands.
    public let state: State
    /// Why it failed, waits or is unclear.
    public let reason: String?
    /// When it last changed its state.
    public let updatedAt: Date

    /// Makes a mail value.
    public init(
        id: ID, document: Document, recipient: String?, recipientName: String, text: EmailText, state: State,
        reason: String?, updatedAt: Date
    ) {
        self.id = id
        self.document = document
        self.recipient = recipient
        self.recipientName = recipientName
        self.text = text
        self.state = state
        self.reason = reason
        self.updatedAt = updatedAt
    }
}

extension EmailText {
    /// What goes with a quote: its own words, or a sentence; the link stands in it either way.
    public static func quote(_ quote: Quote, company: String, link: String) -> EmailText {
        EmailText(
            subject: quote.email.subject.isEmpty ? "Quote \(quote.number) from \(company)" : quote.email.subject,
            body: quote.email.body.isEmpty
                ? "You can read our quote \(quote.number) and accept it here:\n\n\(link)\n\nKind regards,\n\(company)\n"
                : with(link, in: quote.email.body))
    }

    /// What goes with an invoice.
    public static func invoice(_ invoice: Invoice, total: Money, company: String, link: String) -> EmailText {
        EmailText(
            subject: "Invoice \(invoice.number) from \(company)",
            body: """
                Here is our invoice \(invoice.number) of \(total.displayText), due on \(invoice.dueOn):

                \(link)

                Kind regards,
                \(company)

                """)
    }

    private static func with(_ link: String, in body: String) -> String {
        body.contains(link) ? body : "\(body)\n\n\(link)\n"
    }
}
