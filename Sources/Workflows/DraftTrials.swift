public import Domain

/// Drafts a deal to look at: no quote, no contact, nothing but the record of it.
public struct DraftTrials: Sendable {
    private let desk: DraftDesk

    /// Wires the use case.
    public init(
        storage: any Storage, crm: any CRM, tokens: AccessTokens, drafter: any QuoteDrafter,
        dailyTokens: Int = QuoteDrafting.dailyTokens
    ) {
        self.init(DraftDesk(storage: storage, crm: crm, tokens: tokens, drafter: drafter, dailyTokens: dailyTokens))
    }

    init(_ desk: DraftDesk) { self.desk = desk }

    private static let prefix = "trial:"

    /// Whether a message about drafting asks for a trial only.
    static func covers(_ subject: String) -> Bool { subject.hasPrefix(prefix) }

    private static func id(_ subject: String) -> DraftRecord.ID? {
        DraftRecord.ID(text: String(subject.dropFirst(prefix.count)))
    }

    /// Drafts the deal at once. Throws a `Refusal` whose sentence says why nothing came of it.
    public func outcome(of deal: Deal.ID, company: Company.ID) async throws -> DraftOutcome {
        let context: DealContext?
        do {
            context = try await desk.context(of: deal, company)
        } catch let failure as CRMFailure {
            throw Refusal(.unavailable, "Pipedrive did not give the deal: \(failure.description).")
        } catch is ConnectionEnded {
            throw Refusal(.conflict, "Pipedrive is not connected.")
        }
        guard let context else {
            throw Refusal(
                .notFound,
                "There is no deal \(deal) in the connected Pipedrive company, or its user may not see it.")
        }
        let task = try desk.storage.transaction(.cron(company)) { transaction in
            try DraftDesk.task(context, try QuoteDrafting.knownCustomer(of: context, transaction), transaction).0
        }
        return try await desk.outcome(task, company, patience: .none)
    }

    /// Does the trial that a message asks for, and keeps what came of it: a person waits, so it is not tried again.
    func run(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        let storage = desk.storage
        guard let id = Self.id(subject),
            let record = try storage.transaction(.cron(company), { try $0.draftRecords.record(id) })
        else { return .discarded(reason: "The message names no trial") }
        guard record.state == .requested else { return .completed(note: "The trial is over") }
        do {
            let outcome = try await outcome(of: record.dealID, company: company)
            try storage.transaction(.cron(company)) { _ = try $0.draftRecords.finish(id, outcome) }
            return .completed(note: "Tried")
        } catch let refusal as Refusal {
            try storage.transaction(.cron(company)) { try $0.draftRecords.fail(id, reason: refusal.message) }
            return .completed(note: refusal.message)
        }
    }

    /// A trial whose message was given up.
    func gaveUp(_ subject: String, company: Company.ID, reason: String) throws {
        guard let id = Self.id(subject) else { return }
        try desk.storage.transaction(.cron(company)) { try $0.draftRecords.fail(id, reason: reason) }
    }
}
