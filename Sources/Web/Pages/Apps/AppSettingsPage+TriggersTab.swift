import Domain
import Workflows

/// Which stages ask for a quote, how, and the quotes that came of it.
struct TriggersTab: Sendable {
    let forms: [Form]
    let hasPipelines: Bool
    let isLive: Bool
    let heldCount: Int
    let isHolding: Bool
    let waiting: [Draft]
    let hasWaiting: Bool
    let drafts: [Draft]
    let hasDrafts: Bool
    let drafting: DraftingBox?

    /// The form of one trigger, or of a new one.
    struct Form: Sendable {
        let title: String
        let tag: String
        let tone: String
        let id: String
        let isNew: Bool
        let isOn: Bool
        let pipelines: [PipelineChoice]
        let languages: [Choice]
        let validityDays: Int
        let instructions: String
        let needs: [Choice]
    }

    struct Choice: Sendable {
        let label: String
        let value: String
        let isChosen: Bool
    }

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

    init(_ overview: Integration.Overview, _ drafting: DraftingBox?, isLive: Bool) {
        self.drafting = drafting
        let (triggers, pipelines) = (overview.triggers, overview.pipelines)
        hasPipelines = !pipelines.isEmpty
        self.isLive = isLive
        let fresh = Form(nil, number: triggers.count + 1, triggers, pipelines)
        forms =
            triggers.enumerated().map { Form($1, number: $0 + 1, triggers, pipelines) }
            + (fresh.pipelines.isEmpty ? [] : [fresh])
        heldCount = overview.heldCount
        isHolding = heldCount > 0
        waiting = overview.drafts.filter { $0.state == .waiting }.map(Draft.init)
        hasWaiting = !waiting.isEmpty
        drafts = overview.drafts.map(Draft.init)
        hasDrafts = !drafts.isEmpty
    }
}

extension TriggersTab.Form {
    /// A trigger is offered its own stages and those that no other has; a deleted stage only where it was chosen.
    init(_ trigger: QuoteTrigger?, number: Int, _ triggers: [QuoteTrigger], _ all: [Pipeline]) {
        let taken = triggers.filter { $0.id != trigger?.id }.reduce(into: Set<Stage.ID>()) { $0.formUnion($1.stageIDs) }
        pipelines = all.compactMap { pipeline in
            let stages = pipeline.stages.compactMap { stage -> TriggersTab.StageChoice? in
                let isChosen = trigger?.stageIDs.contains(stage.id) == true
                guard isChosen || !(stage.isDeleted || taken.contains(stage.id)) else { return nil }
                return TriggersTab.StageChoice(
                    label: stage.isDeleted ? "\(stage.name) (deleted in Pipedrive)" : stage.name,
                    value: "\(pipeline.id):\(stage.id)", isChosen: isChosen)
            }
            return stages.isEmpty ? nil : TriggersTab.PipelineChoice(name: pipeline.name, stages: stages)
        }
        id = trigger?.id.text ?? ""
        isNew = trigger == nil
        isOn = trigger?.isOn ?? true
        title = trigger == nil ? (triggers.isEmpty ? "Quote trigger" : "Another trigger") : "Quote trigger \(number)"
        switch trigger?.isOn {
        case true: (tag, tone) = ("On", "good")
        case false: (tag, tone) = ("Off", "")
        case nil: (tag, tone) = ("New", "")
        }
        let names = [("", "The contact's, else your country's"), ("nl", "Dutch"), ("en", "English"), ("de", "German")]
        languages = names.map {
            TriggersTab.Choice(label: $0.1, value: $0.0, isChosen: (trigger?.language ?? "") == $0.0)
        }
        validityDays = trigger?.validityDays ?? 30
        instructions = trigger?.instructions ?? ""
        let words: [(QuoteTrigger.UnmetNeeds, String)] = [
            (.line, "put a line without a price on the quote, for you to fill"),
            (.remark, "leave it off; a quote that would be empty gets the line all the same"),
        ]
        needs = words.map {
            TriggersTab.Choice(
                label: $0.1, value: $0.0.rawValue, isChosen: (trigger?.unmetNeeds ?? .line) == $0.0)
        }
    }
}

extension TriggersTab {
    /// Reads what the form says, for a trigger that may exist. Throws `invalid` for boxes of two pipelines, or none.
    ///
    /// A form without an id that names exactly the stages of a trigger is that trigger's: a double click makes one.
    static func trigger(_ form: FormFields, existing: [QuoteTrigger], fresh: QuoteTrigger.ID) throws -> QuoteTrigger {
        let chosen = form.all("stage").compactMap { value -> (Pipeline.ID, Stage.ID)? in
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
        let stages = Set(chosen.map(\.1))
        let known = existing.first { $0.id.text == form["trigger"] || $0.stageIDs == stages }
        var trigger = known ?? QuoteTrigger(id: fresh, pipelineID: pipeline, stageIDs: stages)
        (trigger.pipelineID, trigger.stageIDs, trigger.isOn) = (pipeline, stages, true)
        if let language = form["language"] {
            guard language.isEmpty || QuoteTrigger.languages.contains(language) else {
                throw Refusal(.invalid, "There is no such language.", fields: ["language": "is unknown"])
            }
            trigger.language = language.isEmpty ? nil : language
        }
        if let text = form.trimmed("validity_days") {
            guard let days = Int(text) else {
                throw Refusal(
                    .invalid, "The validity has to be a number of days.", fields: ["validity_days": "is no number"])
            }
            trigger.validityDays = days
        }
        if let text = form["instructions"] { trigger.instructions = text.filter { $0 != "\0" && $0 != "\r" } }
        if let needs = form["needs"].flatMap(QuoteTrigger.UnmetNeeds.init(rawValue:)) { trigger.unmetNeeds = needs }
        return trigger
    }
}

extension TriggersTab.Draft {
    init(_ draft: QuoteDraft) {
        deal = "Deal \(draft.dealID)"
        requestedAt = DayText.instant(draft.requestedAt)
        switch draft.state {
        case .requested: (state, tone) = ("Being drafted", "busy")
        case .ready:
            (state, tone) = (draft.againAt == nil ? "Quote made" : "Quote made; entered again, left as it is", "good")
        case .waiting: (state, tone) = ("Waits for a contact", "busy")
        case .held: (state, tone) = ("Waits for your yes", "busy")
        case .failed: (state, tone) = ("No quote", "bad")
        }
        quotePath = draft.quoteID.map { "/quotes/\($0.text)" }
        quoteLabel = draft.quoteNumber ?? "Open"
        reason = draft.reason
    }
}
