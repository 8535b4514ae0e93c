import Domain
import HTTPTypes
import Workflows

/// `/api/v1/invoices`.
struct InvoiceAPI: Sendable {
    let useCases: UseCases

    private static let fields = DocumentJSON.fields + ["status", "invoice_date", "due_date", "quote_id"]

    var routes: [Route] {
        [
            useCases.apiRoute(.get, "invoices") { call in
                let page = try ListQuery.strictPage(call.query)
                return try .list(try listing(call, page), page: page) {
                    try DocumentJSON.value($0, publicURL: call.publicURL)
                }
            },
            useCases.apiRoute(.post, "invoices", body: .json) { try create($0) },
            useCases.apiRoute(.get, "invoices/{id}") { call in
                try answer(call, try call.books.invoice(try call.identifier("invoice"), call.id))
            },
            useCases.apiRoute(.patch, "invoices/{id}", body: .json) { try change($0) },
            useCases.apiRoute(.post, "invoices/{id}/send", body: .optionalJSON) { call in
                try FieldReader(body: call.body, allowed: []).finish()
                return try answer(
                    call, try call.books.sendInvoice(try call.identifier("invoice"), byMail: true, call.id))
            },
            useCases.apiRoute(.post, "invoices/{id}/payments", body: .json) { try pay($0) },
        ]
    }

    /// `overdue` filters like a status, though it is a fact about an open invoice.
    private func listing(_ call: APICall, _ page: PageRequest) throws -> Listing<Invoice> {
        let contact = try call.query.contact()
        if call.query.trimmed("status") == "overdue" {
            return try call.books.overdueInvoices(call.id, contact: contact, page: page)
        }
        let state = try call.query.state("status", as: Invoice.State.self)
        return try call.books.invoices(call.id, state: state, contact: contact, page: page)
    }

    /// One invoice with its mail.
    private func value(_ call: APICall, _ invoice: Invoice) throws -> JSONValue {
        let content = invoice.content
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        let text = EmailText.invoice(
            invoice, total: Money(minorUnits: totals.gross, currency: content.currency), company: call.company.name,
            link: "\(call.publicURL)/i/\(invoice.publicToken)")
        let mail = try call.books.mail(of: .invoice(invoice.id), call.id)
        return try DocumentJSON.value(invoice, publicURL: call.publicURL)
            .adding("mail", DocumentJSON.mail(mail, otherwise: text))
    }

    private func answer(_ call: APICall, _ invoice: Invoice) throws -> WebResponse {
        .json(try value(call, invoice))
    }

    private func create(_ call: APICall) throws -> WebResponse {
        let reader = try FieldReader(body: call.body, allowed: Self.fields)
        let content = DocumentJSON.content(reader, currency: call.company.currency)
        let (state, issuedOn, dueOn) = (Self.state(reader), reader.day("invoice_date"), reader.day("due_date"))
        let quote: Quote.ID? = reader.identifier("quote_id")
        if let issuedOn, let dueOn, dueOn < issuedOn { reader.refuse("due_date", "is before invoice_date") }
        if state == .credited { reader.refuse("status", "has to be concept or sent") }
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "An invoice needs a contact.") }
        var invoice = try call.books.addInvoice(
            content, quote: quote, issuedOn: issuedOn, dueOn: dueOn, call.id, now: call.call.now)
        if state == .sent { invoice = try call.books.sendInvoice(invoice.id, call.id) }
        return .created(try value(call, invoice), at: "invoices/\(invoice.id.text)")
    }

    private func change(_ call: APICall) throws -> WebResponse {
        var invoice = try call.books.invoice(try call.identifier("invoice"), call.id)
        let reader = try FieldReader(body: call.body, allowed: ["status", "due_date", "note"])
        let (state, dueOn) = (Self.state(reader), reader.day("due_date") ?? invoice.dueOn)
        let note = reader.has("note") ? reader.text("note", limit: 5000) : invoice.content.note
        if dueOn < invoice.issuedOn { reader.refuse("due_date", "is before the invoice's date") }
        try reader.finish()
        if reader.has("due_date") || reader.has("note") {
            invoice = try call.books.reviseInvoice(invoice.id, dueOn: dueOn, note: note, call.id)
        }
        if let state, state != invoice.state { invoice = try call.books.moveInvoice(invoice.id, to: state, call.id) }
        return try answer(call, invoice)
    }

    private func pay(_ call: APICall) throws -> WebResponse {
        let invoice = try call.books.invoice(try call.identifier("invoice"), call.id)
        let reader = try FieldReader(body: call.body, allowed: ["amount", "paid_on"])
        let amount = reader.amount("amount", currency: invoice.content.currency)
        if amount == nil { reader.refuse("amount", "is required") }
        let day = reader.day("paid_on")
        try reader.finish()
        let paid = try call.books.pay(invoice.id, minorUnits: amount ?? 0, paidOn: day, call.id, now: call.call.now)
        return .json(try value(call, paid), status: .created)
    }

    /// By hand an invoice becomes sent or credited; payments do the rest.
    private static func state(_ reader: FieldReader) -> Invoice.State? {
        guard let word = reader.text("status").map(DocumentStatus.english) else { return nil }
        guard let state = Invoice.State(rawValue: word), [.concept, .sent, .credited].contains(state) else {
            reader.refuse("status", "has to be concept, sent or credited; payments make it paid")
            return nil
        }
        return state
    }
}
