public import Domain
public import FoundationEssentials

/// Finds deals that entered a trigger's stage and that no webhook told of: what was lost while we, or Pipedrive's
/// deliveries, were down.
public struct StageSweep: Sendable {
    private let storage: any Storage
    private let deals: any DealListing
    private let tokens: AccessTokens
    private let clock: @Sendable () -> Date

    /// Wires the use case.
    public init(
        storage: any Storage, deals: any DealListing, tokens: AccessTokens, clock: @escaping @Sendable () -> Date
    ) {
        self.storage = storage
        self.deals = deals
        self.tokens = tokens
        self.clock = clock
    }

    // The window begins so much before the last one ended: two clocks, and a change that was still on its way.
    static let overlapSeconds = 900.0

    /// Asks for the quotes of deals that entered since the triggers were switched on, and of waiting deals that have got
    /// a contact: one list of deals, and one more while deals wait.
    public func sweep(company: Company.ID) async throws -> DeliveryResult {
        let begun = clock()
        let (triggers, last, waiting) = try storage.transaction(.cron(company)) { transaction in
            (
                try transaction.triggers.triggers().filter(\.isOn), try transaction.upkeep.sweptThrough(),
                try transaction.drafts.waiting(limit: 100)
            )
        }
        let woken = try await wake(waiting, company)
        guard let since = triggers.compactMap(\.firstSince).min() else {
            return .completed(note: "No trigger is switched on, \(woken) tried again")
        }
        let from = max(since, (last ?? since).addingTimeInterval(-Self.overlapSeconds))
        let pipelines = Set(triggers.map(\.pipelineID))
        let only = pipelines.count == 1 ? pipelines.first : nil
        let listing = deals
        let found = try await tokens.calling(company) {
            try await listing.deals(in: only, updatedSince: from, access: $0)
        }
        let entered = found.compactMap { deal in Self.entry(of: deal, triggers) }
        let asked = try storage.transaction(.cron(company)) { transaction in
            var asked = 0
            for entry in entered where try transaction.drafts.draft(of: entry.dealID)?.isSettled != true {
                let outcome = try transaction.drafts.enter(entry, flood: FloodRule())
                if outcome == .requested || outcome == .held { asked += 1 }
            }
            try transaction.upkeep.save(sweptThrough: begun)
            return asked
        }
        return .completed(note: "\(entered.count) deals in the stages, \(asked) asked for, \(woken) tried again")
    }

    /// Pipedrive tells whole seconds: a deal that entered within the trigger's first second counts.
    private static func entry(of deal: StagedDeal, _ triggers: [QuoteTrigger]) -> DealEntry? {
        guard deal.status == .open || deal.status == .won, let entered = deal.enteredAt,
            let trigger = triggers.first(where: {
                $0.asks(pipelineID: nil, stageID: deal.stageID, at: entered.addingTimeInterval(0.999))
            })
        else { return nil }
        return DealEntry(dealID: deal.id, triggerID: trigger.id)
    }

    /// Tries those again whose customer changed in Pipedrive, or is linked to a contact by now.
    private func wake(_ waiting: [WaitingDeal], _ company: Company.ID) async throws -> Int {
        guard !waiting.isEmpty else { return 0 }
        let (listing, ids) = (deals, waiting.map(\.dealID))
        let now = try await tokens.calling(company) { try await listing.deals(ids, access: $0) }
        let current = Dictionary(now.map { ($0.id, $0) }) { first, _ in first }
        return try storage.transaction(.cron(company)) { transaction in
            try waiting.filter { deal in
                let isChanged = current[deal.dealID].map {
                    $0.personID != deal.personID || $0.organizationID != deal.organizationID
                }
                guard deal.isLinked || isChanged == true else { return false }
                return try transaction.drafts.wake(deal.dealID)
            }.count
        }
    }
}

extension QuoteDraft {
    /// Whether the sweep leaves it alone: it sees the same entry again and again.
    fileprivate var isSettled: Bool { state != .failed || reason == Self.declined }
    /// A person said no to a flood.
    static let declined = "A person chose not to draft these quotes."
}
