import Domain
import HTTPTypes
import Workflows

/// `/api/v1/invoices`.
struct InvoiceAPI: Sendable {
    let useCases: UseCases

    private static let fields = DocumentJSON.fields + ["status", "invoice_date", "due_date", "quote_id"]
    private static let changeable = ["status", "due_date", "note", "pipedrive_deal_id", "pipedrive_lead_id"]

    var routes: [Route] {
        [
            useCases.apiRoute(.get, "invoices") { call in
                let page = try ListQuery.strictPage(call.query)
                let listing = try call.books.invoices(
                    call.id, status: try call.query.state("status", as: Invoice.Status.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0, publicURL: call.publicURL) }
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
        let quote: Quote.ID? = reader.identifier("quote_id")
        let content = try content(call, reader, quote)
        let status = DocumentReading.status(reader, as: Invoice.Status.self) ?? .concept
        if status != .concept, status != .sent { reader.refuse("status", "has to be concept or sent") }
        let (issuedOn, dueOn) = (reader.day("invoice_date"), reader.day("due_date"))
        if let issuedOn, let dueOn, dueOn < issuedOn { reader.refuse("due_date", "is before invoice_date") }
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "An invoice needs a contact.") }
        var invoice = try call.books.addInvoice(
            content, quote: quote, issuedOn: issuedOn, dueOn: dueOn, call.id, now: call.call.now)
        if status == .sent { invoice = try call.books.sendInvoice(invoice.id, call.id) }
        return .created(try value(call, invoice), at: "invoices/\(invoice.id.text)")
    }

    /// With a quote and no lines the invoice says what the accepted quote says.
    private func content(_ call: APICall, _ reader: FieldReader, _ id: Quote.ID?) throws -> DocumentContent? {
        guard let id, !reader.has("lines") else {
            return DocumentReading.content(reader, currency: call.company.currency)
        }
        do {
            let quote = try call.books.quote(id, call.id)
            return DocumentReading.content(reader, copying: try call.books.contentForInvoice(of: quote))
        } catch let refusal as Refusal where refusal.code == .notFound {
            reader.refuse("quote_id", "is no quote of yours")
            return nil
        }
    }

    private func change(_ call: APICall) throws -> WebResponse {
        var invoice = try call.books.invoice(try call.identifier("invoice"), call.id)
        let reader = try FieldReader(body: call.body, allowed: Self.changeable)
        let status = DocumentReading.status(reader, as: Invoice.Status.self)
        let dueOn = reader.day("due_date") ?? invoice.dueOn
        let note = reader.has("note") ? reader.text("note", limit: 5000) : invoice.content.note
        let binding = DocumentReading.binding(reader, current: invoice.content)
        try reader.finish()
        if reader.has("due_date") || reader.has("note") {
            invoice = try call.books.reviseInvoice(invoice.id, dueOn: dueOn, note: note, call.id)
        }
        if let binding {
            invoice = try call.books.bindInvoice(invoice.id, deal: binding.deal, lead: binding.lead, call.id)
        }
        if let status, status != invoice.status, status.rawValue != invoice.state.rawValue {
            invoice = try move(call, invoice, to: status)
        }
        return try answer(call, invoice)
    }

    private func move(_ call: APICall, _ invoice: Invoice, to status: Invoice.Status) throws -> Invoice {
        switch status {
        case .paid: return try call.books.settleInvoice(invoice.id, call.id, now: call.call.now)
        case .concept: return try call.books.moveInvoice(invoice.id, to: .concept, call.id)
        case .sent: return try call.books.moveInvoice(invoice.id, to: .sent, call.id)
        case .credited: return try call.books.moveInvoice(invoice.id, to: .credited, call.id)
        case .partiallyPaid:
            throw Refusal(.conflict, "Only a payment makes an invoice partially paid: register it under payments.")
        case .overdue:
            throw Refusal(.conflict, "Only its due date makes an invoice overdue.")
        }
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
}
