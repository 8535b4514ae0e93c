import Domain

/// How a drafting came about, worded: what each line rests on, what a model was asked, what the checks found.
struct DraftBox: Sendable {
    let maker: String
    let fallback: String?
    let origins: [Origin]
    let remarks: [String]
    let hasRemarks: Bool
    let facts: [Fact]
    let exchanges: [Exchange]
    let hasExchanges: Bool
    let instructions: String

    /// One line and what it rests on.
    struct Origin: Sendable {
        let text: String
        let source: String
        let tone: String
        let evidence: String?
    }

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// One question to the model.
    struct Exchange: Sendable {
        let heading: String
        let question: String
        let answer: String?
        let problems: [String]
        let isFine: Bool
    }

    init(_ outcome: DraftOutcome) {
        let trail = outcome.trail
        maker = outcome.drafter == "built-in" ? "the built-in drafter" : outcome.drafter
        fallback = trail.fallback
        origins = outcome.quote.lines.map(Origin.init)
        remarks = outcome.quote.remarks
        hasRemarks = !remarks.isEmpty
        instructions = trail.instructions
        exchanges = trail.exchanges.enumerated().map { number, exchange in
            Exchange(
                heading: number == 0 ? "Question and answer" : "Second try, with what was wrong",
                question: exchange.question, answer: exchange.answer, problems: exchange.problems,
                isFine: exchange.problems.isEmpty)
        }
        hasExchanges = !exchanges.isEmpty
        var facts: [Fact] = []
        if let model = trail.model { facts.append(Fact(name: "Model", value: model)) }
        if let version = trail.promptVersion { facts.append(Fact(name: "Prompt version", value: version)) }
        if hasExchanges {
            let usage = trail.usage
            facts.append(Fact(name: "Tokens", value: "\(usage.question) asked, \(usage.answer) answered"))
            let tenths = (trail.milliseconds + 50) / 100
            facts.append(Fact(name: "Duration", value: "\(tenths / 10).\(tenths % 10) s"))
        }
        self.facts = facts
    }

    /// The card of lines with what they rest on.
    static let originMarkup = """
        <section class="card">
        <h2>What the lines rest on</h2>
        {{#fallback}}<p class="notice late">Drafted by the built-in drafter: {{.}}</p>{{/fallback}}
        <p class="small">Drafted by {{maker}}. Prices and tax come from the deal or the catalog, never from a model.</p>
        <ul class="plain">
        {{#origins}}
        <li><strong>{{text}}</strong> <span class="tag {{tone}}">{{source}}</span>\
        {{#evidence}}<span class="small block">“{{.}}”</span>{{/evidence}}</li>
        {{/origins}}
        </ul>
        {{#hasRemarks}}
        <h3>Remarks</h3>
        <ul>{{#remarks}}<li>{{.}}</li>{{/remarks}}</ul>
        {{/hasRemarks}}
        </section>
        """

    /// The card of what a model was asked and said; nothing where none was.
    static let exchangeMarkup = """
        {{#hasExchanges}}
        <section class="card">
        <h2>What the model was asked</h2>
        <dl class="facts">{{#facts}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/facts}}</dl>
        {{#exchanges}}
        <h3>{{heading}}</h3>
        {{#isFine}}<p><span class="tag good">All checks passed</span></p>{{/isFine}}
        {{^isFine}}<ul>{{#problems}}<li>{{.}}</li>{{/problems}}</ul>{{/isFine}}
        <details><summary>Context that was sent</summary><pre>{{question}}</pre></details>
        {{#answer}}<details><summary>Raw answer</summary><pre>{{.}}</pre></details>{{/answer}}
        {{/exchanges}}
        <details><summary>Instructions</summary><pre>{{instructions}}</pre></details>
        <p class="small">Kept for 90 days.</p>
        </section>
        {{/hasExchanges}}
        """
}

extension DraftBox.Origin {
    init(_ line: PricedQuote.Line) {
        text = line.line.description
        evidence = line.evidence
        switch line.source {
        case .deal: (source, tone) = ("From the deal", "good")
        case .discount: (source, tone) = ("The deal's discount", "good")
        case .catalog: (source, tone) = ("From the catalog", "good")
        case .unpriced: (source, tone) = ("To be priced", "busy")
        }
    }
}
