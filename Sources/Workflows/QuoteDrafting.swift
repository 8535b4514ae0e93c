public import Domain
public import FoundationEssentials
public import Logging

/// Makes the quote of a deal that entered the stage: one per deal, for ever.
public struct QuoteDrafting: Sendable {
    let desk: DraftDesk
    private let secrets: any SecretSource
    private let clock: @Sendable () -> Date

    /// Wires the use case; a company's drafting may cost so many tokens on one day.
    public init(
        storage: any Storage, crm: any CRM, tokens: AccessTokens, drafter: any QuoteDrafter,
        secrets: any SecretSource, dailyTokens: Int = QuoteDrafting.dailyTokens,
        clock: @escaping @Sendable () -> Date
    ) {
        desk = DraftDesk(storage: storage, crm: crm, tokens: tokens, drafter: drafter, dailyTokens: dailyTokens)
        self.secrets = secrets
        self.clock = clock
    }

    /// Enough for some hundred quotes.
    public static let dailyTokens = 1_000_000
    /// A model that does not answer is waited for until this attempt; then the built-in drafter serves.
    static let patientAttempts = 2

    private var storage: any Storage { desk.storage }

    /// Drafts, unless the deal has its quote or must not have one; then the reason is kept with the draft.
    public func draft(
        _ subject: String, company: Company.ID, attempt: Int = 1, logger: Logger
    ) async throws -> DeliveryResult {
        guard let id = Int64(subject).map({ Deal.ID($0) }) else {
            return .discarded(reason: "The message names no deal")
        }
        let externalID = Self.externalID(id)
        if try storage.transaction(.cron(company), { try $0.quotes.quote(externalID: externalID) }) != nil {
            return .completed(note: "The deal has its quote already")
        }
        let context = try await context(of: id, company)
        if let reason = DraftDesk.refusal(context) { return try fail(id, company, reason) }
        guard let context else { return try fail(id, company, "The deal is not there, or not visible.") }
        guard let customer = try storage.transaction(.cron(company), { try Self.customer(of: context, $0) }) else {
            return try fail(id, company, Self.missingCustomer(context), waiting: context)
        }
        let (task, trigger) = try storage.transaction(.cron(company)) { try DraftDesk.task(context, customer, $0) }
        let outcome = try await desk.outcome(
            task, company, patience: attempt > Self.patientAttempts ? .none : .later)
        do {
            let quote = try storage.transaction(.cron(company)) { transaction in
                let today = try Books.today(transaction, now: clock())
                let quote = try transaction.quotes.insert(
                    NewQuote(
                        content: Self.content(outcome, task, customer, externalID), email: outcome.email,
                        validUntil: trigger.map { today.adding(days: $0.validityDays) }, publicToken: secrets.token(),
                        today: today))
                try transaction.drafts.ready(id, quote: quote.id, context: context, drafter: outcome.drafter)
                try transaction.draftRecords.keep(outcome, deal: id, quote: quote.id)
                return quote
            }
            logger.info(
                "Quote drafted",
                metadata: [
                    "deal.id": "\(id)", "quote.number": "\(quote.number)", "drafter": "\(outcome.drafter)",
                    "fallback": "\(outcome.trail.fallback ?? "")", "tokens": "\(outcome.trail.usage.total)",
                ])
            return .completed(note: "quote \(quote.number)")
        } catch let refusal as Refusal where refusal.code == .conflict {
            // Another drainer, whose lease was thought to be over, was quicker.
            return .completed(note: "The deal has its quote already")
        }
    }

    /// A draft that finds its connection ended may be asked for again after the next one is made.
    private func context(of deal: Deal.ID, _ company: Company.ID) async throws -> DealContext? {
        do {
            return try await desk.context(of: deal, company)
        } catch let ended as ConnectionEnded {
            try fail(deal, company: company, reason: "\(ended.reason).")
            throw ended
        }
    }

    /// What a deal's quote is known by.
    public static func externalID(_ deal: Deal.ID) -> String { "pipedrive:deal:\(deal)" }

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
        let addresses = Organization.addresses(of: [context.person].compactMap(\.self))
        func takeOver(_ page: RecordPage) throws {
            _ = try transaction.pairs.takeOver(
                FreshRecords(page: page, readAt: readAt, addresses: addresses, isForQuote: true))
        }
        if let organization = context.organization { try takeOver(.organizations([organization])) }
        if let person = context.person { try takeOver(.persons([person])) }
        return try knownCustomer(of: context, transaction)
    }

    /// The contact that the deal's customer is linked to already.
    static func knownCustomer(of context: DealContext, _ transaction: any StorageTransaction) throws -> Contact? {
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

    private static func content(
        _ outcome: DraftOutcome, _ task: DraftingTask, _ customer: Contact, _ externalID: String
    ) -> DocumentContent {
        let deal = task.context.deal
        let person = customer.details.kind == .organization ? task.context.person : nil
        return DocumentContent(
            contactID: customer.id, addressee: person.map { CustomerWording.name($0.name, atMost: 200) },
            addresseeEmail: person?.emails.lazy.compactMap(EmailAddress.normalized).first, currency: deal.currency,
            lines: outcome.lines, externalID: externalID, dealID: deal.id)
    }
}
