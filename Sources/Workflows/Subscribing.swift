public import Domain
import FoundationEssentials

/// Makes the webhooks of a connection at Pipedrive and reads its pipelines; finishes what an earlier try began, and puts
/// right what Pipedrive dropped since.
public struct Subscribing: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let webhooks: any CRMWebhooks
    private let records: any CRMRecords
    private let tokens: AccessTokens
    private let secrets: any SecretSource
    private let webhookURL: String

    /// Wires the use case; `webhookURL` is where Pipedrive reaches us, without a slash at the end.
    public init(
        storage: any Storage, crm: any CRM, webhooks: any CRMWebhooks, records: any CRMRecords,
        tokens: AccessTokens, secrets: any SecretSource, webhookURL: String
    ) {
        self.storage = storage
        self.crm = crm
        self.webhooks = webhooks
        self.records = records
        self.tokens = tokens
        self.secrets = secrets
        self.webhookURL = webhookURL
    }

    static let objects = ["deal", "person", "organization", "product"]
    /// A message about this only looks after the webhooks, and reads no pipelines: it comes often.
    static let healthSubject = "health"
    /// A message about this only reads the custom fields, to choose from on the Sync tab.
    static let fieldsSubject = "fields"

    /// Reads the custom fields of organizations and persons; 10 tokens a page.
    public func readFields(company: Company.ID) async throws -> DeliveryResult {
        let records = self.records
        var count = 0
        for kind in [RecordKind.organization, .person] {
            let fields = try await tokens.calling(company) { try await records.customFields(kind, access: $0) }
            try storage.transaction(.cron(company)) { try $0.syncPolicy.save(customFields: fields, of: kind) }
            count += fields.count
        }
        return .completed(note: "\(count) custom fields")
    }

    /// What was found at Pipedrive, and what is there now.
    private struct Found {
        var kept: [WebhookSubscription] = []
        var inactive: [String] = []
        var failing: [String] = []
        var missing: [String] = []

        /// What was wrong, in words; nil when nothing was.
        var trouble: String? {
            let parts = [
                (missing, "Pipedrive had dropped"), (inactive, "Pipedrive had stopped"),
                (failing, "our last answer was an error for"),
            ].filter { !$0.0.isEmpty }.map { "\($0.1) \($0.0.joined(separator: ", "))" }
            return parts.isEmpty ? nil : parts.joined(separator: "; ")
        }
    }

    /// Subscribes what is missing or dead, ends what is not ours any more, and keeps the pipelines for the Triggers tab.
    /// When webhooks that were there before had come to grief, a catch-up looks for what they did not tell.
    ///
    /// - Parameter isHealthCheck: whether the pipelines stay as they were read last.
    public func subscribe(company: Company.ID, isHealthCheck: Bool = false) async throws -> DeliveryResult {
        let (connection, endpoint, before, lastCheck) = try storage.transaction(.cron(company)) { transaction in
            (
                try transaction.connections.connection(),
                try transaction.settings.webhookEndpoint(
                    new: WebhookEndpoint(
                        path: secrets.token(), user: Secret(secrets.token()), password: Secret(secrets.token()))),
                try transaction.settings.subscriptions(), try transaction.connectionHealth.webhooks()?.checkedAt
            )
        }
        guard let connection, connection.state != .disconnected else { throw ConnectionEnded() }
        let crm = self.crm
        let pipelines =
            isHealthCheck ? nil : try await tokens.calling(company) { try await crm.pipelines(access: $0) }
        let url = "\(webhookURL)/webhooks/pipedrive/\(endpoint.path)"
        let found = try await repair(company, url: url, endpoint: endpoint, lastCheck: lastCheck)
        return try storage.transaction(.cron(company)) { transaction in
            // Ended meanwhile: with the grant the webhooks end too.
            guard let now = try transaction.connections.connection(), now.state != .disconnected,
                now.pipedriveCompanyID == connection.pipedriveCompanyID
            else { throw ConnectionEnded() }
            if let pipelines { try transaction.settings.save(pipelines: pipelines) }
            try transaction.settings.save(subscriptions: found.kept)
            // The first time, and for a new owner, there is nothing that could have been missed here.
            let isRepair = !before.isEmpty && now.ownerUserID == connection.ownerUserID
            let trouble = isRepair ? found.trouble : nil
            try transaction.connectionHealth.save(
                expectedCount: Self.objects.count, activeCount: found.kept.count, trouble: trouble)
            if let trouble {
                try transaction.connections.audit("webhooks repaired", detail: trouble)
                try CatchUp.begin(transaction)
            } else if Set(before) != Set(found.kept) {
                try transaction.connections.audit("webhooks made", detail: "\(found.kept.count) subscriptions")
            }
            return .completed(note: trouble ?? "\(found.kept.count) webhooks")
        }
    }

    private func repair(
        _ company: Company.ID, url: String, endpoint: WebhookEndpoint, lastCheck: Date?
    ) async throws -> Found {
        let webhooks = self.webhooks
        var found = Found()
        for subscription in try await tokens.calling(company, { try await webhooks.subscriptions(access: $0) }) {
            let isOurs = subscription.url == url && Self.objects.contains(subscription.object)
            let isTwin = found.kept.contains { $0.object == subscription.object }
            if isOurs, subscription.isActive, !isTwin {
                found.kept.append(WebhookSubscription(id: subscription.id, object: subscription.object, url: url))
                // Each failure is looked at once: it stands there until the next delivery.
                if let failedAt = subscription.failedAt, failedAt > lastCheck ?? failedAt {
                    found.failing.append(subscription.object)
                }
                continue
            }
            if isOurs, !subscription.isActive { found.inactive.append(subscription.object) }
            // Left over from a try that broke off, or from an endpoint of before.
            try await tokens.calling(company) { try await webhooks.unsubscribe(subscription.id, access: $0) }
        }
        for object in Self.objects where !found.kept.contains(where: { $0.object == object }) {
            if !found.inactive.contains(object) { found.missing.append(object) }
            found.kept.append(
                try await tokens.calling(company) {
                    try await webhooks.subscribe(object: object, url: url, endpoint: endpoint, access: $0)
                })
        }
        return found
    }
}
