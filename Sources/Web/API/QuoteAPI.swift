import Domain
import HTTPTypes
import Workflows

/// `/api/v1/quotes`.
struct QuoteAPI: Sendable {
    let useCases: UseCases
    let publicURL: String

    private static let fields =
        DocumentJSON.fields + ["status", "valid_until", "email_subject", "email_body"]
    private static let changeable = [
        "lines", "pipedrive_deal_id", "pipedrive_lead_id", "note", "status", "valid_until", "email_subject",
        "email_body",
    ]

    var routes: [Route] {
        let books = useCases.apiBooks
        return [
            useCases.apiRoute(.get, "quotes") { call, company in
                let page = try ListQuery.strictPage(call.query)
                let listing = try books.quotes(
                    company, state: try call.query.state("status", as: Quote.State.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0, publicURL: publicURL) }
            },
            useCases.apiRoute(.post, "quotes", body: .json) { try create($0, $1) },
            useCases.apiRoute(.get, "quotes/{id}") { call, company in
                try answer(try books.quote(try call.identifier("id", of: "quote"), company))
            },
            useCases.apiRoute(.patch, "quotes/{id}", body: .json) { try change($0, $1) },
            useCases.apiRoute(.post, "quotes/{id}/send", body: .optionalJSON) { call, company in
                try FieldReader(body: call.request.body, allowed: []).finish()
                return try answer(try books.sendQuote(try call.identifier("id", of: "quote"), company))
            },
        ]
    }

    private func answer(_ quote: Quote) throws -> WebResponse {
        .json(try DocumentJSON.value(quote, publicURL: publicURL))
    }

    private func create(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let reader = try FieldReader(body: call.request.body, allowed: Self.fields)
        let content = DocumentJSON.content(reader, currency: try useCases.apiCompany(company).currency)
        let (isSent, validUntil) = (Self.asksToSend(reader), reader.day("valid_until"))
        let email = Self.email(reader, current: .empty)
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "A quote needs a contact.") }
        var quote = try useCases.apiBooks.addQuote(
            content, email: email, validUntil: validUntil, company, now: call.now)
        if isSent { quote = try useCases.apiBooks.sendQuote(quote.id, company) }
        return .created(
            try DocumentJSON.value(quote, publicURL: publicURL), at: "quotes/\(quote.id.text)")
    }

    private func change(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let books = useCases.apiBooks
        var quote = try books.quote(try call.identifier("id", of: "quote"), company)
        let reader = try FieldReader(body: call.request.body, allowed: Self.changeable)
        let content = DocumentJSON.content(reader, changing: quote.content)
        let (isSent, validUntil) = (Self.asksToSend(reader), reader.day("valid_until") ?? quote.validUntil)
        let email = Self.email(reader, current: quote.email)
        try reader.finish()
        if Self.changeable.contains(where: { $0 != "status" && reader.has($0) }) {
            quote = try books.reviseQuote(quote.id, content: content, email: email, validUntil: validUntil, company)
        }
        if isSent { quote = try books.sendQuote(quote.id, company) }
        return try answer(quote)
    }

    private static func email(_ reader: FieldReader, current: EmailText) -> EmailText {
        EmailText(
            subject: reader.has("email_subject") ? reader.text("email_subject") ?? "" : current.subject,
            body: reader.has("email_body") ? reader.text("email_body", limit: 20_000) ?? "" : current.body)
    }

    /// By hand a quote only becomes sent; the customer accepts or declines it.
    private static func asksToSend(_ reader: FieldReader) -> Bool {
        guard let word = reader.text("status").map(DocumentStatus.english) else { return false }
        if word != "sent", word != "concept" { reader.refuse("status", "has to be concept or sent") }
        return word == "sent"
    }
}
