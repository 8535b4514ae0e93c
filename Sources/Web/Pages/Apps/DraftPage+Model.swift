import Domain
import FoundationEssentials

/// A drafting to look at: a trial of a deal, or what drafting a quote's deal anew would change.
struct DraftPage: Page {
    let title: String
    let section: NavigationSection?
    let backPath: String
    let backLabel: String
    let requestedAt: String
    let isWaiting: Bool
    let isLate: Bool
    let reason: String?
    let draft: DraftBox?
    let table: DocumentTable?
    let tableProblem: String?
    let emailSubject: String
    let emailBody: String
    let comparison: Comparison?
    let isTrial: Bool

    /// What would change on the quote.
    struct Comparison: Sendable {
        let number: String
        let path: String
        let recordID: String
        let isEmpty: Bool
        let changes: [Change]
        let isEmailChanged: Bool
        /// Only a concept is changed.
        let canTake: Bool
    }

    struct Change: Sendable {
        let word: String
        let tone: String
        let text: String
        let figures: String
        let before: String?
    }

    // A trial takes seconds; after this somebody should look at the drainers.
    private static let usualSeconds = 120.0

    init(_ record: DraftRecord, quote: Quote?, now: Date) {
        isTrial = quote == nil
        title = quote.map { "Quote \($0.number) and its deal now" } ?? "Trial of deal \(record.dealID)"
        section = quote == nil ? .apps : .quotes
        backPath = quote.map { "/quotes/\($0.id.text)" } ?? "/apps/pipedrive?tab=triggers"
        backLabel = quote.map { "Quote \($0.number)" } ?? "Triggers"
        requestedAt = DayText.instant(record.requestedAt)
        isWaiting = record.state == .requested
        isLate = isWaiting && now.timeIntervalSince(record.requestedAt) > Self.usualSeconds
        reason = record.reason
        draft = record.outcome.map(DraftBox.init)
        (table, tableProblem) = Self.table(record.outcome)
        emailSubject = record.outcome?.email.subject ?? ""
        emailBody = record.outcome?.email.body ?? ""
        comparison = quote.flatMap { quote in record.outcome.map { Comparison(record, quote, $0) } }
    }

    /// Lines whose sum is more than any document can hold have no totals; then the page says so.
    private static func table(_ outcome: DraftOutcome?) -> (DocumentTable?, String?) {
        guard let outcome else { return (nil, nil) }
        do {
            return (try DocumentTable(lines: outcome.lines, currency: outcome.currency, showsFlags: true), nil)
        } catch {
            return (nil, (error as? Refusal)?.message ?? "These lines have no totals.")
        }
    }
}

extension DraftPage.Comparison {
    init(_ record: DraftRecord, _ quote: Quote, _ outcome: DraftOutcome) {
        let difference = DraftComparison(quote, with: outcome)
        number = quote.number
        path = "/quotes/\(quote.id.text)/take-over"
        recordID = record.id.text
        isEmpty = difference.isEmpty
        isEmailChanged = difference.isEmailChanged
        canTake = quote.state == .concept && quote.content.currency == outcome.currency && !difference.isEmpty
        changes = difference.lines.map { DraftPage.Change($0, quote.content.currency, outcome.currency) }
    }
}

extension DraftPage.Change {
    init(_ change: DraftComparison.Change, _ old: Currency, _ new: Currency) {
        switch change {
        case .same(let line):
            self.init(
                word: "Same", tone: "", text: line.description, figures: Self.figures(line, new), before: nil)
        case .added(let line):
            self.init(
                word: "New", tone: "good", text: line.description, figures: Self.figures(line, new), before: nil)
        case .removed(let line):
            self.init(
                word: "Gone", tone: "bad", text: line.description, figures: Self.figures(line, old), before: nil)
        case .changed(let from, let to):
            let words = from.description == to.description ? "" : "\(from.description), "
            self.init(
                word: "Changed", tone: "busy", text: to.description, figures: Self.figures(to, new),
                before: "\(words)\(Self.figures(from, old))")
        }
    }

    private static func figures(_ line: DocumentLine, _ currency: Currency) -> String {
        guard !line.isTextLine else { return "" }
        let price = line.unitPrice.map { Money(minorUnits: $0, currency: currency).displayText } ?? "no price yet"
        let discount =
            switch line.discount {
            case .none: ""
            case .percentage(let percentage): ", less \(percentage) %"
            case .amount(let units): ", less \(Money(minorUnits: units, currency: currency).displayText)"
            }
        let tax = line.taxMethod == .none ? "no tax" : "\(line.tax) % tax"
        return "\(line.quantity) × \(price)\(discount), \(tax)"
    }
}
