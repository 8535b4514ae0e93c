public import Domain
import FoundationEssentials
public import HTTPTransport

/// The webhooks of one connection.
public struct PipedriveWebhooks: CRMWebhooks {
    private let gateway: PipedriveGateway

    /// Makes the adapter; the transport must not follow redirects.
    public init(configuration: PipedriveConfiguration, transport: any HTTPSending) {
        gateway = PipedriveGateway(configuration: configuration, transport: transport)
    }

    private struct NewWebhook: Encodable {
        let subscription_url: String
        let event_action = "*"
        let event_object: String
        let name: String
        let http_auth_user: String
        let http_auth_password: String
        let version = "2.0"
    }

    /// Subscribes one object to all its actions, in version 2 of the webhooks.
    public func subscribe(
        object: String, url: String, endpoint: WebhookEndpoint, access: PipedriveAccess
    ) async throws -> WebhookSubscription {
        let operation = PipedriveFacts.addWebhook
        let body = NewWebhook(
            subscription_url: url, event_object: object, name: "PayDock \(object)",
            http_auth_user: endpoint.user.reveal(), http_auth_password: endpoint.password.reveal())
        let answer = try await gateway.answer(
            to: operation, json: try JSONBody.encode(body), access: access)
        guard let id = answer["data"]?["id"]?.integer else { throw PipedriveGateway.unreadable(operation) }
        return WebhookSubscription(id: WebhookSubscription.ID(id), object: object, url: url)
    }

    /// All subscriptions of this app: Pipedrive shows an app only its own.
    public func subscriptions(access: PipedriveAccess) async throws -> [WebhookSubscription] {
        let operation = PipedriveFacts.webhooks
        let answer = try await gateway.answer(to: operation, access: access)
        return try (answer["data"]?.elements ?? []).map { node in
            guard let id = node["id"]?.integer else { throw PipedriveGateway.unreadable(operation) }
            return WebhookSubscription(
                id: WebhookSubscription.ID(id), object: node["event_object"]?.text ?? "",
                url: node["subscription_url"]?.text ?? "", isActive: Self.isActive(node), failedAt: Self.failure(node))
        }
    }

    /// `is_active` comes as 0 and 1 or as a truth; without it a webhook counts as active.
    private static func isActive(_ node: JSONNode) -> Bool {
        node["is_active"].flatMap { $0.flag ?? $0.integer.map { $0 != 0 } } ?? true
    }

    private static func failure(_ node: JSONNode) -> Date? {
        guard let status = node["last_http_status"]?.integer, !(200..<300).contains(status) else { return nil }
        return node["last_delivery_time"]?.text.flatMap(Timestamp.date)
    }

    /// Ends a subscription, in at most 4 seconds; one that is gone already is no error.
    public func unsubscribe(_ id: WebhookSubscription.ID, access: PipedriveAccess) async throws {
        do {
            _ = try await gateway.answer(
                to: PipedriveFacts.deleteWebhook, id: id.rawValue, access: access, timeout: .seconds(4))
        } catch let failure as CRMFailure where failure.isMissing {
            return
        }
    }

    /// Reads a delivered body; nil when it is not a webhook that can be read. Never throws, whatever the bytes.
    public func decode(_ body: [UInt8]) -> WebhookEvent? {
        JSONDocument(body).flatMap { WebhookReading.event($0.root) }
    }
}
