import Domain
import FoundationEssentials

/// Reads version 2 webhooks: `meta` says what happened, `data` is the record now, `previous` what changed.
enum WebhookReading {
    static func event(_ root: JSONNode) -> WebhookEvent? {
        guard let meta = root["meta"], let action = meta["action"]?.text.flatMap(WebhookEvent.Action.init),
            let entity = meta["entity"]?.text, let entityID = meta["entity_id"]?.integer,
            let company = meta["company_id"]?.integer
        else { return nil }
        let moment = meta["timestamp"]?.textOrDigits
        return WebhookEvent(
            action: action, entity: entity, entityID: entityID, companyID: PipedriveCompany.ID(company),
            // Without an identifier of its own, what it says is what it is known by in a retry.
            eventID: RecordReading.filled(meta["id"])
                ?? "\(entity):\(entityID):\(action.rawValue):\(moment ?? "")",
            occurredAt: moment.flatMap(instant), enteredStage: enteredStage(root, action: action, entity: entity),
            mergedInto: action == .delete ? meta["merged_to_id"]?.integer : nil)
    }

    /// A deal enters a stage by being made in it, or by a change that names another stage as the previous one.
    private static func enteredStage(
        _ root: JSONNode, action: WebhookEvent.Action, entity: String
    ) -> WebhookEvent.EnteredStage? {
        guard entity == "deal", let deal = root["data"], let stage = deal["stage_id"]?.integer else { return nil }
        switch action {
        case .create: break
        case .change:
            guard let before = root["previous"]?["stage_id"]?.integer, before != stage else { return nil }
        case .delete: return nil
        }
        return WebhookEvent.EnteredStage(
            pipelineID: deal["pipeline_id"]?.integer.map { Pipeline.ID($0) }, stageID: Stage.ID(stage))
    }

    /// ISO 8601, or an epoch number in seconds or milliseconds as user events carry it.
    private static func instant(_ text: String) -> Date? {
        if let date = Timestamp.date(text) { return date }
        guard let number = Int64(text), number > 0, number < 100_000_000_000_000 else { return nil }
        return Date(timeIntervalSince1970: Double(number) / (number > 100_000_000_000 ? 1000 : 1))
    }
}
