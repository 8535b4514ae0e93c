public import Domain
public import Logging

/// What comes with time: overdue invoices, expired quotes, tokens kept for revoking. Each drainer start offers to do it; one gets to.
public struct Housekeeping: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Marks what has lapsed, company by company, each with its events in one transaction.
    public func run(logger: Logger) throws {
        try forget(logger: logger)
        let isOurs = try storage.transaction(.cron(nil)) { try $0.chores.claim("lapsed documents", everySeconds: 60) }
        guard isOurs else { return }
        _ = try storage.transaction(.cron(nil)) { try $0.revocations.destroyExpired() }
        _ = try storage.transaction(.cron(nil)) { try $0.keptAnswers.forget(now: nil) }
        _ = try storage.transaction(.cron(nil)) { try $0.listCounts.fold() }
        _ = try storage.transaction(.cron(nil)) { try $0.figures.foldPast() }
        _ = try storage.transaction(.cron(nil)) { try $0.snapshots.forget(now: nil) }
        for lapsed in try markLapsed() {
            logger.info(
                "Lapsed documents marked",
                metadata: [
                    "company.id": "\(lapsed.company.text)", "overdue": "\(lapsed.overdue)",
                    "expired": "\(lapsed.expired)",
                ])
        }
    }

    /// Marks overdue invoices and expired quotes, with their events; says how many of each company.
    func markLapsed() throws -> [(company: Company.ID, overdue: Int, expired: Int)] {
        try storage.transaction(.cron(nil)) { try $0.schedule.withLapsedDocuments(now: nil) }.map { company in
            try storage.transaction(.cron(company)) { transaction in
                let overdue = try transaction.invoices.markOverdue(now: nil)
                for id in overdue { try transaction.events.append(.invoiceOverdue, subject: id.rawValue) }
                return (company, overdue.count, try transaction.quotes.expire(now: nil))
            }
        }
    }

    /// Sessions, links, states and parked installs that nobody can use any more.
    private func forget(logger: Logger) throws {
        let isOurs = try storage.transaction(.cron(nil)) { try $0.chores.claim("expired logins", everySeconds: 600) }
        guard isOurs else { return }
        let count = try storage.transaction(.cron(nil)) {
            try $0.accountLinks.forgetExpired(idleSeconds: Accounts.idleSeconds)
        }
        if count > 0 { logger.info("Expired logins forgotten", metadata: ["count": "\(count)"]) }
    }
}
