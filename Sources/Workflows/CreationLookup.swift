import Domain
import FoundationEssentials

/// Looks for records whose creation was sent to Pipedrive without an answer: among the newest of their kind.
struct CreationLookup: Sendable {
    let storage: any Storage
    let crm: any CRMRecords
    let tokens: AccessTokens
    let takeover: RecordTakeover

    /// Pipedrive's clock may differ from ours by so much.
    private static let clockSeconds = 120.0
    /// So long after it was sent, a creation without an answer may still take effect.
    private static let doubtSeconds = 30.0
    /// More than these many new records since are not looked through: a full run will find it.
    private static let pageLimit = 20

    /// Takes over what was added since, so that what we made finds its link; Pipedrive tokens spent.
    func look(_ kind: RecordKind, since: Date, company: Company.ID, run: SyncRun.ID?) async throws -> Int {
        let policy = try storage.transaction(.cron(company)) { try $0.syncPolicy.policy() }
        guard let policy else { throw ConnectionEnded() }
        let order = RemoteWriting.Order(company: company, run: run, policy: policy)
        let from = since.addingTimeInterval(-Self.clockSeconds)
        let crm = self.crm
        var cursor: String?
        var tokenCost = 0
        for _ in 0..<Self.pageLimit {
            let readAt = try storage.transaction(.cron(company)) { try $0.syncPolicy.clock() }
            let listing = RecordListing(kind, cursor: cursor, newestFirst: true)
            let fetched = try await tokens.calling(company, as: order.urgency) {
                try await crm.page(listing, policy: policy, access: $0)
            }
            tokenCost += fetched.tokenCost
            let fresh = fetched.page.added(since: from)
            if fresh.count > 0 {
                let brought = try await takeover.takeOver(
                    FreshRecords(page: fresh, readAt: readAt, run: run), order)
                tokenCost += brought.tally.tokenCost
            }
            guard fresh.count == fetched.page.count, let next = fetched.nextCursor else { break }
            cursor = next
        }
        return tokenCost
    }

    /// Seconds until a creation that was not found may be sent again; nil when it may be now.
    func secondsToWait(_ since: Date, _ company: Company.ID) throws -> Int? {
        let now = try storage.transaction(.cron(company)) { try $0.syncPolicy.clock() }
        let rest = Self.doubtSeconds - now.timeIntervalSince(since)
        return rest > 0 ? Int(rest.rounded(.up)) : nil
    }
}
