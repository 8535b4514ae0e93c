public import Domain
public import FoundationEssentials
public import Logging

/// Starts the nightly runs that are due, and what has to be looked after every quarter of an hour; the drainers do it.
public struct NightlyRuns: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Starts a run for each connection that had none since 04:00 UTC; says how many.
    ///
    /// Harmless when it runs twice: a connection never has two runs at work, and a started one is no longer due.
    public func start(now: Date, logger: Logger) throws -> Int {
        var count = 0
        for company in try storage.transaction(.cron(nil), { try $0.schedule.connected() }) {
            try storage.transaction(.cron(company)) { try Self.lookAfter($0, now: now) }
            let run: SyncRun.ID? = try storage.transaction(.cron(company)) { transaction in
                guard let connection = try transaction.connections.connection(), connection.state == .live else {
                    return nil
                }
                guard try RunGate.isOpen(transaction) else { return nil }
                let last = try transaction.sync.recentRuns().first { $0.startedBy == .schedule }?.startedAt
                guard NightlySchedule.isDue(lastRunAt: last, connectedAt: connection.connectedAt, now: now) else {
                    return nil
                }
                // Webhooks that Pipedrive dropped are made anew; the run that follows catches up.
                try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
                try transaction.queue.add(NewMessage(kind: .subscribe, subject: Subscribing.fieldsSubject))
                return try RunGate.start(.schedule, transaction)
            }
            guard let run else { continue }
            count += 1
            logger.info("Sync run started", metadata: ["run.id": "\(run)", "company.id": "\(company.text)"])
        }
        return count
    }

    /// Seconds after which an unused grant is refreshed: well inside Pipedrive's 60 days.
    static let idleGrantSeconds = 7 * 24 * 3600

    private static func lookAfter(_ transaction: any StorageTransaction, now: Date) throws {
        let quarter = Int(now.timeIntervalSince1970 / 900)
        let asks = try transaction.triggers.triggers().contains(where: \.isOn)
        if try asks || !transaction.drafts.waiting(limit: 1).isEmpty {
            try transaction.queue.add(NewMessage(kind: .sweep, subject: "", idempotencyKey: "\(quarter)", priority: 4))
        }
        for user in try transaction.upkeep.idleGrants(seconds: idleGrantSeconds) {
            try transaction.queue.add(
                NewMessage(kind: .refresh, subject: "\(user)", idempotencyKey: "\(user):\(quarter / 96)", priority: 4))
        }
    }
}
