public import Domain
public import FoundationEssentials
public import Logging

/// Starts the nightly runs that are due; the drainers do their steps.
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
            let run: SyncRun.ID? = try storage.transaction(.cron(company)) { transaction in
                guard let connection = try transaction.connections.connection(), connection.state == .live else {
                    return nil
                }
                let last = try transaction.sync.recentRuns().first { $0.startedBy == .schedule }?.startedAt
                guard NightlySchedule.isDue(lastRunAt: last, connectedAt: connection.connectedAt, now: now) else {
                    return nil
                }
                return try transaction.sync.start(
                    .schedule, checkpoint: SyncSteps.first(try transaction.settings.settings()))
            }
            guard let run else { continue }
            count += 1
            logger.info("Sync run started", metadata: ["run.id": "\(run)", "company.id": "\(company.text)"])
        }
        return count
    }
}
