/// The forms by which people set faults, budgets, tokens and the model's mode.
struct SettingForms {
    let sandbox: Sandbox

    /// Does what a form asks and returns to the page with the form.
    func post(_ request: Request, _ words: [String]) async throws -> Reply {
        switch words.joined(separator: "/") {
        case "model":
            try ModelControl(behaviour: sandbox.model).set(
                members(request, texts: ["mode"], wholes: ["count"], decimals: ["seconds"]))
            return .redirect("/model")
        case "faults":
            _ = try sandbox.faults.add(fault(request))
        case "faults/clear": sandbox.faults.clear()
        case "faults/lift":
            guard request.formValue("id").flatMap({ Int($0) }).map({ sandbox.faults.remove($0) }) == true else {
                throw Refusal.notFound("No such fault")
            }
        case "limits":
            let plan = try RateLimiter.Plan(named: request.formValue("plan") ?? "")
            let seats = sandbox.store.userCount
            sandbox.limiter.set({ $0.follow(plan, seats: seats) }, spent: nil, now: sandbox.clock())
        case "tokens/expire": try sandbox.store.change { $0.expireAccess(userID: nil) }
        case "tokens/rotate": try sandbox.store.change { $0.isRotating.toggle() }
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
        return .redirect("/traffic")
    }

    private func fault(_ request: Request) -> JSONObject {
        var body = members(
            request, texts: ["route", "method", "effect"], wholes: ["status", "latency_ms", "count", "drip_ms"],
            decimals: ["probability"])
        switch request.formValue("shape") {
        case "html": body["html"] = true
        case "half": body["half"] = true
        case "reset": body["reset"] = body["effect"] ?? "before"
        default: break
        }
        return body
    }

    /// The fields of the form that are filled in, by their types.
    private func members(_ request: Request, texts: [String], wholes: [String], decimals: [String]) -> JSONObject {
        var body = JSONObject()
        for name in texts + wholes + decimals {
            guard let text = request.formValue(name)?.trimmingSpaces(), !text.isEmpty else { continue }
            if texts.contains(name) { body[name] = .string(text) }
            if wholes.contains(name) { body[name] = Int(text).map { .int($0) } ?? .string(text) }
            if decimals.contains(name) { body[name] = Double(text).map { .amount($0) } ?? .string(text) }
        }
        return body
    }
}
