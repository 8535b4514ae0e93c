/// Sends deliveries in the background: in order of the events, several at a time, again after a failure.
actor WebhookQueue {
    /// How a delivery is retried and a failing subscription is banned; the values are those of the documents.
    struct Policy: Sendable {
        var retryDelays: [Duration] = [.seconds(3), .seconds(30), .seconds(150)]
        var timeLimit: Duration = .seconds(10)
        var failureLimit = 10
        var banSeconds = 30 * 60
        /// A subscription that only failed for so long is removed.
        var removalSeconds = 3 * 86400
    }

    private static let concurrency = 16
    private static let memory = 5000

    private(set) var policy: Policy
    private let client: OutgoingHTTP
    private let clock: @Sendable () -> Timestamp
    private let report: @Sendable (_ webhookID: Int, _ status: Int?, _ at: Timestamp) -> Void
    private let remove: @Sendable (_ webhookID: Int) -> Void
    /// In ascending order of their numbers, without a gap.
    private var deliveries: [Delivery] = []
    private var waiting: [(delivery: Delivery, delay: Duration)] = []
    private var runningCount = 0
    private var lastNumber = 0
    private(set) var disturbance = Disturbance()
    private var collected: [Delivery] = []
    private var failures: [Int: Int] = [:]
    private var bannedUntil: [Int: Timestamp] = [:]
    private var failingSince: [Int: Timestamp] = [:]

    /// `report` hears of each attempt's status, for the subscription's own record; `remove` ends a subscription.
    init(
        policy: Policy, client: OutgoingHTTP, clock: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (_ webhookID: Int, _ status: Int?, _ at: Timestamp) -> Void,
        remove: @escaping @Sendable (_ webhookID: Int) -> Void
    ) {
        self.policy = policy
        self.client = client
        self.clock = clock
        self.report = report
        self.remove = remove
    }

    /// The newest deliveries, oldest first.
    var all: [Delivery] { deliveries }

    /// Whether every delivery has had its first attempt.
    var isIdle: Bool { waiting.isEmpty && collected.isEmpty && runningCount == 0 }

    func enqueue(_ new: [Delivery]) {
        for delivery in new {
            var numbered = delivery
            lastNumber += 1
            numbered.number = lastNumber
            numbered.isLost = !take(numbered)
            deliveries.append(numbered)
            if collected.count >= disturbance.reorder { release() }
        }
        // Twice what is kept, so that the list is moved together now and then only.
        if deliveries.count > Self.memory * 2 { deliveries.removeFirst(deliveries.count - Self.memory) }
        startWaiting()
    }

    /// Puts a delivery on its way; false when it is lost.
    private func take(_ delivery: Delivery) -> Bool {
        if let until = bannedUntil[delivery.webhookID], clock() < until { return false }
        guard !disturbance.isCalm, disturbance.concerns(delivery) else {
            waiting.append((delivery, .zero))
            return true
        }
        if disturbance.drop > 0 {
            disturbance.drop -= 1
            return false
        }
        collected.append(delivery)
        return true
    }

    /// Disturbs deliveries from now on; what was collected under the setting before is let go.
    func disturb(_ disturbance: Disturbance) {
        flush()
        self.disturbance = disturbance
    }

    /// Sends what still waits to be reordered.
    func flush() {
        release()
        startWaiting()
    }

    /// Changes how deliveries are retried and failing subscriptions banned, from the next attempt on.
    func setPolicy(_ change: @Sendable (inout Policy) -> Void) -> Policy {
        change(&policy)
        return policy
    }

    /// Loses every event of a subscription for half an hour.
    func ban(_ webhookID: Int) { bannedUntil[webhookID] = clock().adding(seconds: policy.banSeconds) }

    func unban(_ webhookID: Int) { bannedUntil[webhookID] = nil }

    private func release() {
        let order = disturbance.reorder > 1 ? collected.reversed() : collected
        waiting += order.flatMap { Array(repeating: ($0, disturbance.delay), count: disturbance.copies) }
        collected = []
    }

    /// Sends a delivery again under the same event id as one more attempt; false when it is not remembered.
    func redeliver(_ number: Int) -> Bool {
        guard let delivery = place(of: number).map({ deliveries[$0] }) else { return false }
        let attempt = (delivery.attempts.map(\.number).max() ?? 0) + 1
        Task { await self.attempt(delivery, number: attempt) }
        return true
    }

    func forget() { deliveries = [] }

    private func place(of number: Int) -> Int? {
        let place = number - (deliveries.first?.number ?? 0)
        return deliveries.indices.contains(place) ? place : nil
    }

    private func startWaiting() {
        // One at a time when reordered: else the network could restore the order.
        let concurrency = disturbance.reorder > 1 ? 1 : Self.concurrency
        while runningCount < concurrency, !waiting.isEmpty {
            let (delivery, delay) = waiting.removeFirst()
            runningCount += 1
            Task {
                if delay > .zero { do { try await Task.sleep(for: delay) } catch { return } }
                let isSuccess = await self.attempt(delivery, number: 1)
                self.finishFirst(delivery, isSuccess: isSuccess)
            }
        }
    }

    private func finishFirst(_ delivery: Delivery, isSuccess: Bool) {
        runningCount -= 1
        startWaiting()
        if isSuccess { return }
        let since = failingSince[delivery.webhookID] ?? clock()
        failingSince[delivery.webhookID] = since
        if clock() >= since.adding(seconds: policy.removalSeconds) {
            failingSince[delivery.webhookID] = nil
            remove(delivery.webhookID)
        }
        count(failureOf: delivery.webhookID)
        Task {
            for (place, delay) in policy.retryDelays.enumerated() {
                do { try await Task.sleep(for: delay) } catch { return }
                if await self.attempt(delivery, number: place + 2) { return }
            }
        }
    }

    /// Only first attempts count towards a ban.
    private func count(failureOf webhookID: Int) {
        failures[webhookID, default: 0] += 1
        if failures[webhookID, default: 0] >= policy.failureLimit {
            failures[webhookID] = 0
            bannedUntil[webhookID] = clock().adding(seconds: policy.banSeconds)
        }
    }

    @discardableResult
    private func attempt(_ delivery: Delivery, number: Int) async -> Bool {
        let startedAt = clock()
        let began = ContinuousClock.now
        var headers = [("Content-Type", "application/json"), ("User-Agent", "Pipedrive Webhooks")]
        if let credentials = delivery.credentials {
            headers.append(("Authorization", OutgoingHTTP.basic(credentials.user, credentials.password)))
        }
        let answer = await client.send(
            "POST", delivery.url, headers: headers, body: delivery.body(attempt: number), timeLimit: policy.timeLimit)
        let elapsed = ContinuousClock.now - began
        let attempt = Delivery.Attempt(
            number: number, startedAt: startedAt, status: answer.status, problem: answer.problem,
            milliseconds: Int(elapsed / .milliseconds(1)))
        if let place = place(of: delivery.number) { deliveries[place].attempts.append(attempt) }
        if attempt.isSuccess { failingSince[delivery.webhookID] = nil }
        report(delivery.webhookID, answer.status, startedAt)
        return attempt.isSuccess
    }
}
