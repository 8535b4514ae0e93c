/// What happens to deliveries on their way, when asked for, and to which of them.
struct Disturbance: Sendable {
    /// How often each delivery is sent.
    var copies = 1
    var delay = Duration.zero
    /// So many deliveries are collected and then sent newest first; 1 keeps the order.
    var reorder = 1
    /// So many deliveries get lost, as if they had never been sent.
    var drop = 0
    /// Which deliveries are meant; nil means any.
    var webhookID: Int?
    var entity: String?
    var action: String?

    func concerns(_ delivery: Delivery) -> Bool {
        (webhookID == nil || webhookID == delivery.webhookID)
            && (entity == nil || entity == delivery.meta["entity"]?.text)
            && (action == nil || action == delivery.meta["action"]?.text)
    }

    private static let rules = BodyRules(
        members: [
            "copies": .integer, "delay_ms": .integer, "reorder": .integer, "drop": .integer,
            "webhook_id": .nullable(.integer), "entity": .nullable(.string), "action": .nullable(.string),
        ])

    /// Reads the body of `POST /sandbox/webhooks/disturb`; what is left out is as usual.
    init(_ body: JSONObject) throws {
        if let name = try Self.rules.check(body).first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
        copies = max(1, body["copies"]?.whole ?? 1)
        delay = .milliseconds(max(0, body["delay_ms"]?.whole ?? 0))
        reorder = max(1, body["reorder"]?.whole ?? 1)
        drop = max(0, body["drop"]?.whole ?? 0)
        webhookID = body["webhook_id"]?.whole
        entity = body["entity"]?.text
        action = body["action"]?.text
    }

    init() {}

    /// Whether anything happens at all.
    var isCalm: Bool { copies == 1 && delay == .zero && reorder == 1 && drop == 0 }

    var json: JSON {
        [
            "copies": .int(copies), "delay_ms": .int(Int(delay / .milliseconds(1))), "reorder": .int(reorder),
            "drop": .int(drop), "webhook_id": .optional(webhookID), "entity": .optional(entity),
            "action": .optional(action),
        ]
    }
}
