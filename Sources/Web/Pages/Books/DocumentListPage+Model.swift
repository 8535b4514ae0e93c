import Domain

/// Quotes or invoices, newest first.
struct DocumentListPage: Page {
    let title: String
    let section: NavigationSection?
    let states: [StateLink]
    let rows: [Row]
    let isEmpty: Bool
    let emptyText: String
    let dayHeading: String
    let pager: Pager?

    struct StateLink: Sendable {
        let label: String
        let path: String
        let isCurrent: Bool
    }

    struct Row: Sendable {
        let path: String
        let number: String
        let contact: String
        let state: String
        let tone: String
        let day: String
        let total: String
    }

    init(
        quotes: Listing<Quote>, names: [Contact.ID: String], state: Quote.State?, page: PageRequest
    ) throws {
        title = "Quotes"
        section = .quotes
        dayHeading = "Valid until"
        states = Self.links("/quotes", Quote.State.allCases.map(\.rawValue), chosen: state?.rawValue)
        rows = try quotes.items.map { quote in
            let word = DocumentWords.quote(quote.state)
            return Row(
                path: "/quotes/\(quote.id.text)", number: quote.number,
                contact: names[quote.content.contactID] ?? "", state: word.text, tone: word.tone,
                day: DayText.day(quote.validUntil), total: try Self.total(quote.content))
        }
        isEmpty = rows.isEmpty
        emptyText =
            state == nil
            ? "No quotes yet. Set a trigger under App Store → Pipedrive → Triggers and move a deal into its stage, or "
                + "make one through the API."
            : "No quotes in this state."
        pager = Pager(path: "/quotes", filters: [("state", state?.rawValue)], page: page, total: quotes.total)
    }

    init(
        invoices: Listing<Invoice>, names: [Contact.ID: String], status: Invoice.Status?, page: PageRequest
    ) throws {
        title = "Invoices"
        section = .invoices
        dayHeading = "Due"
        states = Self.links("/invoices", Invoice.Status.allCases.map(\.rawValue), chosen: status?.rawValue)
        rows = try invoices.items.map { invoice in
            let word = DocumentWords.invoice(invoice)
            return Row(
                path: "/invoices/\(invoice.id.text)", number: invoice.number,
                contact: names[invoice.content.contactID] ?? "", state: word.text, tone: word.tone,
                day: DayText.day(invoice.dueOn), total: try Self.total(invoice.content))
        }
        isEmpty = rows.isEmpty
        emptyText =
            status == nil
            ? "No invoices yet. Open an accepted quote and choose Make invoice, or make one through the API."
            : "No invoices in this state."
        pager = Pager(path: "/invoices", filters: [("state", status?.rawValue)], page: page, total: invoices.total)
    }

    private static func links(_ path: String, _ states: [String], chosen: String?) -> [StateLink] {
        [StateLink(label: "All", path: path, isCurrent: chosen == nil)]
            + states.map {
                StateLink(label: DocumentWords.label($0), path: "\(path)?state=\($0)", isCurrent: $0 == chosen)
            }
    }

    private static func total(_ content: DocumentContent) throws -> String {
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        return Money(minorUnits: totals.gross, currency: content.currency).displayText
    }
}

/// Links to the pages of a list; nothing when it fits on one.
struct Pager: Sendable {
    let position: String
    let newerPath: String?
    let olderPath: String?

    init?(path: String, filters: [(String, String?)], page: PageRequest, total: Int) {
        guard total > page.limit || page.offset > 0 else { return nil }
        func link(_ offset: Int) -> String {
            path + PercentCoding.query(filters + [("offset", offset > 0 ? String(offset) : nil)])
        }
        position = "\(min(page.offset + 1, total)) to \(min(page.offset + page.limit, total)) of \(total)"
        newerPath = page.offset > 0 ? link(max(0, page.offset - page.limit)) : nil
        olderPath = page.offset + page.limit < total ? link(page.offset + page.limit) : nil
    }

    /// A page of a list whose total is not known.
    init?(first: Int, count: Int, limit: Int, hasMore: Bool, link: (_ offset: Int) -> String) {
        guard hasMore || first > 1 else { return nil }
        position = count > 0 ? "\(first) to \(first + count - 1)" : "Nothing more"
        newerPath = first > 1 ? link(max(0, first - 1 - limit)) : nil
        olderPath = hasMore ? link(first - 1 + limit) : nil
    }

    /// The part of a template that shows a `pager`.
    static let markup = markup(of: "pager")

    /// The part of a template that shows the pager of this name.
    static func markup(of name: String) -> String {
        """
        {{#\(name)}}
        <nav class="pager" aria-label="Pages">
        <span>{{position}}</span>
        {{#newerPath}}<a href="{{newerPath}}" rel="prev">Previous</a>{{/newerPath}}
        {{#olderPath}}<a href="{{olderPath}}" rel="next">Next</a>{{/olderPath}}
        </nav>
        {{/\(name)}}
        """
    }
}

/// States of documents as a page says them, with the colour of their tag.
enum DocumentWords {
    static func label(_ state: String) -> String {
        let spaced = String(state.map { $0 == "_" ? " " : $0 })
        return spaced.prefix(1).uppercased() + spaced.dropFirst()
    }

    static func quote(_ state: Quote.State) -> (text: String, tone: String) {
        switch state {
        case .concept, .expired: (label(state.rawValue), "")
        case .sent, .viewed: (label(state.rawValue), "busy")
        case .accepted: (label(state.rawValue), "good")
        case .declined: (label(state.rawValue), "bad")
        }
    }

    static func invoice(_ invoice: Invoice) -> (text: String, tone: String) {
        Self.invoice(invoice.state, isOverdue: invoice.isOverdue)
    }

    static func invoice(_ state: Invoice.State, isOverdue: Bool) -> (text: String, tone: String) {
        if isOverdue, state == .sent || state == .partiallyPaid {
            return (state == .sent ? "Overdue" : "Partially paid, overdue", "bad")
        }
        return switch state {
        case .concept, .credited: (label(state.rawValue), "")
        case .sent, .partiallyPaid: (label(state.rawValue), "busy")
        case .paid: (label(state.rawValue), "good")
        }
    }
}
