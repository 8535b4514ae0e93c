public import Domain
public import FoundationEssentials
public import Logging

/// Makes the quote of a deal that entered the stage: one per deal, for ever.
public struct QuoteDrafting: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let tokens: AccessTokens
    private let drafter: any QuoteDrafter
    private let secrets: any SecretSource
    private let clock: @Sendable () -> Date

    /// Wires the use case.
    public init(
        storage: any Storage, crm: any CRM, tokens: AccessTokens, drafter: any QuoteDrafter,
        secrets: any SecretSource, clock: @escaping @Sendable () -> Date
    ) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
        self.drafter = drafter
        self.secrets = secrets
        self.clock = clock
    }

    /// Drafts, unless the deal has its quote or must not have one; then the reason is kept with the draft.
    public func draft(_ subject: String, company: Company.ID, logger: Logger) async throws -> DeliveryResult {
        guard let id = Int64(subject).map({ Deal.ID($0) }) else {
            return .discarded(reason: "The message names no deal")
        }
        let externalID = "pipedrive:deal:\(id)"
        if try storage.transaction(.cron(company), { try $0.quotes.quote(externalID: externalID) }) != nil {
            return .completed(note: "The deal has its quote already")
        }
        let crm = self.crm
        let context = try await tokens.calling(company) { try await crm.dealContext(id, access: $0) }
        if let reason = Self.refusal(context) { return try fail(id, company, reason) }
        guard let context else { return try fail(id, company, "The deal is not there, or not visible.") }
        guard let customer = try storage.transaction(.cron(company), { try Self.customer(of: context, $0) }) else {
            return try fail(id, company, Self.missingCustomer(context), waiting: context)
        }
        let (task, trigger) = try storage.transaction(.cron(company)) { try Self.task(context, customer, $0) }
        let proposal = try await drafter.propose(task)
        do {
            let quote = try storage.transaction(.cron(company)) { transaction in
                let today = try Books.today(transaction, now: clock())
                let priced = QuotePricing.priced(proposal, task: task)
                let quote = try transaction.quotes.insert(
                    NewQuote(
                        content: Self.content(priced, task, customer, externalID), email: proposal.email,
                        validUntil: trigger.map { today.adding(days: $0.validityDays) }, publicToken: secrets.token(),
                        today: today))
                try transaction.drafts.ready(id, quote: quote.id, context: context, drafter: proposal.drafter)
                return quote
            }
            logger.info("Quote drafted", metadata: ["deal.id": "\(id)", "quote.number": "\(quote.number)"])
            return .completed(note: "quote \(quote.number)")
        } catch let refusal as Refusal where refusal.code == .conflict {
            // Another drainer, whose lease was thought to be over, was quicker.
            return .completed(note: "The deal has its quote already")
        }
    }

    /// Keeps why a deal has no quote; one that has its quote is left as it is.
    func fail(_ deal: Deal.ID, company: Company.ID, reason: String) throws {
        try storage.transaction(.cron(company)) { try $0.drafts.fail(deal, reason: reason, waitsForContact: nil) }
    }

    private func fail(
        _ deal: Deal.ID, _ company: Company.ID, _ reason: String, waiting context: DealContext? = nil
    ) throws -> DeliveryResult {
        try storage.transaction(.cron(company)) {
            try $0.drafts.fail(deal, reason: reason, waitsForContact: context)
        }
        return .completed(note: reason)
    }

    private static func refusal(_ context: DealContext?) -> String? {
        guard let deal = context?.deal else { return nil }
        if deal.isDeleted || deal.status == .deleted { return "The deal was deleted." }
        if deal.isArchived { return "The deal was archived." }
        if deal.status == .lost { return "The deal was lost." }
        return nil
    }

    private static func missingCustomer(_ context: DealContext) -> String {
        context.person == nil && context.organization == nil
            ? "Needs attention: the deal has neither a person nor an organization."
            : "Needs attention: more than one contact fits the deal's customer."
    }

    /// Matches or creates the deal's contacts as a sync would, whatever the direction, and writes nothing to Pipedrive.
    private static func customer(
        of context: DealContext, _ transaction: any StorageTransaction
    ) throws -> Contact? {
        let readAt = try transaction.syncPolicy.clock()
        func takeOver(_ page: RecordPage) throws {
            _ = try transaction.pairs.takeOver(FreshRecords(page: page, readAt: readAt, isForQuote: true))
        }
        if let organization = context.organization { try takeOver(.organizations([organization])) }
        if let person = context.person { try takeOver(.persons([person])) }
        // An organization that fits several contacts waits for a person; the quote is not made out to somebody else.
        let id: Contact.ID? =
            if let organization = context.organization {
                try transaction.sync.contact(.organization, recordID: organization.id.rawValue)
            } else if let person = context.person {
                try transaction.sync.contact(.person, recordID: person.id.rawValue)
            } else {
                nil
            }
        return try id.flatMap { try transaction.contacts.contact($0) }
    }

    /// How much of the catalog a drafter is offered.
    static let offeredProducts = 60

    private static func task(
        _ context: DealContext, _ customer: Contact, _ transaction: any StorageTransaction
    ) throws -> (DraftingTask, QuoteTrigger?) {
        let company = try transaction.accounts.company()
        let triggerID = try transaction.drafts.draft(of: context.deal.id)?.triggerID
        let trigger = try transaction.triggers.triggers().first { $0.id == triggerID }
        let words = CatalogWords.of([context.deal.title] + context.deal.customFields.values.sorted() + context.notes)
        let task = DraftingTask(
            context: context, catalog: try transaction.catalog.matching(words, limit: offeredProducts),
            linked: try transaction.catalog.linked(to: Set(context.products.compactMap(\.itemID))),
            language: trigger?.language ?? customer.details.language ?? Self.language(country: company?.country),
            companyName: company?.name ?? "", instructions: trigger?.instructions ?? "",
            unmetNeeds: trigger?.unmetNeeds ?? .line)
        return (task, trigger)
    }

    private static func language(country: String?) -> String {
        switch country {
        case "NL", "BE", nil: "nl"
        case "DE", "AT", "CH": "de"
        default: "en"
        }
    }

    private static func content(
        _ quote: PricedQuote, _ task: DraftingTask, _ customer: Contact, _ externalID: String
    ) -> DocumentContent {
        let deal = task.context.deal
        let addressee = customer.details.kind == .organization ? task.context.person?.name : nil
        return DocumentContent(
            contactID: customer.id, addressee: addressee, currency: deal.currency,
            lines: quote.lines.map(\.line), externalID: externalID, dealID: deal.id)
    }
}
