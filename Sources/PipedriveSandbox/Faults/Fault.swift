/// A disturbance that tests ask for: matching calls are slowed, refused or broken off.
struct Fault: Sendable {
    /// Whether the disturbance comes before the call has its effect or after.
    enum Moment: String, Sendable {
        case before, after
    }

    let id: Int
    let prefix: String
    let method: String?
    let status: Int?
    let latency: Duration
    let moment: Moment
    let reset: Moment?
    let isHTML: Bool
    let body: String?
    /// Headers that the answer gets besides its own.
    let headers: [(name: String, value: String)]
    let pace: BodyPace
    let probability: Double
    /// How many calls are still to be disturbed; nil means every one.
    var remaining: Int?

    private static let rules = BodyRules(
        members: [
            "route": .string, "method": .string, "status": .integer, "latency_ms": .integer,
            "effect": .choice(["before", "after"]), "reset": .choice(["before", "after"]), "html": .bool,
            "body": .string, "half": .bool, "drip_ms": .integer, "count": .integer, "probability": .number,
            "headers": .any,
        ], required: ["route"])

    /// Reads the body of `POST /sandbox/faults`.
    init(_ json: JSONObject, id: Int) throws {
        let unknown = try Self.rules.check(json)
        if let name = unknown.first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
        self.id = id
        prefix = json["route"]?.text ?? "/"
        method = json["method"]?.text?.uppercased()
        status = json["status"]?.whole
        latency = .milliseconds(json["latency_ms"]?.whole ?? 0)
        moment = json["effect"]?.text.flatMap(Moment.init) ?? .before
        reset = json["reset"]?.text.flatMap(Moment.init)
        isHTML = json["html"]?.truth ?? false
        body = json["body"]?.text
        headers = (json["headers"]?.members?.members ?? []).map { ($0.key, $0.value.text ?? JSONWriter.text($0.value)) }
        let drip = json["drip_ms"]?.whole
        pace = json["half"] == true ? .half : drip.map { .drip(.milliseconds($0)) } ?? .whole
        probability = json["probability"]?.decimal ?? 1
        remaining = json["count"]?.whole
    }

    func concerns(_ request: Request) -> Bool {
        remaining != 0 && (method == nil || method == request.method) && fits(request)
    }

    /// A route with a parameter, such as `/api/v2/deals/{id}/products`, has to fit as a whole, where `{id}` and `*`
    /// stand for any one word; any other is the beginning of a path.
    private func fits(_ request: Request) -> Bool {
        guard prefix.contains("{") || prefix.contains("*") else { return request.path.hasPrefix(prefix) }
        let pattern = prefix.split(separator: "/")
        let segments = request.path.split(separator: "/")
        return pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { $0 == $1 || $0 == "*" || $0.hasPrefix("{") }
    }

    /// The answer given instead of the true one, nil when the fault leaves it alone.
    var reply: Reply? {
        guard status != nil || isHTML || body != nil else { return nil }
        let status = status ?? 200
        if let body { return Reply(status: status, headers: [("Content-Type", type)], body: Array(body.utf8)) }
        if isHTML {
            let page = "<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Blocked</body></html>"
            return Reply(status: status, headers: [("Content-Type", type)], body: Array(page.utf8))
        }
        switch status {
        case 401: return Refusal.unauthorized.reply
        case 402: return Refusal(status: 402, message: "Payment required: the plan does not include this").reply
        case 403: return Refusal.wrongScope.reply
        case 410: return Refusal(status: 410, message: "This resource is no longer available").reply
        case 429: return Refusal.tooMany.reply
        default: return Refusal(status: status, message: "Something went wrong").reply
        }
    }

    private var dripMilliseconds: Int? {
        if case .drip(let pause) = pace { return Int(pause / .milliseconds(1)) }
        return nil
    }

    /// What the fault does, in a few words.
    var summary: String {
        var parts: [String] = []
        if latency > .zero { parts.append("\(Int(latency / .milliseconds(1))) ms later") }
        if let status { parts.append("status \(status)") }
        if isHTML { parts.append("an HTML page") }
        if let reset { parts.append("reset \(reset.rawValue) the effect") }
        if pace == .half { parts.append("half a body") }
        if let pause = dripMilliseconds { parts.append("a body in drips of \(pause) ms") }
        if moment == .after { parts.append("after the effect") }
        return parts.joined(separator: ", ")
    }

    private var type: String { isHTML ? "text/html; charset=UTF-8" : "application/json" }

    var json: JSON {
        [
            "id": .int(id), "route": .string(prefix), "method": .optional(method), "status": .optional(status),
            "latency_ms": .int(Int(latency / .milliseconds(1))), "effect": .string(moment.rawValue),
            "reset": .optional(reset?.rawValue), "html": .bool(isHTML), "probability": .amount(probability),
            "half": .bool(pace == .half), "drip_ms": .optional(dripMilliseconds),
            "remaining": .optional(remaining),
        ]
    }
}
