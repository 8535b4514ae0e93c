/// One event on its way to one subscription, and how each attempt went.
struct Delivery: Sendable {
    /// How an attempt ended.
    ///
    /// The status is nil when no answer came.
    struct Attempt: Sendable {
        let number: Int
        let startedAt: Timestamp
        let status: Int?
        let problem: String?
        let milliseconds: Int

        var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    /// Its place in the list of deliveries, from 1; given by the queue.
    var number = 0
    let webhookID: Int
    let url: String
    let credentials: (user: String, password: String)?
    let meta: JSONObject
    let data: JSON
    let previous: JSON
    var attempts: [Attempt] = []
    /// Set when the subscription was banned at the time, so that the event was lost.
    var isLost = false

    func body(attempt: Int) -> [UInt8] {
        var meta = meta
        meta["attempt"] = .int(attempt)
        return JSONWriter.bytes(["data": data, "previous": previous, "meta": .object(meta)])
    }

    var json: JSON {
        let list = attempts.map { attempt in
            JSON.object([
                "attempt": .int(attempt.number), "at": .string(attempt.startedAt.rfc3339WithMilliseconds),
                "status": .optional(attempt.status), "problem": .optional(attempt.problem),
                "milliseconds": .int(attempt.milliseconds),
            ])
        }
        return [
            "number": .int(number), "webhook_id": .int(webhookID), "url": .string(url), "id": meta["id"] ?? .null,
            "entity": meta["entity"] ?? .null, "entity_id": meta["entity_id"] ?? .null,
            "action": meta["action"] ?? .null, "change_source": meta["change_source"] ?? .null,
            "status": .optional(attempts.last?.status), "is_lost": .bool(isLost), "attempts": .array(list),
            "data": data, "previous": previous, "meta": .object(meta),
        ]
    }
}
