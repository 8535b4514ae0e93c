public import Domain

/// Finds out what a stored delivery asks for.
public struct WebhookRouting: Sendable {
    private let storage: any Storage
    private let webhooks: any CRMWebhooks

    /// Wires the use case.
    public init(storage: any Storage, webhooks: any CRMWebhooks) {
        self.storage = storage
        self.webhooks = webhooks
    }

    /// Reads the delivery with this number of the inbox and queues what follows, in one transaction.
    public func route(_ subject: String, company: Company.ID) throws -> DeliveryResult {
        guard let id = Int64(subject) else { return .discarded(reason: "The message names no delivery") }
        return try storage.transaction(.cron(company)) { transaction in
            guard let body = try transaction.inbox.body(id) else {
                return .completed(note: "Retention removed the delivery")
            }
            guard let event = webhooks.decode(body) else { return .discarded(reason: "The body can't be read") }
            guard try transaction.connections.connection()?.pipedriveCompanyID == event.companyID else {
                return .discarded(reason: "The delivery is of another Pipedrive company")
            }
            guard try transaction.inbox.isFirst(eventID: event.eventID) else {
                return .completed(note: "Delivered before")
            }
            return try Self.follow(event, transaction)
        }
    }

    private static func follow(
        _ event: WebhookEvent, _ transaction: any StorageTransaction
    ) throws -> DeliveryResult {
        if event.entity == "deal" { return try followDeal(event, transaction) }
        guard let kind = RecordKind(rawValue: event.entity) else { return .completed(note: "Nothing follows from it") }
        if let survivor = event.mergedInto {
            try transaction.touched.merge(kind, from: event.entityID, into: survivor)
            try transaction.touched.touch(kind, survivor, occurredAt: event.occurredAt)
        }
        try transaction.touched.touch(kind, event.entityID, occurredAt: event.occurredAt)
        return .completed(note: "The record is fetched")
    }

    private static func followDeal(
        _ event: WebhookEvent, _ transaction: any StorageTransaction
    ) throws -> DeliveryResult {
        let deal = Deal.ID(event.entityID)
        let trigger = try event.enteredStage.flatMap { place in
            try transaction.triggers.triggers().first {
                $0.asks(pipelineID: place.pipelineID, stageID: place.stageID, at: event.occurredAt)
            }
        }
        guard let trigger else {
            // A change of another kind may have given a waiting deal its contact.
            let isWoken = try transaction.drafts.wake(deal)
            return .completed(note: isWoken ? "The deal's quote is tried again" : "No trigger covers this change")
        }
        let outcome = try transaction.drafts.enter(
            DealEntry(dealID: deal, triggerID: trigger.id), flood: FloodRule())
        return .completed(note: outcome.sentence)
    }
}

extension EntryOutcome {
    /// For the message's note.
    var sentence: String {
        switch self {
        case .requested: "Asked for the quote"
        case .held: "Too many deals entered at once: a person has to say yes"
        case .pending: "The quote was asked for before"
        case .again: "The deal has its quote already"
        case .refused: "There is no connection"
        }
    }
}
