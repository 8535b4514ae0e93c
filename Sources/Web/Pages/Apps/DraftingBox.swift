import Domain

/// Who drafts quotes, and how to try it out.
struct DraftingBox: Sendable {
    let model: String?
    let spend: String?
    let trials: [Trial]
    let hasTrials: Bool

    /// One trial of a deal.
    struct Trial: Sendable {
        let path: String
        let deal: String
        let requestedAt: String
        let state: String
        let tone: String
    }

    init(model: String?, trials: (records: [DraftRecord], spend: DraftSpend)) {
        self.model = model
        let spend = trials.spend
        self.spend =
            spend.questions == 0
            ? nil
            : "Today: \(spend.questions) question\(spend.questions == 1 ? "" : "s") to the model, \(spend.tokens) tokens."
        self.trials = trials.records.map(Trial.init)
        hasTrials = !trials.records.isEmpty
    }

    /// What stands under the heading of the Triggers tab.
    static let makerMarkup = """
        {{#drafting}}
        {{#model}}<p class="small">AI is set up: the model {{.}} proposes lines and e-mail, PayDock checks them and sets the \
        prices. Where an answer does not hold, the built-in drafter serves and the quote says so.</p>{{/model}}
        {{^model}}<p class="small">AI is not set up: quotes are drafted by the built-in drafter, from the deal's products, \
        or from the words of its title and fields.</p>{{/model}}
        {{#spend}}<p class="small">{{.}}</p>{{/spend}}
        {{/drafting}}
        """

    /// The card that tries a deal out.
    static let trialMarkup = """
        {{#drafting}}
        <section class="card">
        <h2>Test trigger</h2>
        <p>Drafts a deal and shows every step: what was read, asked and answered, the checks, the lines with totals and the \
        e-mail. It makes no quote and no contact.</p>
        <form method="post" action="/apps/pipedrive/trial" class="inline">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Number of the deal <input name="deal" inputmode="numeric" pattern="[0-9]+" required></label>
        <button class="quiet"{{^isLive}} disabled{{/isLive}}>Try it out</button>
        </form>
        {{#hasTrials}}
        <ul class="plain">
        {{#trials}}<li><a href="{{path}}">{{deal}}</a> {{requestedAt}} <span class="tag {{tone}}">{{state}}</span></li>{{/trials}}
        </ul>
        {{/hasTrials}}
        </section>
        {{/drafting}}
        """
}

extension DraftingBox.Trial {
    init(_ record: DraftRecord) {
        path = "/apps/pipedrive/drafts/\(record.id.text)"
        deal = "Deal \(record.dealID)"
        requestedAt = DayText.instant(record.requestedAt)
        switch record.state {
        case .requested: (state, tone) = ("Being drafted", "busy")
        case .ready: (state, tone) = ("Drafted", "good")
        case .failed: (state, tone) = ("Nothing came of it", "bad")
        }
    }
}
