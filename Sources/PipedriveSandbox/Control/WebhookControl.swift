/// The control routes that disturb webhooks on their way, under /sandbox/webhooks.
struct WebhookControl {
    private static let policyRules = BodyRules(
        members: [
            "retry_delays": .list(.number), "time_limit": .number, "failure_limit": .integer, "ban_seconds": .integer,
            "removal_seconds": .integer,
        ])

    let sandbox: Sandbox

    /// `disturb` sets copies, delay, reordering and losses; `flush` lets go of what waits to be reordered; `policy`
    /// sets the retries, in seconds; `ban`, `unban` and `remove` do to a subscription what Pipedrive does to one that
    /// fails.
    func answer(_ word: String, _ body: JSONObject) async throws -> Reply {
        switch word {
        case "disturb":
            let disturbance = try Disturbance(body)
            await sandbox.queue.disturb(disturbance)
            return .success(disturbance.json)
        case "flush": await sandbox.queue.flush()
        case "policy": return try await setPolicy(body)
        case "ban": await sandbox.queue.ban(try id(body))
        case "unban": await sandbox.queue.unban(try id(body))
        case "remove":
            let id = try id(body)
            try sandbox.store.change { $0[.webhook].remove(id) }
        default: throw Refusal.notFound("No such control route")
        }
        return .json(["success": true])
    }

    private func setPolicy(_ body: JSONObject) async throws -> Reply {
        if let name = try Self.policyRules.check(body).first {
            throw Refusal.bad("Parameter '\(name)' is not allowed")
        }
        let policy = await sandbox.queue.setPolicy { policy in
            if let delays = body["retry_delays"]?.list?.compactMap(\.decimal) {
                policy.retryDelays = delays.map { .milliseconds(Int(max(0, $0) * 1000)) }
            }
            if let limit = body["time_limit"]?.decimal { policy.timeLimit = .milliseconds(Int(max(0, limit) * 1000)) }
            policy.failureLimit = body["failure_limit"]?.whole ?? policy.failureLimit
            policy.banSeconds = body["ban_seconds"]?.whole ?? policy.banSeconds
            policy.removalSeconds = body["removal_seconds"]?.whole ?? policy.removalSeconds
        }
        return .success([
            "retry_delays": .array(policy.retryDelays.map { .amount(Double($0 / .milliseconds(1)) / 1000) }),
            "time_limit": .amount(Double(policy.timeLimit / .milliseconds(1)) / 1000),
            "failure_limit": .int(policy.failureLimit), "ban_seconds": .int(policy.banSeconds),
            "removal_seconds": .int(policy.removalSeconds),
        ])
    }

    private func id(_ body: JSONObject) throws -> Int {
        guard let id = body["webhook_id"]?.whole, try sandbox.store.read({ $0[.webhook][id] != nil }) else {
            throw Refusal.notFound("No such webhook")
        }
        return id
    }
}
