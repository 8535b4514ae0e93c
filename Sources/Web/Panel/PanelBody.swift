import Domain

/// The panel's answer in the types of `panel-schema.json`.
struct PanelBody: Sendable {
    /// Pipedrive shows at most ten objects.
    private static let limit = 10

    let publicURL: String
    let subject: PanelSubject

    /// One object per currency; amounts of different currencies are never added.
    func figures(_ figures: [PanelFigures], contact: Contact.ID) -> JSONValue {
        let customer = link("Open customer", "\(publicURL)/contacts/\(contact.text)")
        let objects = figures.prefix(Self.limit).enumerated().map { index, figures in
            object(figures, id: index + 1, customer: customer)
        }
        let empty = JSONValue.object([
            ("id", .integer(1)), ("header", .string("No invoices yet")), ("customer", customer),
        ])
        return body(objects.isEmpty ? [empty] : objects, link: "\(publicURL)/contacts/\(contact.text)")
    }

    /// No contact is linked: the link to make one, form filled in.
    func unlinked() -> JSONValue {
        let kind = subject.resource == .person ? "person" : "organization"
        let query = PercentCoding.query([
            ("kind", kind), ("pipedrive", "\(subject.resource.rawValue):\(subject.recordID)"),
        ])
        let address = "\(publicURL)/contacts/new\(query)"
        let object = JSONValue.object([
            ("id", .integer(1)), ("header", .string("Not a PayDock customer yet")),
            ("customer", link("Create customer in PayDock", address)),
        ])
        return body([object], link: nil)
    }

    private func object(_ figures: PanelFigures, id: Int, customer: JSONValue) -> JSONValue {
        func money(_ units: Int64) -> JSONValue {
            .object([("code", .string(figures.currency.code)), ("value", .amount(units, figures.currency))])
        }
        let latest = figures.latest.map { link($0.number, "\(publicURL)/invoices/\($0.id.text)") }
        return .object([
            ("id", .integer(id)),
            ("header", .string("PayDock invoices in \(figures.currency.code)")),
            ("arr", money(figures.arr)),
            ("revenue", money(figures.revenue)),
            ("open_invoices", .integer(figures.openCount)),
            ("open_total", money(figures.open)),
            ("overdue", money(figures.overdue)),
            ("latest_invoice", latest ?? .null),
            ("customer", customer),
        ])
    }

    private func link(_ label: String, _ address: String) -> JSONValue {
        .object([("label", .string(label)), ("value", .string(address)), ("external", .bool(true))])
    }

    private func body(_ objects: [JSONValue], link: String?) -> JSONValue {
        let external = link.map { address in
            (
                name: "external_link",
                value: JSONValue.object([("url", .string(address)), ("label", .string("Open in PayDock"))])
            )
        }
        return .object([(name: "data", value: .array(objects))] + [external].compactMap { $0 })
    }
}
