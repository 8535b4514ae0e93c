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
                ("status", .string(invoice.status.rawValue)),
            ] + (try content(invoice.content)) + [
                ("quote_id", .optional(invoice.quoteID?.text)),
                ("invoice_date", .day(invoice.issuedOn)),
                ("due_date", .day(invoice.dueOn)),
                ("overdue", .bool(invoice.status == .overdue)),
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
}
