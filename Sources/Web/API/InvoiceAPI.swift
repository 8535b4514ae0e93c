import Domain
import HTTPTypes
import Workflows

/// `/api/v1/invoices`.
struct InvoiceAPI: Sendable {
    let useCases: UseCases
    let publicURL: String

    private static let fields = DocumentJSON.fields + ["status", "invoice_date", "due_date", "quote_id"]

    var routes: [Route] {
        let books = useCases.apiBooks
        return [
            useCases.apiRoute(.get, "invoices") { call, company in
                let page = try ListQuery.strictPage(call.query)
                let listing = try books.invoices(
                    company, state: try call.query.state("status", as: Invoice.State.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0, publicURL: publicURL) }
            },
            useCases.apiRoute(.post, "invoices", body: .json) { try create($0, $1) },
            useCases.apiRoute(.get, "invoices/{id}") { call, company in
                try answer(try books.invoice(try call.identifier("id", of: "invoice"), company))
            },
            useCases.apiRoute(.patch, "invoices/{id}", body: .json) { try change($0, $1) },
            useCases.apiRoute(.post, "invoices/{id}/send", body: .optionalJSON) { call, company in
                try FieldReader(body: call.request.body, allowed: []).finish()
                return try answer(try books.sendInvoice(try call.identifier("id", of: "invoice"), company))
            },
            useCases.apiRoute(.post, "invoices/{id}/payments", body: .json) { try pay($0, $1) },
        ]
    }

    private func answer(_ invoice: Invoice) throws -> WebResponse {
        .json(try DocumentJSON.value(invoice, publicURL: publicURL))
    }

    private func create(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let books = useCases.apiBooks
        let reader = try FieldReader(body: call.request.body, allowed: Self.fields)
        let content = DocumentJSON.content(reader, currency: try useCases.apiCompany(company).currency)
        let (state, issuedOn, dueOn) = (Self.state(reader), reader.day("invoice_date"), reader.day("due_date"))
        let quote: Quote.ID? = reader.identifier("quote_id")
        if let issuedOn, let dueOn, dueOn < issuedOn { reader.refuse("due_date", "is before invoice_date") }
        if state == .credited { reader.refuse("status", "has to be concept or sent") }
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "An invoice needs a contact.") }
        var invoice = try books.addInvoice(
            content, quote: quote, issuedOn: issuedOn, dueOn: dueOn, company, now: call.now)
        if state == .sent { invoice = try books.sendInvoice(invoice.id, company) }
        return .created(
            try DocumentJSON.value(invoice, publicURL: publicURL), at: "invoices/\(invoice.id.text)")
    }

    private func change(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let books = useCases.apiBooks
        var invoice = try books.invoice(try call.identifier("id", of: "invoice"), company)
        let reader = try FieldReader(body: call.request.body, allowed: ["status", "due_date", "note"])
        let (state, dueOn) = (Self.state(reader), reader.day("due_date") ?? invoice.dueOn)
        let note = reader.has("note") ? reader.text("note", limit: 5000) : invoice.content.note
        if dueOn < invoice.issuedOn { reader.refuse("due_date", "is before the invoice's date") }
        try reader.finish()
        if reader.has("due_date") || reader.has("note") {
            invoice = try books.reviseInvoice(invoice.id, dueOn: dueOn, note: note, company)
        }
        if let state, state != invoice.state { invoice = try books.moveInvoice(invoice.id, to: state, company) }
        return try answer(invoice)
    }

    private func pay(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let books = useCases.apiBooks
        let invoice = try books.invoice(try call.identifier("id", of: "invoice"), company)
        let reader = try FieldReader(body: call.request.body, allowed: ["amount", "paid_on"])
        let amount = reader.amount("amount", currency: invoice.content.currency)
        if amount == nil { reader.refuse("amount", "is required") }
        let day = reader.day("paid_on")
        try reader.finish()
        let paid = try books.pay(invoice.id, minorUnits: amount ?? 0, paidOn: day, company, now: call.now)
        return .json(try DocumentJSON.value(paid, publicURL: publicURL), status: .created)
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
