/// The control routes under /sandbox/, by which tests look on and interfere.
///
/// They know no authorisation.
struct ControlDesk {
    let sandbox: Sandbox

    func answer(_ request: Request) async throws -> Reply {
        let words = Array(request.segments.dropFirst())
        switch (request.method, words.first, words.count) {
        case ("GET", "requests", 1): return requests(request)
        case ("DELETE", "requests", 1):
            sandbox.traffic.clear()
            return .json(["success": true])
        case ("GET", "webhooks", 1): return await webhooks(request)
        case ("DELETE", "webhooks", 1):
            await sandbox.queue.forget()
            return .json(["success": true])
        case ("POST", "webhooks", 3) where words[1] == "redeliver": return try await redeliver(words[2])
        case ("GET", "faults", 1): return .success(.array(sandbox.faults.all.map(\.json)))
        case ("POST", "faults", 1): return .success(try sandbox.faults.add(try body(request)).json, status: 201)
        case ("DELETE", "faults", 2):
            guard Int(words[1]).map({ sandbox.faults.remove($0) }) == true else {
                throw Refusal.notFound("No such fault")
            }
            return .json(["success": true])
        case ("DELETE", "faults", 1):
            sandbox.faults.clear()
            return .json(["success": true])
        case ("POST", "deals", 2) where words[1] == "move":
            return try EditControl(sandbox: sandbox).moveMany(body(request))
        case ("POST", "deals", 3) where words[2] == "move": return try move(request, dealID: words[1])
        case ("POST", "uninstall", 1): return try await uninstall(request)
        case ("POST", "expire-tokens", 1): return try expireTokens(request)
        case ("GET", "token-report", 1): return tokenReport()
        case ("POST", "limits", 1): return try setLimits(request)
        case (_, "model", _):
            return try ModelControl(behaviour: sandbox.model).answer(request.method, words, body(request))
        case ("POST", "oauth", _): return try OAuthControl(sandbox: sandbox).answer(words, body(request))
        case ("POST", "webhooks", 2): return try await WebhookControl(sandbox: sandbox).answer(words[1], body(request))
        case ("GET", "clock", 1), ("POST", "clock", 1):
            return try CompanyControl(sandbox: sandbox).clock(body(request))
        case ("POST", "company", 1): return try CompanyControl(sandbox: sandbox).company(body(request))
        case ("POST", "share", 1): return try await CompanyControl(sandbox: sandbox).share(body(request))
        default: return try EditControl(sandbox: sandbox).answer(request, words, body(request))
        }
    }

    private func body(_ request: Request) throws -> JSONObject {
        if request.body.isEmpty { return [:] }
        let value: JSON
        do { value = try JSONParser.parse(request.body) } catch { throw Refusal.bad("The body is not JSON") }
        guard let object = value.members else { throw Refusal.bad("The body is not an object") }
        return object
    }

    private func requests(_ request: Request) -> Reply {
        let after = request.value("after").flatMap { Int($0) } ?? 0
        let prefix = request.value("path") ?? ""
        let entries = sandbox.traffic.entries.filter { $0.number > after && $0.path.hasPrefix(prefix) }
        return .success(.array(entries.map(Self.json)))
    }

    private static func json(_ entry: Traffic.Entry) -> JSON {
        [
            "number": .int(entry.number), "at": .string(entry.at.rfc3339WithMilliseconds),
            "method": .string(entry.method), "path": .string(entry.path), "route": .optional(entry.route),
            "status": .int(entry.status), "cost": .int(entry.cost), "valid": .bool(entry.isValid),
            "problems": .array(entry.problems.map { .string($0) }), "milliseconds": .int(entry.milliseconds),
            "fault": .optional(entry.faultID),
        ]
    }

    private func webhooks(_ request: Request) async -> Reply {
        let after = request.value("after").flatMap { Int($0) } ?? 0
        let deliveries = await sandbox.queue.all.filter { $0.number > after }
        let isIdle = await sandbox.queue.isIdle
        return .success(.array(deliveries.map(\.json)), beside: ["idle": .bool(isIdle)])
    }

    private func redeliver(_ word: String) async throws -> Reply {
        guard let number = Int(word), await sandbox.queue.redeliver(number) else {
            throw Refusal.notFound("No such delivery")
        }
        return .json(["success": true], status: 202)
    }

    private func move(_ request: Request, dealID word: String) throws -> Reply {
        let stage = try body(request)["stage_id"] ?? .null
        guard let id = Int(word), stage.whole != nil else { throw Refusal.bad("A deal id and a stage_id are needed") }
        let author = try sandbox.appAuthor(userID: nil)
        return .success(try sandbox.store.change { try $0.changeDeal(id, ["stage_id": stage], by: author) })
    }

    private func uninstall(_ request: Request) async throws -> Reply {
        guard let userID = try body(request)["user_id"]?.whole else { throw Refusal.bad("A user_id is needed") }
        let status = try await AppNotice(sandbox: sandbox).uninstall(userID: userID)
        return .success(["callback_status": .optional(status)])
    }

    private func expireTokens(_ request: Request) throws -> Reply {
        let userID = try body(request)["user_id"]?.whole
        try sandbox.store.change { $0.expireAccess(userID: userID) }
        return .json(["success": true])
    }

    private func tokenReport() -> Reply {
        let (spent, limits) = sandbox.limiter.report
        let totals = sandbox.traffic.totals
        let routes = totals.map { total in
            JSON.object([
                "route": .string(total.route), "count": .int(total.count), "tokens": .int(total.tokens),
            ])
        }
        return .success([
            "tokens": .int(totals.reduce(0) { $0 + $1.tokens }), "requests": .int(totals.reduce(0) { $0 + $1.count }),
            "spent_today": .int(spent), "daily_limit": .int(limits.dailyTokens), "burst_limit": .int(limits.burst),
            "routes": .array(routes),
        ])
    }

    private func setLimits(_ request: Request) throws -> Reply {
        let body = try body(request)
        let plan = try body["plan"].map { try RateLimiter.Plan(named: $0.text ?? "") }
        let seats = body["seats"]?.whole ?? sandbox.store.userCount
        sandbox.limiter.set(
            { limits in
                if let plan { limits.follow(plan, seats: seats) }
                if let burst = body["burst"]?.whole { limits.burst = burst }
                if let burst = body["search_burst"]?.whole { limits.searchBurst = burst }
                if let tokens = body["daily_tokens"]?.whole { limits.dailyTokens = tokens }
                if let count = body["hammering"]?.whole { limits.hammering = count }
            }, spent: body["spent_today"]?.whole, now: sandbox.clock())
        return tokenReport()
    }
}
