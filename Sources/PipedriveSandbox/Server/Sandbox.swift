import Synchronization

/// The pretended Pipedrive: takes requests, answers them, and tells webhooks what changed.
final class Sandbox: Sendable {
    let options: SandboxOptions
    let store: Store
    let queue: WebhookQueue
    let faults: FaultList
    let limiter: RateLimiter
    let traffic: Traffic
    let model: ModelBehaviour
    /// Every company of this program, itself included.
    let companies: Companies
    let companyID: Int
    let companyName: String
    let client = OutgoingHTTP()
    /// The time as the sandbox has it, which tests can put forward.
    let clock: @Sendable () -> Timestamp
    let shift: ClockShift
    private let address = Mutex("http://127.0.0.1")

    /// Another company of the same program shares the faults, the traffic list and the model of the first.
    init(
        _ options: SandboxOptions, state: State, beside first: Sandbox? = nil,
        clock realClock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        traffic = first?.traffic ?? Traffic()
        model = first?.model ?? ModelBehaviour()
        companies = first?.companies ?? Companies()
        companyID = state.company.id
        companyName = state.company.name
        self.options = options
        let shift = first?.shift ?? ClockShift()
        self.shift = shift
        let clock: @Sendable () -> Timestamp = { shift.apply(to: realClock()) }
        self.clock = clock
        let (stream, continuation) = AsyncStream.makeStream(of: [Delivery].self)
        let store = Store(state) { continuation.yield($0) }
        let queue = WebhookQueue(
            policy: options.webhookPolicy, client: client, clock: clock,
            report: { id, status, time in store.noteDelivery(webhookID: id, status: status, at: time) },
            remove: { store.removeWebhook($0) })
        self.store = store
        self.queue = queue
        faults = first?.faults ?? FaultList(seed: options.seed)
        limiter = RateLimiter(options.limits)
        Task { for await deliveries in stream { await queue.enqueue(deliveries) } }
        companies.add(self)
    }

    /// The sandbox's own address, as in `http://127.0.0.1:8123`; it is also the API domain of every grant.
    var origin: String {
        get { address.withLock { $0 } }
        set { address.withLock { $0 = newValue } }
    }

    /// The answer, or nil when a fault wants the connection broken off.
    func answer(_ request: Request) async -> Reply? {
        let began = ContinuousClock.now
        let at = clock()
        let isDisturbable = ["/api/", "/oauth/", "/v1/"].contains(where: request.path.hasPrefix)
        let fault = isDisturbable ? faults.draw(for: request) : nil
        let outcome = await disturbed(request, by: fault)
        if isDisturbable {
            traffic.add(
                Traffic.Entry(
                    at: at, method: request.method, path: Self.shownTarget(request), route: outcome.route,
                    status: outcome.reply?.status ?? 0, cost: outcome.cost, problems: outcome.problems,
                    milliseconds: Int((ContinuousClock.now - began) / .milliseconds(1)), faultID: fault?.id))
        }
        return outcome.reply
    }

    /// The path and query as the traffic list shows them, without what must stay secret.
    private static func shownTarget(_ request: Request) -> String {
        if request.query.isEmpty { return request.path }
        let secrets = ["code", "token", "client_secret", "api_token"]
        let pairs = request.query.map { "\($0.name)=\(secrets.contains($0.name) ? "…" : $0.value)" }
        return request.path + "?" + pairs.joined(separator: "&")
    }

    private func disturbed(_ request: Request, by fault: Fault?) async -> Outcome {
        guard let fault else { return await undisturbed(request) }
        if fault.moment == .before { await faults.holdBack(by: fault) }
        if fault.reset == .before { return Outcome(reply: nil) }
        if fault.moment == .before, fault.reset == nil, var reply = fault.reply {
            reply.pace = fault.pace
            reply.headers += fault.headers
            return Outcome(reply: reply)
        }
        var outcome = await undisturbed(request)
        if fault.moment == .after { await faults.holdBack(by: fault) }
        if fault.reset == .after {
            outcome.reply = nil
        } else if let reply = fault.reply {
            outcome.reply = reply
        }
        outcome.reply?.pace = fault.pace
        outcome.reply?.headers += fault.headers
        return outcome
    }

    private func undisturbed(_ request: Request) async -> Outcome {
        guard let company = companies.company(for: request), company !== self else { return await own(request) }
        company.origin = origin
        return await company.own(request)
    }

    private func own(_ request: Request) async -> Outcome {
        if request.path.hasPrefix("/api/") { return APIDesk(sandbox: self).answer(request) }
        if request.path.hasPrefix("/oauth/") { return OAuthDesk(sandbox: self).answer(request) }
        if request.path.hasPrefix("/v1/") { return await ModelDesk(sandbox: self).answer(request) }
        do {
            let isControl = request.path.hasPrefix("/sandbox/")
            return Outcome(
                reply: isControl
                    ? try await ControlDesk(sandbox: self).answer(request)
                    : try await PageDesk(sandbox: self).answer(request))
        } catch let refusal as Refusal {
            return Outcome(reply: refusal.reply)
        } catch {
            return Outcome(reply: Refusal(status: 500, message: "\(error)").reply)
        }
    }
}
