public import Domain

/// Makes the webhooks of a connection at Pipedrive and reads its pipelines; finishes what an earlier try began.
public struct Subscribing: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let webhooks: any CRMWebhooks
    private let tokens: AccessTokens
    private let secrets: any SecretSource
    private let webhookURL: String

    /// Wires the use case; `webhookURL` is where Pipedrive reaches us, without a slash at the end.
    public init(
        storage: any Storage, crm: any CRM, webhooks: any CRMWebhooks, tokens: AccessTokens,
        secrets: any SecretSource, webhookURL: String
    ) {
        self.storage = storage
        self.crm = crm
        self.webhooks = webhooks
        self.tokens = tokens
        self.secrets = secrets
        self.webhookURL = webhookURL
    }

    static let objects = ["deal", "person", "organization", "product"]

    /// Subscribes what is missing, ends what is not ours any more, and keeps the pipelines for the Triggers tab.
    public func subscribe(company: Company.ID) async throws -> DeliveryResult {
        let endpoint = try storage.transaction(.cron(company)) {
            try $0.settings.webhookEndpoint(
                new: WebhookEndpoint(
                    path: secrets.token(), user: Secret(secrets.token()), password: Secret(secrets.token())))
        }
        let url = "\(webhookURL)/webhooks/pipedrive/\(endpoint.path)"
        let (crm, webhooks) = (self.crm, self.webhooks)
        let pipelines = try await tokens.calling(company) { try await crm.pipelines(access: $0) }
        let existing = try await tokens.calling(company) { try await webhooks.subscriptions(access: $0) }
        var kept: [WebhookSubscription] = []
        for subscription in existing {
            if subscription.url == url, !kept.contains(where: { $0.object == subscription.object }) {
                kept.append(subscription)
            } else {
                try await tokens.calling(company) { try await webhooks.unsubscribe(subscription.id, access: $0) }
            }
        }
        for object in Self.objects where !kept.contains(where: { $0.object == object }) {
            kept.append(
                try await tokens.calling(company) {
                    try await webhooks.subscribe(object: object, url: url, endpoint: endpoint, access: $0)
                })
        }
        let subscriptions = kept
        try storage.transaction(.cron(company)) { transaction in
            try transaction.settings.save(pipelines: pipelines)
            try transaction.settings.save(subscriptions: subscriptions)
            try transaction.connections.audit("webhooks made", detail: "\(subscriptions.count) subscriptions")
        }
        return .completed(note: "\(subscriptions.count) webhooks")
    }
}
