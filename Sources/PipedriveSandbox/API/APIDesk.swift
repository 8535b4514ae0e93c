/// Answers calls of the API: finds the route, the user behind the token and the budget, then asks the route.
struct APIDesk {
    let sandbox: Sandbox

    func answer(_ request: Request) -> Outcome {
        let segments = request.segments
        let fitting = APIRoute.all.lazy.compactMap { route in route.match(segments).map { (route, $0) } }
        let found = fitting.first { $0.0.method == request.method }
        var outcome = Outcome(route: found?.0.path)
        let now = sandbox.clock()
        guard let (user, scope) = request.bearerToken.flatMap({ sandbox.store.bearer(of: $0, at: now) }) else {
            outcome.problems = ["no valid bearer token"]
            outcome.reply = Refusal.unauthorized.reply
            return outcome
        }
        guard let (route, parameters) = found else {
            outcome.problems = ["unknown route"]
            let isKnownPath = fitting.first != nil
            outcome.reply =
                Refusal(
                    status: isKnownPath ? 405 : 404, message: isKnownPath ? "Method not allowed" : "Unknown method ."
                ).reply
            return outcome
        }
        sandbox.store.purgeIfDue(at: now)
        let verdict = sandbox.limiter.spend(
            route.cost, token: request.bearerToken ?? "", isSearch: route.isSearch, now: now)
        outcome.cost = verdict.isAllowed ? route.cost : 0
        let call = Call(
            request: request, parameters: parameters, user: user, scope: scope, now: now, sandbox: sandbox,
            complaints: Complaints())
        var reply =
            verdict.isBlocked ? Self.blocked : verdict.isAllowed ? self.reply(route, call) : Refusal.tooMany.reply
        reply.headers += verdict.headers
        outcome.reply = reply
        outcome.problems = call.complaints.all
        return outcome
    }

    /// What stands before the API answers one who goes on calling after many refusals: a page, not JSON.
    private static let blocked = Reply.html(
        "<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>You have been blocked</body></html>",
        status: 403)

    private func reply(_ route: APIRoute, _ call: Call) -> Reply {
        let unknown = call.request.query.map(\.name).filter { !route.query.contains($0) }
        for name in unknown { call.complaints.add("unknown parameter \(name)") }
        do {
            guard try call.store.read({ $0.company.isOpen }) else {
                throw Refusal(status: 402, message: "Payment required: the company's account is not open")
            }
            guard route.isOpen(to: call.scope) else { throw Refusal.wrongScope }
            return try route.answer(call)
        } catch let refusal as Refusal {
            if [400, 403, 415].contains(refusal.status) { call.complaints.add(refusal.message) }
            return refusal.reply
        } catch {
            return Refusal(status: 500, message: "\(error)").reply
        }
    }
}
