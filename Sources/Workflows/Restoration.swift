public import Domain
public import FoundationEssentials

/// Goes through a database that was restored from a backup, before the drainers work on it: whatever was on its way
/// when the backup was made may have been sent since.
public struct Restoration: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// What was done.
    public struct Outcome: Sendable {
        /// The last sign of work in the backup; nil when nothing was ever sent.
        public var workedUntil: Date?
        /// Whether it had been gone through before, with no work since: nothing was done.
        public var isRepeat = false
        /// Notes that are looked for before they are posted.
        public var noteCount = 0
        /// Mails that count as unclear.
        public var mailCount = 0
        /// Runs that were ended: what they had read is old.
        public var runCount = 0
        /// Records that are looked for in Pipedrive before they are made there.
        public var creationCount = 0
        /// Connections that catch up.
        public var connectionCount = 0
        /// Grants whose credentials are tried.
        public var grantCount = 0
    }

    private static let reason = "The database was restored from a backup"

    /// Goes through it. Each company is one transaction; killed in between, it is run again. Throws `conflict` while
    /// drainers are at work.
    public func run() throws -> Outcome {
        var outcome = Outcome()
        let (drainers, goneThroughAt) = try storage.transaction(.cron(nil)) { transaction in
            outcome.workedUntil = try transaction.restoration.lastWork()
            return (try transaction.restoration.drainerCount(), try transaction.restoration.goneThroughAt())
        }
        guard drainers == 0 else {
            throw Refusal(
                .conflict,
                "Queue drainers are at work: \(drainers). Stop cron, wait until they have ended, then try again.")
        }
        guard let workedUntil = outcome.workedUntil else { return outcome }
        if let goneThroughAt, goneThroughAt >= workedUntil {
            outcome.isRepeat = true
            return outcome
        }
        // What fell due since the backup was told once already; its events have the same numbers again.
        _ = try Housekeeping(storage: storage).markLapsed()
        try routeEvents()
        outcome.noteCount = try storage.transaction(.cron(nil)) { try $0.restoration.doubtNotes() }
        for company in try storage.transaction(.cron(nil), { try $0.restoration.companies() }) {
            outcome.add(try storage.transaction(.cron(company)) { try Self.goThrough($0, since: workedUntil) })
        }
        try storage.transaction(.cron(nil)) { try $0.restoration.noteGoneThrough() }
        return outcome
    }

    /// Notes of events that were not routed yet may have been posted, too.
    private func routeEvents() throws {
        let routing = EventRouting(storage: storage)
        while case let companies = try storage.transaction(.cron(nil), { try $0.drain.companiesWithEvents(limit: 100) }),
            !companies.isEmpty
        {
            for company in companies { while try routing.route(company) > 0 {} }
        }
    }

    private static func goThrough(_ transaction: any StorageTransaction, since: Date) throws -> Outcome {
        var outcome = Outcome()
        outcome.mailCount = try transaction.restoration.doubtMails(reason: "\(reason): it may have been sent.")
        guard let connection = try transaction.connections.connection(), connection.state == .live else {
            return outcome
        }
        outcome.connectionCount = 1
        for run in try transaction.restoration.runsAtWork() {
            try transaction.sync.finish(run, .failed, outcome: "\(reason): what had been read is old.")
            outcome.runCount += 1
        }
        try transaction.sync.forgetLists()
        for kind in RecordKind.allCases {
            outcome.creationCount += try transaction.restoration.doubtCreations(kind, since: since)
        }
        // A refresh token that is worth nothing any more is noticed now, and a person told to reconnect.
        for grant in try transaction.connections.grants() where grant.state == .live {
            try transaction.queue.add(NewMessage(kind: .refresh, subject: "\(grant.userID)"))
            outcome.grantCount += 1
        }
        try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
        try CatchUp.begin(transaction)
        try transaction.connections.audit("restored from a backup", detail: "everything is looked for again")
        return outcome
    }
}

extension Restoration.Outcome {
    fileprivate mutating func add(_ company: Self) {
        mailCount += company.mailCount
        runCount += company.runCount
        creationCount += company.creationCount
        connectionCount += company.connectionCount
        grantCount += company.grantCount
    }
}
