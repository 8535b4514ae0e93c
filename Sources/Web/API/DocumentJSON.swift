import Domain
import FoundationEssentials

/// Quotes, invoices and subscriptions in the regular API's words.
enum DocumentJSON {
    /// Fields that every document takes.
    static let fields = [
        "contact_id", "currency", "lines", "external_id", "pipedrive_deal_id", "pipedrive_lead_id", "note",
    ]

    static func value(_ quote: Quote, publicURL: String) throws -> JSONValue {
        .object(
            [
                ("id", .string(quote.id.text)), ("number", .string(quote.number)),
                ("status", .string(quote.state.rawValue)),
            ]
                + (try content(quote.content)) + [
                    ("valid_until", .day(quote.validUntil)),
                    ("email_subject", .string(quote.email.subject)),
                    ("email_body", .string(quote.email.body)),
                    ("public_url", .string("\(publicURL)/q/\(quote.publicToken)")),
                    ("decided_by_name", .optional(quote.decision?.name)),
                    ("decided_by_email", .optional(quote.decision?.email)),
                    ("decline_reason", .optional(quote.decision?.reason)),
                    ("created_at", .instant(quote.createdAt)),
                    ("updated_at", .instant(quote.updatedAt)),
                ])
    }

    static func value(_ invoice: Invoice, publicURL: String) throws -> JSONValue {
        let currency = invoice.content.currency
        let totals = try DocumentTotals(lines: invoice.content.lines, currency: currency)
        return .object(
            [
                ("id", .string(invoice.id.text)), ("number", .string(invoice.number)),
                ("status", .string(invoice.state.rawValue)),
            ] + (try content(invoice.content)) + [
                ("quote_id", .optional(invoice.quoteID?.text)),
                ("invoice_date", .day(invoice.issuedOn)),
                ("due_date", .day(invoice.dueOn)),
                ("overdue", .bool(invoice.isOverdue)),
                ("paid_amount", .amount(invoice.paid, currency)),
                ("due_amount", .amount(invoice.state == .credited ? 0 : totals.gross - invoice.paid, currency)),
                ("public_url", .string("\(publicURL)/i/\(invoice.publicToken)")),
                ("created_at", .instant(invoice.createdAt)),
                ("updated_at", .instant(invoice.updatedAt)),
            ])
    }

    static func value(_ subscription: Subscription) throws -> JSONValue {
        .object(
            [
                ("id", .string(subscription.id.text)), ("name", .string(subscription.name)),
                ("status", .string(subscription.state.rawValue)),
            ] + (try content(subscription.content)) + [
                ("interval_unit", .string(subscription.intervalUnit.rawValue)),
                ("interval_count", .integer(subscription.intervalCount)),
                ("start_date", .day(subscription.startsOn)),
                ("created_at", .instant(subscription.createdAt)),
                ("updated_at", .instant(subscription.updatedAt)),
            ])
    }

    /// The mail of a document, or the text to send by hand.
    static func mail(_ mail: Mail?, otherwise text: EmailText) -> JSONValue {
        .object([
            ("state", .string(mail?.state.rawValue ?? "none")), ("to", .optional(mail?.recipient)),
            ("subject", .string(mail?.text.subject ?? text.subject)), ("body", .string(mail?.text.body ?? text.body)),
            ("reason", .optional(mail?.reason)),
        ])
    }

    private static func content(_ content: DocumentContent) throws -> [(name: String, value: JSONValue)] {
        let currency = content.currency
        let totals = try DocumentTotals(lines: content.lines, currency: currency)
        let rates = totals.rates.map { rate in
            JSONValue.object([
                ("tax_percentage", .percentage(rate.percentage)), ("net", .amount(rate.net, currency)),
                ("tax", .amount(rate.tax, currency)),
            ])
        }
        return [
            ("contact_id", .string(content.contactID.text)),
            ("currency", .string(currency.code)),
            ("lines", .array(content.lines.map { LineJSON.value($0, currency: currency) })),
            (
                "totals",
                .object([
                    ("net", .amount(totals.net, currency)), ("tax", .amount(totals.tax, currency)),
                    ("gross", .amount(totals.gross, currency)), ("rates", .array(rates)),
                ])
            ),
            ("external_id", .optional(content.externalID)),
            ("pipedrive_deal_id", content.dealID.map { .integer($0.rawValue) } ?? .null),
            ("pipedrive_lead_id", .optional(content.leadID)),
            ("note", .optional(content.note)),
        ]
    }

    /// Reads a new document's content; problems go to the reader. `currency` is the company's own.
    static func content(_ reader: FieldReader, currency: Currency) -> DocumentContent? {
        let currency = reader.currency("currency") ?? currency
        let contact: Contact.ID? = reader.identifier("contact_id")
        if contact == nil { reader.refuse("contact_id", "is required") }
        let lines = LineJSON.lines(reader, currency: currency)
        if lines.isEmpty { reader.refuse("lines", "has to hold at least one line") }
        let (deal, lead) = (dealID(reader), leadID(reader))
        if deal != nil, lead != nil {
            reader.refuse("pipedrive_lead_id", "cannot stand beside pipedrive_deal_id")
        }
        guard let contact else { return nil }
        return DocumentContent(
            contactID: contact, currency: currency, lines: lines, externalID: reader.text("external_id"),
            dealID: deal, leadID: lead, note: reader.text("note", limit: 5000))
    }

    /// Changes to a document's content; fields that were not sent stay as they are.
    static func content(_ reader: FieldReader, changing current: DocumentContent) -> DocumentContent {
        var content = current
        if reader.has("lines") {
            content.lines = LineJSON.lines(reader, currency: current.currency)
            if content.lines.isEmpty { reader.refuse("lines", "has to hold at least one line") }
        }
        if reader.has("pipedrive_deal_id") { content.dealID = dealID(reader) }
        if reader.has("pipedrive_lead_id") { content.leadID = leadID(reader) }
        if reader.has("note") { content.note = reader.text("note", limit: 5000) }
        return content
    }

    private static func dealID(_ reader: FieldReader) -> Deal.ID? {
        guard let number = reader.integer("pipedrive_deal_id") else { return nil }
        guard number > 0 else {
            reader.refuse("pipedrive_deal_id", "has to be above zero")
            return nil
        }
        return Deal.ID(number)
    }

    private static func leadID(_ reader: FieldReader) -> String? {
        let lead: Identifier<DocumentContent, UUID>? = reader.identifier("pipedrive_lead_id")
        return lead?.text
    }
}
