/// The control routes that disturb webhooks on their way, under /sandbox/webhooks.
struct WebhookControl {
    let sandbox: Sandbox

    /// `disturb` sets copies, delay and reordering; `flush` lets go of what waits to be reordered; `ban`, `unban` and
    /// `remove` do to a subscription what Pipedrive does to one that fails.
    func answer(_ word: String, _ body: JSONObject) async throws -> Reply {
        switch word {
        case "disturb": await sandbox.queue.disturb(try Self.disturbance(body))
        case "flush": await sandbox.queue.flush()
        case "ban": await sandbox.queue.ban(try id(body))
        case "unban": await sandbox.queue.unban(try id(body))
        case "remove":
            let id = try id(body)
            try sandbox.store.change { $0[.webhook].remove(id) }
        default: throw Refusal.notFound("No such control route")
        }
        return .json(["success": true])
    }

    private static func disturbance(_ body: JSONObject) throws -> WebhookQueue.Disturbance {
        let rules = BodyRules(members: ["copies": .integer, "delay_ms": .integer, "reorder": .integer])
        if let name = try rules.check(body).first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
        var disturbance = WebhookQueue.Disturbance()
        disturbance.copies = max(1, body["copies"]?.whole ?? 1)
        disturbance.delay = .milliseconds(max(0, body["delay_ms"]?.whole ?? 0))
        disturbance.reorder = max(1, body["reorder"]?.whole ?? 1)
        return disturbance
    }

    private func id(_ body: JSONObject) throws -> Int {
        guard let id = body["webhook_id"]?.whole, try sandbox.store.read({ $0[.webhook][id] != nil }) else {
            throw Refusal.notFound("No such webhook")
        }
        return id
    }
}
