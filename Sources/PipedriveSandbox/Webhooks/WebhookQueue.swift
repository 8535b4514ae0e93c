/// Sends deliveries in the background: in order of the events, several at a time, again after a failure.
actor WebhookQueue {
    /// How a delivery is retried and a failing subscription is banned; the values are those of the documents.
    struct Policy: Sendable {
        var retryDelays: [Duration] = [.seconds(3), .seconds(30), .seconds(150)]
        var timeLimit: Duration = .seconds(10)
        var failureLimit = 10
        var banSeconds = 30 * 60
    }

    private static let concurrency = 16
    private static let memory = 5000

    private let policy: Policy
    private let client: OutgoingHTTP
    private let clock: @Sendable () -> Timestamp
    private let report: @Sendable (_ webhookID: Int, _ status: Int?, _ at: Timestamp) -> Void
    private var deliveries: [Delivery] = []
    private var waiting: [Delivery] = []
    private var runningCount = 0
    private var lastNumber = 0
    private var failures: [Int: Int] = [:]
    private var bannedUntil: [Int: Timestamp] = [:]

    /// `report` hears of each attempt's status, for the subscription's own record.
    init(
        policy: Policy, client: OutgoingHTTP, clock: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (_ webhookID: Int, _ status: Int?, _ at: Timestamp) -> Void
    ) {
        self.policy = policy
        self.client = client
        self.clock = clock
        self.report = report
    }

    /// The newest deliveries, oldest first.
    var all: [Delivery] { deliveries }

    /// Whether every delivery has had its first attempt.
    var isIdle: Bool { waiting.isEmpty && runningCount == 0 }

    func enqueue(_ new: [Delivery]) {
        for delivery in new {
            var numbered = delivery
            lastNumber += 1
            numbered.number = lastNumber
            if let until = bannedUntil[delivery.webhookID], clock() < until {
                numbered.isLost = true
            } else {
                waiting.append(numbered)
            }
            deliveries.append(numbered)
        }
        if deliveries.count > Self.memory { deliveries.removeFirst(deliveries.count - Self.memory) }
        startWaiting()
    }

    /// Sends a delivery again under the same event id as one more attempt; false when it is not remembered.
    func redeliver(_ number: Int) -> Bool {
        guard let delivery = deliveries.first(where: { $0.number == number }) else { return false }
        let attempt = (delivery.attempts.last?.number ?? 0) + 1
        Task { await self.attempt(delivery, number: attempt) }
        return true
    }

    func forget() { deliveries = [] }

    private func startWaiting() {
        while runningCount < Self.concurrency, !waiting.isEmpty {
            let delivery = waiting.removeFirst()
            runningCount += 1
            Task {
                let isSuccess = await self.attempt(delivery, number: 1)
                self.finishFirst(delivery, isSuccess: isSuccess)
            }
        }
    }

    private func finishFirst(_ delivery: Delivery, isSuccess: Bool) {
        runningCount -= 1
        startWaiting()
        if isSuccess { return }
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
        if let place = deliveries.firstIndex(where: { $0.number == delivery.number }) {
            deliveries[place].attempts.append(attempt)
        }
        report(delivery.webhookID, answer.status, startedAt)
        return attempt.isSuccess
    }
}
