import Domain
import HTTPTypes
import Workflows

/// Invoices, for their makers.
struct InvoiceRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame
    let publicURL: String

    var routes: [Route] {
        [
            Route(.get, "/invoices", .member) { try list($0) },
            Route(.get, "/invoices/{id}", .member) { try show($0, try invoice($0)) },
            Route(.post, "/invoices/{id}/send", .member, body: .form) { call in
                let id: Invoice.ID = try call.identifier("id", of: "invoice")
                return try telling(call) {
                    _ = try useCases.books.sendInvoice(id, byMail: true, try call.member().company.id)
                    return .redirect("/invoices/\(id.text)?done=\(Notice.sent.rawValue)")
                }
            },
            Route(.post, "/invoices/{id}/mail", .member, body: .form) { call in
                let id: Invoice.ID = try call.identifier("id", of: "invoice")
                return try telling(call) {
                    try useCases.books.mailAgain(.invoice(id), try call.member().company.id)
                    return .redirect("/invoices/\(id.text)?done=\(Notice.retrying.rawValue)")
                }
            },
            Route(.post, "/invoices/{id}/payments", .member, body: .form) { call in
                try telling(call) { try pay(call) }
            },
        ]
    }

    private func list(_ call: Call) throws -> WebResponse {
        let company = try call.member().company.id
        let (status, page) = (call.query["state"].flatMap(Invoice.Status.init(rawValue:)), ListQuery.page(call.query))
        let listing = try useCases.books.invoices(company, status: status, contact: nil, page: page)
        let names = try useCases.contactNames(Set(listing.items.map(\.content.contactID)), company)
        return try frame.answer(
            try DocumentListPage(invoices: listing, names: names, status: status, page: page), to: call)
    }

    private func invoice(_ call: Call) throws -> Invoice {
        try useCases.books.invoice(try call.identifier("id", of: "invoice"), try call.member().company.id)
    }

    private func show(
        _ call: Call, _ invoice: Invoice, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let id = invoice.content.contactID
        let name = try useCases.contactNames([id], try call.member().company.id)[id] ?? ""
        return try frame.answer(
            try InvoicePage(
                invoice, contactName: name, publicURL: publicURL, mail: try mail(call, invoice), problem: problem),
            to: call, status: status)
    }

    private func mail(_ call: Call, _ invoice: Invoice) throws -> MailBox? {
        guard invoice.state != .concept else { return nil }
        let company = try call.member().company
        let content = invoice.content
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        return MailBox(
            try useCases.books.mail(of: .invoice(invoice.id), company.id),
            text: .invoice(
                invoice, total: Money(minorUnits: totals.gross, currency: content.currency), company: company.name,
                link: "\(publicURL)/i/\(invoice.publicToken)"), path: "/invoices/\(invoice.id.text)")
    }

    private func pay(_ call: Call) throws -> WebResponse {
        let invoice = try invoice(call)
        let currency = invoice.content.currency
        guard let amount = QuoteEditor.decimal(call.form.trimmed("amount") ?? ""),
            amount.scale <= currency.decimalDigits, let money = Money(amount, currency: currency)
        else {
            throw Refusal(
                .invalid, "The amount has to be a number with at most \(currency.decimalDigits) decimals.",
                fields: ["amount": "is not an amount"])
        }
        let day = try call.form.trimmed("paid_on").map { text in
            guard let day = CalendarDay(text), day.isPlausible else {
                throw Refusal(.invalid, "The day has to be a date such as 2026-04-11.", fields: ["paid_on": "no date"])
            }
            return day
        }
        _ = try useCases.books.pay(
            invoice.id, minorUnits: money.minorUnits, paidOn: day, try call.member().company.id, now: call.now)
        return .redirect("/invoices/\(invoice.id.text)?done=\(Notice.paid.rawValue)")
    }

    /// A refusal is said on the invoice's own page.
    private func telling(_ call: Call, _ act: () throws -> WebResponse) throws -> WebResponse {
        do {
            return try act()
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            let status: HTTPResponse.Status = refusal.code == .conflict ? .conflict : .unprocessableContent
            return try show(call, try invoice(call), problem: refusal.message, status: status)
        }
    }
}
