internal import Domain
import FoundationEssentials
import Postgres

struct PostgresMails: MailStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let columns = SQL(
        unsafe: "id, quote_id, invoice_id, recipient, recipient_name, subject, body, state, reason, updated_at")

    func insert(_ mail: Mail) throws {
        var quote: Quote.ID?
        var invoice: Invoice.ID?
        switch mail.document {
        case .quote(let id): quote = id
        case .invoice(let id): invoice = id
        }
        try connection.execute(
            """
            insert into books.mail (
                company_id, id, quote_id, invoice_id, recipient, recipient_name, subject, body, state, reason)
            values (
                \(try access.company()), \(mail.id), \(quote), \(invoice), \(mail.recipient), \(mail.recipientName),
                \(mail.text.subject), \(mail.text.body), \(mail.state.rawValue), \(mail.reason))
            """)
    }

    func mail(_ id: Mail.ID) throws -> Mail? {
        try one("id = \(id)")
    }

    func mail(of document: Mail.Document) throws -> Mail? {
        switch document {
        case .quote(let id): try one("quote_id = \(id)")
        case .invoice(let id): try one("invoice_id = \(id)")
        }
    }

    private func one(_ condition: SQL) throws -> Mail? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.mail
            where company_id = \(try access.company()) and \(fragment: condition)
            """
        ).first.map(Self.mail)
    }

    func move(_ id: Mail.ID, from: Set<Mail.State>, to: Mail.State, reason: String?) throws -> Mail? {
        try connection.query(
            """
            update books.mail set state = \(to.rawValue), reason = \(reason), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id)
                and state = any (\(from.map(\.rawValue).sorted())::text[])
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.mail)
    }

    func readdress(_ id: Mail.ID, to recipient: String) throws -> Bool {
        try connection.execute(
            """
            update books.mail set recipient = \(recipient), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = 'failed' and recipient is null
            """) == 1
    }

    func replyAddress() throws -> String? {
        try connection.query(
            """
            select email from books.member where company_id = \(try access.company()) and role = 'owner'
            order by created_at, id limit 1
            """
        ).first?.string("email")
    }

    private static func mail(_ row: PostgresRow) throws -> Mail {
        let document: Mail.Document
        if let quote = try row.optionalUUID("quote_id") {
            document = .quote(Quote.ID(quote))
        } else {
            document = .invoice(Invoice.ID(try row.uuid("invoice_id")))
        }
        return Mail(
            id: Mail.ID(try row.uuid("id")), document: document, recipient: try row.optionalString("recipient"),
            recipientName: try row.string("recipient_name"),
            text: EmailText(subject: try row.string("subject"), body: try row.string("body")),
            state: try row.state("state"), reason: try row.optionalString("reason"),
            updatedAt: try row.date("updated_at"))
    }
}
