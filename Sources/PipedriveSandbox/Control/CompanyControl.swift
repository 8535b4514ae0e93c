/// The control routes of the clock and of what the company's plan allows.
struct CompanyControl {
    let sandbox: Sandbox

    /// `POST /sandbox/clock` with `advance_seconds`: puts the clock of every company forward; `GET` tells the time.
    func clock(_ body: JSONObject) throws -> Reply {
        if let seconds = body["advance_seconds"]?.decimal {
            guard seconds >= 0 else { throw Refusal.bad("Parameter 'advance_seconds' must not be negative") }
            sandbox.shift.advance(seconds: seconds)
        }
        return .success([
            "now": .string(sandbox.clock().rfc3339WithMilliseconds), "ahead_seconds": .amount(sandbox.shift.seconds),
        ])
    }

    /// `POST /sandbox/company`: whether its account is open (402 when not), and caps by the words of the routes.
    func company(_ body: JSONObject) throws -> Reply {
        let capRules = BodyRules(members: State.cappable.mapValues { _ in .nullable(.integer) })
        let rules = BodyRules(members: ["is_open": .bool, "caps": .object(capRules)])
        if let name = try rules.check(body).first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
        return try sandbox.store.change { state in
            if let isOpen = body["is_open"]?.truth { state.company.isOpen = isOpen }
            for cap in body["caps"]?.members?.members ?? [] {
                if let entity = State.cappable[cap.key] { state.caps[entity] = cap.value.whole }
            }
            let caps = State.cappable.sorted { $0.key < $1.key }.map { ($0.key, JSON.optional(state.caps[$0.value])) }
            return .success(["is_open": .bool(state.company.isOpen), "caps": .object(JSONObject(caps))])
        }
    }

    /// `POST /sandbox/share`: an administrator adds the app to a colleague, or takes it away.
    ///
    /// Answers the app's status.
    func share(_ body: JSONObject) async throws -> Reply {
        guard let userID = body["user_id"]?.whole, let isShared = body["is_shared"]?.truth else {
            throw Refusal.bad("A user_id and is_shared are needed")
        }
        let status = await AppNotice(sandbox: sandbox).share(userID: userID, isShared: isShared)
        return .success(["callback_status": .optional(status)])
    }
}
