import Domain

/// What drafting a quote and trying it out have in common: the deal is read, a task made of it, a drafter asked, and the
/// proposal priced. Writes nothing but what the drafting costs.
struct DraftDesk: Sendable {
    let storage: any Storage
    let crm: any CRM
    let tokens: AccessTokens
    let drafter: any QuoteDrafter
    /// What a company may spend on one day.
    let dailyTokens: Int

    /// The deal with all that a quote is made from; nil when it is not there, or not visible.
    func context(of deal: Deal.ID, _ company: Company.ID) async throws -> DealContext? {
        let crm = self.crm
        return try await tokens.calling(company) { try await crm.dealContext(deal, access: $0) }
    }

    /// Why a deal gets no quote; nil when it gets one.
    static func refusal(_ context: DealContext?) -> String? {
        guard let deal = context?.deal else { return "The deal is not there, or not visible." }
        if deal.isDeleted || deal.status == .deleted { return "The deal was deleted." }
        if deal.isArchived { return "The deal was archived." }
        if deal.status == .lost { return "The deal was lost." }
        return nil
    }

    /// How much of the catalog a drafter is offered.
    static let offeredProducts = 60

    /// What the drafter is given, and the trigger that it is drafted by.
    ///
    /// A deal that entered no stage is drafted by the trigger of the stage it is in, or of its pipeline.
    static func task(
        _ context: DealContext, _ customer: Contact?, _ transaction: any StorageTransaction
    ) throws -> (DraftingTask, QuoteTrigger?) {
        let company = try transaction.accounts.company()
        let (deal, triggers) = (context.deal, try transaction.triggers.triggers())
        let entered = try transaction.drafts.draft(of: deal.id)?.triggerID
        let trigger =
            triggers.first { $0.id == entered } ?? triggers.first { $0.stageIDs.contains(deal.stageID) }
            ?? (entered == nil ? triggers.first { $0.pipelineID == deal.pipelineID } : nil)
        let linked = try transaction.catalog.linked(to: Set(context.products.flatMap(\.itemIDs)))
        let task = DraftingTask(
            context: context, catalog: try offers(for: context, linked, transaction), linked: linked,
            language: trigger?.language ?? customer?.details.language ?? Self.language(country: company?.country),
            companyName: company?.name ?? "", instructions: trigger?.instructions ?? "",
            unmetNeeds: trigger?.unmetNeeds ?? .line)
        return (task, trigger)
    }

    /// The deal's own products first, then what its words speak of.
    private static func offers(
        for context: DealContext, _ linked: [CatalogItem.ID: Product], _ transaction: any StorageTransaction
    ) throws -> [Product] {
        let words = CatalogWords.of([context.deal.title] + context.deal.customFields.values.sorted() + context.notes)
        let own = context.products.compactMap { $0.itemIDs.lazy.compactMap { linked[$0] }.first }
            .filter(\.details.isActive)
        var seen: Set<Product.ID> = []
        return (own + (try transaction.catalog.matching(words, limit: offeredProducts)))
            .filter { seen.insert($0.id).inserted }.prefix(offeredProducts).map(\.self)
    }

    private static func language(country: String?) -> String {
        switch country {
        case "NL", "BE", nil: "nl"
        case "DE", "AT", "CH": "de"
        default: "en"
        }
    }

    /// Has the task drafted and prices it. Throws `ModelFailure` when there is patience and the model does not answer.
    func outcome(_ task: DraftingTask, _ company: Company.ID, patience: DraftPatience) async throws -> DraftOutcome {
        let allowance = CompanyAllowance(storage: storage, company: company, limit: dailyTokens)
        let proposal = try await drafter.propose(task, allowance: allowance, patience: patience)
        let deal = task.context.deal
        return DraftOutcome(
            dealTitle: deal.title, currency: deal.currency, quote: QuotePricing.priced(proposal, task: task),
            email: proposal.email, drafter: proposal.drafter, trail: proposal.trail)
    }
}

/// A company's spending on models, in the row that all hosts share.
private struct CompanyAllowance: DraftAllowance {
    let storage: any Storage
    let company: Company.ID
    let limit: Int

    func reserve(_ tokens: Int) throws -> Bool {
        try storage.transaction(.cron(company)) { try $0.draftSpend.reserve(tokens, limit: limit) }
    }

    func settle(reserved: Int, spent: Int) throws {
        try storage.transaction(.cron(company)) { try $0.draftSpend.settle(reserved: reserved, spent: spent) }
    }
}
