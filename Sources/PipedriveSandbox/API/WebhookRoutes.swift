/// Webhook subscriptions, version 1.
///
/// An app sees and deletes only those made under the same user's grant.
enum WebhookRoutes {
    /// How many webhooks an app may have for one user.
    static let limit = 40

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v1/webhooks", cost: 10) { call in
            let webhooks = try call.store.read { own($0, call.user).map { JSON.object($0.fields) } }
            return .json(["status": "ok", "success": true, "data": .array(webhooks)])
        },
        APIRoute("POST", "/api/v1/webhooks", cost: 10) { call in try create(call) },
        APIRoute("DELETE", "/api/v1/webhooks/{id}", cost: 6) { call in
            let id = try call.id()
            try call.store.change { state in
                guard own(state, call.user).contains(where: { $0.id == id }) else {
                    throw Refusal(status: 404, message: "not found", form: .fields(["id": "not found"]))
                }
                state[.webhook].remove(id)
            }
            return .json(["status": "ok", "success": true])
        },
    ]

    private static func own(_ state: State, _ user: User) -> [Record] {
        state[.webhook].records(where: "owner_id", is: .int(user.id))
    }

    private static func create(_ call: Call) throws -> Reply {
        let body: JSONObject
        do { body = try call.body(.webhook) } catch let refusal as Refusal where refusal.status == 400 {
            throw Refusal(status: 400, message: refusal.message, form: .fields(["body": refusal.message]))
        }
        try check(body)
        let record = try call.store.change { state in
            try state.requireUser(body["user_id"], "user_id")
            guard own(state, call.user).count < limit else {
                throw Refusal(status: 400, message: "limit", form: .fields(["name": "webhooks limit reached"]))
            }
            return state.create(.webhook, fields(body, call, companyID: state.company.id), by: call.author)
        }
        return .json(["status": "ok", "success": true, "data": .object(record.fields)], status: 201)
    }

    private static func check(_ body: JSONObject) throws {
        let url = body["subscription_url"]?.text ?? ""
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains("pipedrive.com") else {
            throw Refusal(
                status: 400, message: "url", form: .fields(["subscription_url": "invalid or non-reachable URL"]))
        }
        let name = body["name"]?.text ?? ""
        guard (1...255).contains(name.count) else {
            throw Refusal(status: 400, message: "name", form: .fields(["name": "must have 1 to 255 characters"]))
        }
    }

    private static func fields(_ body: JSONObject, _ call: Call, companyID: Int) -> JSONObject {
        [
            "company_id": .int(companyID), "owner_id": .int(call.user.id),
            "user_id": body["user_id"] ?? .int(call.user.id), "event_action": body["event_action"] ?? .null,
            "event_object": body["event_object"] ?? .null, "subscription_url": body["subscription_url"] ?? .null,
            "version": body["version"] ?? "2.0", "is_active": 1,
            "add_time": .string(call.now.rfc3339WithMilliseconds), "remove_time": nil, "type": "application",
            "http_auth_user": body["http_auth_user"] ?? .null,
            "http_auth_password": body["http_auth_password"] ?? .null, "remove_reason": nil,
            "last_delivery_time": nil, "last_http_status": nil, "admin_id": .int(call.user.id),
            "name": body["name"] ?? .null,
        ]
    }
}
