internal import Domain
import FoundationEssentials

/// What came of a drafting, as it stands in the `outcome` column.
struct StoredOutcome: Codable {
    let dealTitle: String
    let currency: String
    let lines: [Line]
    let remarks: [String]
    let subject: String
    let body: String
    let drafter: String
    let instructions: String
    let exchanges: [Exchange]
    let model: String?
    let promptVersion: String?
    let fallback: String?

    struct Line: Codable {
        let line: StoredLine
        let source: String
        let evidence: String?
    }

    struct Exchange: Codable {
        let question: String
        let answer: String?
        let problems: [String]
        let questionTokens: Int
        let answerTokens: Int
        let milliseconds: Int
    }

    init(_ outcome: DraftOutcome) {
        dealTitle = outcome.dealTitle
        currency = outcome.currency.code
        lines = outcome.quote.lines.map {
            Line(line: StoredLine($0.line), source: $0.source.rawValue, evidence: $0.evidence)
        }
        remarks = outcome.quote.remarks
        (subject, body) = (outcome.email.subject, outcome.email.body)
        drafter = outcome.drafter
        let trail = outcome.trail
        (model, promptVersion, fallback) = (trail.model, trail.promptVersion, trail.fallback)
        instructions = trail.instructions
        exchanges = trail.exchanges.map {
            Exchange(
                question: $0.question, answer: $0.answer, problems: $0.problems, questionTokens: $0.usage.question,
                answerTokens: $0.usage.answer, milliseconds: $0.milliseconds)
        }
    }

    func outcome() throws -> DraftOutcome {
        guard let currency = Currency(currency) else { throw StoredValueError(column: "outcome") }
        let priced = PricedQuote(
            lines: try lines.map { stored in
                guard let source = PricedQuote.Line.Source(rawValue: stored.source) else {
                    throw StoredValueError(column: "outcome")
                }
                return PricedQuote.Line(line: try stored.line.line(), source: source, evidence: stored.evidence)
            }, remarks: remarks)
        let trail = DraftTrail(
            model: model, promptVersion: promptVersion, instructions: instructions,
            exchanges: exchanges.map {
                DraftTrail.Exchange(
                    question: $0.question, answer: $0.answer, problems: $0.problems,
                    usage: TokenUsage(question: $0.questionTokens, answer: $0.answerTokens),
                    milliseconds: $0.milliseconds)
            }, fallback: fallback)
        return DraftOutcome(
            dealTitle: dealTitle, currency: currency, quote: priced, email: EmailText(subject: subject, body: body),
            drafter: drafter, trail: trail)
    }

    var text: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    static func outcome(_ text: String) throws -> DraftOutcome {
        try JSONDecoder().decode(StoredOutcome.self, from: Data(text.utf8)).outcome()
    }
}
