import Domain
import Workflows

/// How a quote came about from its deal, and the offer to compare it with the deal as it is now.
struct QuoteOriginBox: Sendable {
    let draft: DraftBox?
    let isForgotten: Bool
    let againAt: String?
    let canCompare: Bool
    let comparisonPath: String?
    let comparedAt: String?

    /// Nil for a quote that no deal asked for.
    init?(_ origin: Integration.QuoteOrigin, isConcept: Bool) {
        guard origin.draft != nil || origin.record != nil else { return nil }
        draft = origin.record?.outcome.map(DraftBox.init)
        isForgotten = draft == nil
        againAt = origin.draft?.againAt.map(DayText.instant)
        canCompare = isConcept
        comparisonPath = origin.comparison.map { "/apps/pipedrive/drafts/\($0.id.text)" }
        comparedAt = origin.comparison.map { DayText.instant($0.requestedAt) }
    }

    /// Whether the deal came again, and the button.
    static let entryMarkup = """
        {{#origin}}
        <section class="card">
        {{#againAt}}<p class="notice late">The deal entered its stage again on {{.}}. This quote was left as it is.</p>{{/againAt}}
        {{#canCompare}}
        <form method="post" action="{{path}}/compare" class="actions">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Compare with the deal now</button>
        <span class="small">Drafts the deal once more and shows what would change. The quote stays as it is.</span>
        </form>
        {{/canCompare}}
        {{#comparisonPath}}<p class="small"><a href="{{.}}">The comparison of {{comparedAt}}</a></p>{{/comparisonPath}}
        {{#isForgotten}}<p class="small">How this quote was drafted is not kept any more: records stay for 90 days.</p>{{/isForgotten}}
        </section>
        {{/origin}}
        """

    static let lineMarkup = "{{#origin}}{{#draft}}\n\(DraftBox.originMarkup)\n{{/draft}}{{/origin}}"
    static let exchangeMarkup = "{{#origin}}{{#draft}}\n\(DraftBox.exchangeMarkup)\n{{/draft}}{{/origin}}"
}
