/// From changes to deliveries: which subscriptions hear of an event, and what they are told.
extension Delivery {
    static func all(of events: [ChangeEvent], in state: State) -> [Delivery] {
        let webhooks = state[.webhook].records
        if webhooks.isEmpty { return [] }
        return events.flatMap { event in
            webhooks.filter { isWanted(event, by: $0, in: state) }.map { Delivery(event, for: $0, in: state) }
        }
    }

    private static func isWanted(_ event: ChangeEvent, by webhook: Record, in state: State) -> Bool {
        guard ["*", event.entity.rawValue].contains(webhook["event_object"].text),
            ["*", event.action.rawValue].contains(webhook["event_action"].text),
            let watcher = webhook["user_id"].whole.flatMap({ state.user($0) }), watcher.isActive
        else { return false }
        return state.isVisible(event.record, event.entity, to: watcher)
    }

    private init(_ event: ChangeEvent, for webhook: Record, in state: State) {
        let definitions = state.fields[event.entity == .lead ? .deal : event.entity] ?? []
        let before = event.before.map { WebhookShape.data(event.entity, $0, definitions) }
        let after = event.after.map { WebhookShape.data(event.entity, $0, definitions) }
        webhookID = webhook.id
        url = webhook["subscription_url"].text ?? ""
        let user = webhook["http_auth_user"].text
        let password = webhook["http_auth_password"].text
        credentials = user == nil && password == nil ? nil : (user ?? "", password ?? "")
        meta = Self.meta(event, webhook: webhook, state: state)
        data = after.map { .object($0) } ?? .null
        if let before, let after {
            previous = .object(WebhookShape.previous(before: before, after: after))
        } else {
            previous = before.map { .object($0) } ?? .null
        }
    }

    private static func meta(_ event: ChangeEvent, webhook: Record, state: State) -> JSONObject {
        var meta: JSONObject = [
            "action": .string(event.action.rawValue), "entity": .string(event.entity.rawValue),
            "entity_id": entityID(event), "id": event.entity == .user ? text(event.id) : .string(RandomText.uuid()),
            "company_id": text(state.company.id),
            "user_id": text(event.author.user.id), "webhook_id": text(webhook.id),
            "webhook_owner_id": text(webhook["owner_id"].whole ?? 0), "correlation_id": .string(RandomText.uuid()),
            "timestamp": timestamp(event), "type": webhook["type"],
            "version": "2.0", "change_source": .string(event.author.source.rawValue),
            "is_bulk_edit": .bool(event.author.isBulk),
            "attempt": 1, "host": .string(state.company.host),
        ]
        if event.entity != .user {
            meta["permitted_user_ids"] = .array(permitted(event, state).map { text($0.id) })
        }
        if let id = event.mergedTo { meta["merged_to_id"] = text(id) }
        if let id = event.mergedFrom { meta["merged_from_id"] = text(id) }
        return meta
    }

    /// The id as text; a lead's is a UUID.
    private static func entityID(_ event: ChangeEvent) -> JSON {
        let id = event.record["id"]
        return id.text == nil ? text(event.id) : id
    }

    /// Events of users have a number where others have a text.
    private static func timestamp(_ event: ChangeEvent) -> JSON {
        event.entity == .user
            ? .int(event.happenedAt.seconds) : .string(event.happenedAt.rfc3339WithMilliseconds)
    }

    private static func permitted(_ event: ChangeEvent, _ state: State) -> [User] {
        let record = event.record
        return state.users.filter { $0.isActive && state.isVisible(record, event.entity, to: $0) }
    }

    private static func text(_ id: Int) -> JSON { .string(String(id)) }
}
