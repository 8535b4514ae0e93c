import Domain
import Workflows

/// The panel's answer in the types of `panel-schema.json`.
struct PanelBody: Sendable {
    /// Pipedrive shows at most ten objects.
    private static let limit = 10
    /// Pipedrive cuts texts off at 255 characters; a name that long would push everything else aside.
    private static let nameLimit = 100

    let publicURL: String
    let query: Panel.Query

    /// One object per record and currency, in the order of the records, each customer once; amounts of different
    /// currencies are never added.
    func answer(_ records: [PanelRecord]) -> JSONValue {
        var shown: Set<Contact.ID> = []
        var objects: [[(name: String, value: JSONValue)]] = []
        for record in records {
            // Two deals of one customer have its figures once; their own documents differ.
            let isNew = record.customer.map { shown.insert($0.id).inserted } ?? true
            objects += self.objects(record, figures: isNew ? record.figures : [], isAlone: records.count == 1)
        }
        let numbered = objects.prefix(Self.limit).enumerated().map { index, members in
            JSONValue.object([("id", .integer(index + 1))] + members)
        }
        let customer = records.count == 1 ? records.first?.customer : nil
        let external = customer.map { "\(publicURL)/contacts/\($0.id.text)" } ?? "\(publicURL)/invoices"
        return .object([
            ("data", .array(numbered)),
            ("external_link", .object([("url", .string(external)), ("label", .string("Open in PayDock"))])),
            ("settings", .object([("url", .string("\(publicURL)/apps/pipedrive"))])),
        ])
    }

    private func objects(
        _ record: PanelRecord, figures: [PanelFigures], isAlone: Bool
    ) -> [[(name: String, value: JSONValue)]] {
        guard let customer = record.customer else { return [unlinked(record)] }
        let name = String(customer.name.prefix(Self.nameLimit))
        let link = [(name: "customer", value: self.link(name, "\(publicURL)/contacts/\(customer.id.text)"))]
        // The deal's own documents stand with the first object: which currency they have does not matter to them.
        let documents = documents(record)
        if figures.isEmpty { return [[("header", .string("\(name): see above"))] + link + documents] }
        return figures.enumerated().map { index, figures in
            let header = header(figures, of: isAlone ? nil : name)
            return [("header", .string(header))] + amounts(figures) + link + (index == 0 ? documents : [])
        }
    }

    private func header(_ figures: PanelFigures, of name: String?) -> String {
        let isBlank = (figures.arr, figures.revenue, figures.openCount) == (0, 0, 0) && figures.latest == nil
        if isBlank { return name.map { "\($0): no invoices yet" } ?? "No invoices yet" }
        return "\(name ?? "PayDock invoices") in \(figures.currency.code)"
    }

    /// No contact is linked: the link to make one, form filled in.
    private func unlinked(_ record: PanelRecord) -> [(name: String, value: JSONValue)] {
        let address = PercentCoding.query([
            ("pipedrive", "\(query.subject.resource.rawValue):\(record.recordID)"),
            ("company", "\(query.companyID)"),
        ])
        return [
            ("header", .string("Not a PayDock customer yet")),
            ("customer", link("Create customer in PayDock", "\(publicURL)/contacts/from-pipedrive\(address)")),
        ] + documents(record)
    }

    private func amounts(_ figures: PanelFigures) -> [(name: String, value: JSONValue)] {
        func money(_ units: Int64) -> JSONValue {
            .object([("code", .string(figures.currency.code)), ("value", .amount(units, figures.currency))])
        }
        let latest = figures.latest.map { link($0.number, "\(publicURL)/invoices/\($0.id.text)") }
        return [
            ("arr", money(figures.arr)),
            ("revenue", money(figures.revenue)),
            ("open_invoices", .integer(figures.openCount)),
            ("open_total", money(figures.open)),
            ("overdue", money(figures.overdue)),
            ("latest_invoice", latest ?? .null),
        ]
    }

    private func documents(_ record: PanelRecord) -> [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = []
        if let quote = record.quote {
            let word = DocumentWords.quote(quote.state)
            members.append(("quote", link(quote.number, "\(publicURL)/quotes/\(quote.id.text)")))
            members.append(("quote_state", label(word.text, tone: word.tone)))
        }
        if let invoice = record.invoice {
            let word = DocumentWords.invoice(invoice.state, isOverdue: invoice.isOverdue)
            members.append(("invoice", link(invoice.number, "\(publicURL)/invoices/\(invoice.id.text)")))
            members.append(("invoice_state", label(word.text, tone: word.tone)))
        }
        return members
    }

    private func link(_ label: String, _ address: String) -> JSONValue {
        .object([("label", .string(label)), ("value", .string(address)), ("external", .bool(true))])
    }

    /// The pages' tones in Pipedrive's colours.
    private func label(_ text: String, tone: String) -> JSONValue {
        let color = ["good": "green", "bad": "red", "busy": "blue"][tone] ?? "grey"
        return .object([("color", .string(color)), ("label", .string(text))])
    }
}
