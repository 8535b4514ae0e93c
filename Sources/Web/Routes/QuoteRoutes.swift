import Domain
import HTTPTypes
import Workflows

/// Quotes, for their makers.
struct QuoteRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame
    let publicURL: String

    var routes: [Route] {
        [
            Route(.get, "/quotes", .member) { try list($0) },
            Route(.get, "/quotes/{id}", .member) { try show($0, try quote($0)) },
            Route(.post, "/quotes/{id}", .member, body: .form) { try revise($0) },
            Route(.post, "/quotes/{id}/send", .member, body: .form) { call in
                let id: Quote.ID = try call.identifier("id", of: "quote")
                return try telling(call) {
                    _ = try useCases.books.sendQuote(id, byMail: true, try call.member().company.id)
                    return .redirect("/quotes/\(id.text)?done=\(Notice.sent.rawValue)")
                }
            },
            Route(.post, "/quotes/{id}/mail", .member, body: .form) { call in
                let id: Quote.ID = try call.identifier("id", of: "quote")
                return try telling(call) {
                    try useCases.books.mailAgain(.quote(id), try call.member().company.id)
                    return .redirect("/quotes/\(id.text)?done=\(Notice.retrying.rawValue)")
                }
            },
            Route(.post, "/quotes/{id}/compare", .member, body: .form) { call in
                let quote = try quote(call)
                return try telling(call) {
                    let record = try useCases.integration.askComparison(quote, try call.member().company.id)
                    return .redirect("/apps/pipedrive/drafts/\(record.text)")
                }
            },
            Route(.post, "/quotes/{id}/take-over", .member, body: .form) { try takeOver($0) },
            Route(.post, "/quotes/{id}/invoice", .member, body: .form) { call in
                let id: Quote.ID = try call.identifier("id", of: "quote")
                return try telling(call) {
                    let invoice = try useCases.books.invoiceQuote(id, try call.member().company.id, now: call.now)
                    return .redirect("/invoices/\(invoice.id.text)?done=\(Notice.created.rawValue)")
                }
            },
        ]
    }

    private func list(_ call: Call) throws -> WebResponse {
        let company = try call.member().company.id
        let (state, page) = (call.query["state"].flatMap(Quote.State.init(rawValue:)), ListQuery.page(call.query))
        let listing = try useCases.books.quotes(company, state: state, contact: nil, page: page)
        let names = try useCases.contactNames(Set(listing.items.map(\.content.contactID)), company)
        return try frame.answer(
            try DocumentListPage(quotes: listing, names: names, state: state, page: page), to: call)
    }

    private func quote(_ call: Call) throws -> Quote {
        try useCases.books.quote(try call.identifier("id", of: "quote"), try call.member().company.id)
    }

    private func show(
        _ call: Call, _ quote: Quote, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let id = quote.content.contactID
        let name = try useCases.contactNames([id], try call.member().company.id)[id] ?? ""
        return try frame.answer(
            try QuotePage(
                quote, contactName: name, publicURL: publicURL, mail: try mail(call, quote),
                origin: try useCases.integration.origin(of: quote, try call.member().company.id), problem: problem,
                sent: call.form["line_description"] == nil ? nil : call.form), to: call, status: status)
    }

    private func mail(_ call: Call, _ quote: Quote) throws -> MailBox? {
        guard quote.state != .concept else { return nil }
        let company = try call.member().company
        let link = "\(publicURL)/q/\(quote.publicToken)"
        return MailBox(
            try useCases.books.mail(of: .quote(quote.id), company.id),
            text: .quote(quote, company: company.name, link: link), path: "/quotes/\(quote.id.text)")
    }

    private func revise(_ call: Call) throws -> WebResponse {
        let current = try quote(call)
        return try telling(call) {
            let revision = try QuoteEditor.revision(call.form, of: current)
            _ = try useCases.books.reviseQuote(
                current.id, content: revision.content, email: revision.email, validUntil: revision.validUntil,
                try call.member().company.id)
            return .redirect("/quotes/\(current.id.text)?done=\(Notice.saved.rawValue)")
        }
    }

    /// Lines and e-mail of a comparison that a person has looked at.
    private func takeOver(_ call: Call) throws -> WebResponse {
        let current = try quote(call)
        return try telling(call) {
            let company = try call.member().company.id
            guard let id = call.form["record"].flatMap(DraftRecord.ID.init(text:)),
                let outcome = try useCases.integration.draftRecord(id, company).outcome(comparedWith: current)
            else { throw Refusal(.invalid, "This comparison is not one of this quote.") }
            var content = current.content
            content.lines = outcome.lines
            _ = try useCases.books.reviseQuote(
                current.id, content: content, email: outcome.email, validUntil: current.validUntil, company)
            return .redirect("/quotes/\(current.id.text)?done=\(Notice.saved.rawValue)")
        }
    }

    /// A refusal is said on the quote's own page.
    private func telling(_ call: Call, _ act: () throws -> WebResponse) throws -> WebResponse {
        do {
            return try act()
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            let status: HTTPResponse.Status = refusal.code == .conflict ? .conflict : .unprocessableContent
            return try show(call, try quote(call), problem: refusal.message, status: status)
        }
    }
}

extension DraftRecord {
    /// What a comparison with this quote came to; nil when it is none, or in another currency.
    fileprivate func outcome(comparedWith quote: Quote) -> DraftOutcome? {
        guard purpose == .comparison, quoteID == quote.id, let outcome, outcome.currency == quote.content.currency
        else { return nil }
        return outcome
    }
}
