import Domain
import Workflows

/// Which stages ask for a quote, and the quotes that came of it.
struct TriggersTab: Sendable {
    let isOn: Bool
    let pipelines: [PipelineChoice]
    let hasPipelines: Bool
    let drafts: [Draft]
    let hasDrafts: Bool

    struct PipelineChoice: Sendable {
        let name: String
        let stages: [StageChoice]
    }

    struct StageChoice: Sendable {
        let label: String
        /// `pipeline:stage`.
        let value: String
        let isChosen: Bool
    }

    struct Draft: Sendable {
        let deal: String
        let requestedAt: String
        let state: String
        let tone: String
        let quotePath: String?
        let quoteLabel: String
        let reason: String?
    }

    init(_ overview: Integration.Overview) {
        let trigger = overview.settings.trigger
        isOn = trigger != nil
        pipelines = overview.pipelines.map { pipeline in
            PipelineChoice(
                name: pipeline.name,
                stages: pipeline.stages.map { stage in
                    StageChoice(
                        label: stage.name, value: "\(pipeline.id):\(stage.id)",
                        isChosen: trigger?.pipelineID == pipeline.id && trigger?.stageIDs.contains(stage.id) == true)
                })
        }
        hasPipelines = !pipelines.isEmpty
        drafts = overview.drafts.map(Draft.init)
        hasDrafts = !drafts.isEmpty
    }

    /// Reads what the form's boxes say. Throws `invalid` for boxes of two pipelines, or none.
    static func trigger(_ values: [String]) throws -> QuoteTrigger {
        let chosen = values.compactMap { value -> (Pipeline.ID, Stage.ID)? in
            let parts = value.split(separator: ":").compactMap { Int64($0) }
            return parts.count == 2 ? (Pipeline.ID(parts[0]), Stage.ID(parts[1])) : nil
        }
        guard let pipeline = chosen.first?.0, chosen.allSatisfy({ $0.0 == pipeline }) else {
            throw Refusal(
                .invalid,
                chosen.isEmpty
                    ? "Choose at least one stage, or turn the trigger off."
                    : "Choose stages of one pipeline only.", fields: ["stages": "choose stages of one pipeline"])
        }
        return QuoteTrigger(pipelineID: pipeline, stageIDs: Set(chosen.map(\.1)))
    }
}

extension TriggersTab.Draft {
    init(_ draft: QuoteDraft) {
        deal = "Deal \(draft.dealID)"
        requestedAt = DayText.instant(draft.requestedAt)
        switch draft.state {
        case .requested: (state, tone) = ("Being drafted", "busy")
        case .ready: (state, tone) = ("Quote made", "good")
        case .failed: (state, tone) = ("No quote", "bad")
        }
        quotePath = draft.quoteID.map { "/quotes/\($0.text)" }
        quoteLabel = draft.quoteNumber ?? "Open"
        reason = draft.reason
    }
}
