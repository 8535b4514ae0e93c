import Domain
import HTTPTypes
import Workflows

/// `/api/v1/quotes`.
struct QuoteAPI: Sendable {
    let useCases: UseCases

    private static let fields =
        DocumentJSON.fields + ["status", "valid_until", "email_subject", "email_body"]
    /// What only a concept can change.
    private static let wording = ["lines", "note", "valid_until", "email_subject", "email_body"]
    private static let changeable = wording + ["pipedrive_deal_id", "pipedrive_lead_id", "status"]

    var routes: [Route] {
        [
            useCases.apiRoute(.get, "quotes") { call in
                let page = try ListQuery.strictPage(call.query)
                let listing = try call.books.quotes(
                    call.id, state: try call.query.state("status", as: Quote.State.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0, publicURL: call.publicURL) }
            },
            useCases.apiRoute(.post, "quotes", body: .json) { try create($0) },
            useCases.apiRoute(.get, "quotes/{id}") { call in
                try answer(call, try call.books.quote(try call.identifier("quote"), call.id))
            },
            useCases.apiRoute(.patch, "quotes/{id}", body: .json) { try change($0) },
            useCases.apiRoute(.post, "quotes/{id}/send", body: .optionalJSON) { call in
                try FieldReader(body: call.body, allowed: []).finish()
                return try answer(
                    call, try call.books.sendQuote(try call.identifier("quote"), byMail: true, call.id))
            },
        ]
    }

    /// One quote with its mail.
    private func value(_ call: APICall, _ quote: Quote) throws -> JSONValue {
        let text = EmailText.quote(
            quote, company: call.company.name, link: "\(call.publicURL)/q/\(quote.publicToken)")
        let mail = try call.books.mail(of: .quote(quote.id), call.id)
        return try DocumentJSON.value(quote, publicURL: call.publicURL)
            .adding("mail", DocumentJSON.mail(mail, otherwise: text))
    }

    private func answer(_ call: APICall, _ quote: Quote) throws -> WebResponse {
        .json(try value(call, quote))
    }

    private func create(_ call: APICall) throws -> WebResponse {
        let reader = try FieldReader(body: call.body, allowed: Self.fields)
        let content = DocumentReading.content(reader, currency: call.company.currency)
        let state = DocumentReading.status(reader, as: Quote.State.self) ?? .concept
        if state != .concept, state != .sent { reader.refuse("status", "has to be concept or sent") }
        let (validUntil, email) = (reader.day("valid_until"), Self.email(reader, current: .empty))
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "A quote needs a contact.") }
        var quote = try call.books.addQuote(
            content, email: email, validUntil: validUntil, call.id, now: call.call.now)
        if state == .sent { quote = try call.books.sendQuote(quote.id, call.id) }
        return .created(try value(call, quote), at: "quotes/\(quote.id.text)")
    }

    private func change(_ call: APICall) throws -> WebResponse {
        var quote = try call.books.quote(try call.identifier("quote"), call.id)
        let reader = try FieldReader(body: call.body, allowed: Self.changeable)
        let content = DocumentReading.content(reader, changing: quote.content)
        let binding = DocumentReading.binding(reader, current: quote.content)
        let state = DocumentReading.status(reader, as: Quote.State.self)
        let validUntil = reader.day("valid_until") ?? quote.validUntil
        let email = Self.email(reader, current: quote.email)
        try reader.finish()
        if Self.wording.contains(where: reader.has) {
            quote = try call.books.reviseQuote(
                quote.id, content: content, email: email, validUntil: validUntil, call.id)
        }
        if let binding {
            quote = try call.books.bindQuote(quote.id, deal: binding.deal, lead: binding.lead, call.id)
        }
        if let state, state != quote.state { quote = try move(call, quote, to: state) }
        return try answer(call, quote)
    }

    private func move(_ call: APICall, _ quote: Quote, to state: Quote.State) throws -> Quote {
        state == .sent
            ? try call.books.sendQuote(quote.id, call.id) : try call.books.decideQuote(quote.id, state, call.id)
    }

    private static func email(_ reader: FieldReader, current: EmailText) -> EmailText {
        EmailText(
            subject: reader.has("email_subject") ? reader.text("email_subject") ?? "" : current.subject,
            body: reader.has("email_body") ? reader.text("email_body", limit: 20_000) ?? "" : current.body)
    }
}
