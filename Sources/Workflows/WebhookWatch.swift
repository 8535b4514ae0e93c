public import Domain
public import Logging

/// Looks after the webhooks of all connections every quarter of an hour, and after what was missed while we were away.
/// Each drainer start offers to do it; one gets to.
public struct WebhookWatch: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    private static let chore = "webhook health"
    static let everySeconds = 900
    /// Drainers start every minute: when none came for so long after the time, host, cron or database were down.
    static let downtimeSeconds = 300.0

    /// Queues a look at each connection's webhooks, and begins a catch-up where a delivery was lost, or all of them may
    /// have been.
    public func run(logger: Logger) throws {
        let (overdue, isOurs) = try storage.transaction(.cron(nil)) { transaction in
            (
                try transaction.chores.secondsOverdue(Self.chore),
                try transaction.chores.claim(Self.chore, everySeconds: Self.everySeconds)
            )
        }
        guard isOurs else { return }
        let wasDown = (overdue ?? 0) > Self.downtimeSeconds
        for company in try storage.transaction(.cron(nil), { try $0.schedule.connected() }) {
            let catchesUp = try storage.transaction(.cron(company)) { transaction in
                guard try transaction.connections.connection()?.state == .live else { return false }
                let waiting = try transaction.messageLog.messages([.available, .retryable, .running], limit: 1000)
                if !waiting.contains(where: { $0.kind == .subscribe }) {
                    try transaction.queue.add(
                        NewMessage(kind: .subscribe, subject: Subscribing.healthSubject, priority: 4))
                }
                try transaction.touched.requeue()
                guard try transaction.connectionHealth.takeFailedDelivery() || wasDown else { return false }
                try CatchUp.begin(transaction)
                return true
            }
            guard catchesUp else { continue }
            logger.notice(
                "Deliveries may have been lost; catching up", metadata: ["company.id": "\(company.text)"])
        }
    }
}
