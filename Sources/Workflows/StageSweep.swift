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

    /// Looks through the trigger's stages; asks for the quotes of deals that entered since the trigger was switched on.
    public func sweep(company: Company.ID) async throws -> DeliveryResult {
        let begun = clock()
        let (trigger, last) = try storage.transaction(.cron(company)) {
            (try $0.settings.settings().trigger, try $0.upkeep.sweptThrough())
        }
        guard let trigger, let since = trigger.since else { return .completed(note: "No trigger is switched on") }
        let from = max(since, (last ?? since).addingTimeInterval(-Self.overlapSeconds))
        let listing = deals
        var found: [StagedDeal] = []
        for stage in trigger.stageIDs.sorted(by: { $0.rawValue < $1.rawValue }) {
            found += try await tokens.calling(company) {
                try await listing.deals(in: stage, updatedSince: from, access: $0)
            }
        }
        let entered = found.filter { deal in
            (deal.status == .open || deal.status == .won) && (deal.enteredAt.map { $0 >= since } ?? false)
        }
        let asked = try storage.transaction(.cron(company)) { transaction in
            let asked = try entered.filter { try transaction.drafts.request($0.id) }.count
            try transaction.upkeep.save(sweptThrough: begun)
            return asked
        }
        return .completed(note: "\(entered.count) deals in the stages, \(asked) asked for")
    }
}
