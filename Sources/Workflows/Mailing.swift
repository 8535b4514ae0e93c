public import Domain
import FoundationEssentials

/// How documents go out by mail; without it they are only marked as sent, and the text is there to be copied.
public struct Mailing: Sendable {
    /// Where the customers' pages are, without a slash at the end.
    let publicURL: String

    /// Makes a mailing.
    public init(publicURL: String) {
        self.publicURL = publicURL
    }
}

extension Books {
    /// The mail of a document; nil when it was not sent by mail.
    public func mail(of document: Mail.Document, _ company: Company.ID) throws -> Mail? {
        try inside(company) { try $0.mails.mail(of: document) }
    }

    /// Lets a mail that failed, or of which nobody knows, go out again. Throws `notFound`, or `conflict` in any other
    /// state. An address that was missing is looked up again.
    public func mailAgain(_ document: Mail.Document, _ company: Company.ID) throws {
        try inside(company) { transaction in
            let mail = try Self.found(try transaction.mails.mail(of: document), "mail")
            if mail.recipient == nil { try Self.readdress(mail, transaction) }
            guard
                try transaction.mails.move(mail.id, from: [.failed, .unclear], to: .waiting, reason: nil) != nil
            else { throw Refusal(.conflict, "This mail is \(mail.state.rawValue): it can't be sent again.") }
        }
    }

    private static func readdress(_ mail: Mail, _ transaction: any StorageTransaction) throws {
        let content =
            switch mail.document {
            case .quote(let id): try transaction.quotes.quote(id)?.content
            case .invoice(let id): try transaction.invoices.invoice(id)?.content
            }
        guard let recipient = try content.flatMap({ try recipient($0, transaction) }),
            try transaction.mails.readdress(mail.id, to: recipient)
        else {
            throw Refusal(
                .conflict, "The contact has no e-mail address. Give it one, or copy the text and send it yourself.")
        }
    }

    private static func recipient(
        _ content: DocumentContent, _ transaction: any StorageTransaction
    ) throws -> String? {
        if let email = content.addresseeEmail { return email }
        return try transaction.contacts.contact(content.contactID)?.details.emails.first
            .flatMap(EmailAddress.normalized)
    }

    /// Writes the mail of a document that becomes sent in this transaction, under the event of the sending.
    static func write(
        _ text: EmailText, of document: Mail.Document, content: DocumentContent, event: BookEvent.ID,
        _ transaction: any StorageTransaction
    ) throws {
        let contact = try transaction.contacts.contact(content.contactID)
        let recipient = try recipient(content, transaction)
        try transaction.mails.insert(
            Mail(
                id: event, document: document, recipient: recipient,
                recipientName: content.addressee ?? contact?.details.name ?? "", text: text,
                state: recipient == nil ? .failed : .waiting,
                reason: recipient == nil ? "The contact has no e-mail address." : nil, updatedAt: .init()))
    }
}
