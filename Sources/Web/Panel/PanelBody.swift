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
        var objects: [JSONValue] = []
        for record in records {
            // Two deals of one customer have its figures once; their own documents differ.
            let isNew = records.count == 1 || record.customer.map { shown.insert($0.id).inserted } ?? true
            add(record, figures: isNew ? record.figures : [], isAlone: records.count == 1, to: &objects)
        }
        let customer = records.count == 1 ? records.first?.customer : nil
        let external = customer.map(address) ?? "\(publicURL)/invoices"
        return .object([
            ("data", .array(objects)),
            ("external_link", .object([("url", .string(external)), ("label", .string("Open in PayDock"))])),
            ("settings", .object([("url", .string("\(publicURL)/apps/pipedrive"))])),
        ])
    }

    private func address(_ customer: PanelRecord.Customer) -> String { "\(publicURL)/contacts/\(customer.id.text)" }

    private func add(
        _ record: PanelRecord, figures: [PanelFigures], isAlone: Bool, to objects: inout [JSONValue]
    ) {
        func add(_ header: String, _ rest: [(name: String, value: JSONValue)]...) {
            guard objects.count < Self.limit else { return }
            var members: [(name: String, value: JSONValue)] = []
            members.reserveCapacity(16)
            members.append(("id", .integer(objects.count + 1)))
            members.append(("header", .string(header)))
            for part in rest { members += part }
            objects.append(.object(members))
        }
        // The deal's own documents stand with the first object: which currency they have does not matter to them.
        let documents = documents(record)
        guard let customer = record.customer else {
            return add("Not a PayDock customer yet", [("customer", invitation(record))], documents)
        }
        let name = Self.shortened(customer.name)
        let link = [(name: "customer", value: self.link(name, address(customer)))]
        if figures.isEmpty { add("\(name): see above", link, documents) }
        for (index, figures) in figures.enumerated() {
            add(header(figures, of: isAlone ? nil : name), amounts(figures), link, index == 0 ? documents : [])
        }
    }

    private static func shortened(_ name: String) -> String {
        name.utf8.count <= nameLimit ? name : String(name.prefix(nameLimit))
    }

    private func header(_ figures: PanelFigures, of name: String?) -> String {
        let isBlank = (figures.arr, figures.revenue, figures.openCount) == (0, 0, 0) && figures.latest == nil
        if isBlank { return name.map { "\($0): no invoices yet" } ?? "No invoices yet" }
        return "\(name ?? "PayDock invoices") in \(figures.currency.code)"
    }

    /// No contact is linked: the link to make one, form filled in.
    private func invitation(_ record: PanelRecord) -> JSONValue {
        let address = PercentCoding.query([
            ("pipedrive", "\(query.subject.resource.rawValue):\(record.recordID)"),
            ("company", "\(query.companyID)"),
        ])
        return link("Create customer in PayDock", "\(publicURL)/contacts/from-pipedrive\(address)")
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
