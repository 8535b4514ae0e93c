public import Domain
public import Logging

/// One step of a sync run: a page, or the plan. Each is a message of seconds, and goes on where the last one ended.
public struct SyncSteps: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let tokens: AccessTokens

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRM, tokens: AccessTokens) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
    }

    /// Where a run begins: organizations first, because persons point at them.
    static func first(_ settings: IntegrationSettings) -> SyncCheckpoint {
        next(after: nil, settings)
    }

    static func next(after kind: RecordKind?, _ settings: IntegrationSettings) -> SyncCheckpoint {
        let order: [RecordKind] = [.organization, .person, .product]
        let rest = kind.flatMap { order.firstIndex(of: $0) }.map { order[($0 + 1)...] } ?? order[...]
        return SyncCheckpoint(kind: rest.first { settings.directions[$0]?.pulls ?? true }, cursor: nil)
    }

    /// Does one step; says whether the next one is due.
    public func advance(_ id: SyncRun.ID, company: Company.ID, logger: Logger) async throws -> DeliveryResult {
        let (checkpoint, settings) = try storage.transaction(.cron(company)) {
            (try $0.sync.checkpoint(id), try $0.settings.settings())
        }
        guard let checkpoint else { return .cancelled(reason: "The run has ended") }
        if let kind = checkpoint.kind {
            return try await read(kind, checkpoint.cursor, run: id, company: company, settings: settings)
        }
        try storage.transaction(.cron(company)) { transaction in
            for kind in [RecordKind.organization, .person, .product] where settings.directions[kind]?.pulls ?? true {
                let counts = try transaction.sync.apply(kind, run: id)
                logger.info(
                    "Records taken over",
                    metadata: [
                        "run.id": "\(id)", "kind": "\(kind.rawValue)", "read": "\(counts.read)",
                        "created": "\(counts.created)", "linked": "\(counts.linked)", "updated": "\(counts.updated)",
                    ])
            }
            try transaction.sync.finish(id, .completed, outcome: nil)
        }
        logger.info("Sync run finished", metadata: ["run.id": "\(id)"])
        return .completed(note: nil)
    }

    private func read(
        _ kind: RecordKind, _ cursor: String?, run: SyncRun.ID, company: Company.ID, settings: IntegrationSettings
    ) async throws -> DeliveryResult {
        let crm = self.crm
        let fetched = try await tokens.calling(company) { try await crm.page(kind, cursor: cursor, access: $0) }
        let next =
            fetched.nextCursor.map { SyncCheckpoint(kind: kind, cursor: $0) } ?? Self.next(after: kind, settings)
        try storage.transaction(.cron(company)) {
            try $0.sync.stage(fetched.page, run: run, next: next, tokenCost: fetched.tokenCost)
        }
        return .again
    }

    /// A run whose step was discarded: says why in the log of runs.
    public func fail(_ id: SyncRun.ID, company: Company.ID, reason: String) throws {
        try storage.transaction(.cron(company)) { try $0.sync.finish(id, .failed, outcome: reason) }
    }
}
