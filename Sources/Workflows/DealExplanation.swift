public import Domain

/// Everything that is known about a deal and its quote, for whoever has to answer "why is there none?".
public struct DealExplanation: Sendable {
    /// How the connection stands; nil without one.
    public let connection: Connection?
    /// The triggers of the company.
    public let triggers: [QuoteTrigger]
    /// The deal's entry; nil when it never entered a stage of a trigger.
    public let draft: QuoteDraft?
    /// Its quote.
    public let quote: Quote?
    /// How the quote was made, newest first.
    public let records: [DraftRecord]
    /// The deal as it was last seen: its title, person and organization.
    public let glance: DealGlance?
    /// Messages that concern it, newest first.
    public let messages: [MessageRecord]

    /// Reads it. Throws `notFound` for an unknown company.
    public static func read(_ deal: Deal.ID, company: Company.ID, from storage: any Storage) throws -> DealExplanation {
        try storage.transaction(.cron(company)) { transaction in
            guard try transaction.accounts.company() != nil else {
                throw Refusal(.notFound, "There is no company \(company.text).")
            }
            let quote = try transaction.quotes.quote(externalID: QuoteDrafting.externalID(deal))
            return DealExplanation(
                connection: try transaction.connections.connection(), triggers: try transaction.triggers.triggers(),
                draft: try transaction.drafts.draft(of: deal), quote: quote,
                records: try quote.map { try transaction.draftRecords.records(of: $0.id) } ?? [],
                glance: try transaction.snapshots.deal(deal),
                messages: try transaction.messageLog.messages(about: deal))
        }
    }

    /// Why the deal has a quote, or none, in one sentence.
    public var verdict: String {
        if let quote { return "The deal has quote \(quote.number), which is \(quote.state.rawValue)." }
        switch draft?.state {
        case .requested: return "The quote is being drafted: see the messages."
        case .waiting: return draft?.reason ?? "The deal waits for a contact."
        case .held: return "Too many deals entered at once: somebody has to say yes on the Triggers tab."
        case .failed: return draft?.reason ?? "The drafting failed."
        case .ready: return "Its quote was made, and has another external id now."
        case nil: break
        }
        guard let connection else { return "Pipedrive was never connected." }
        guard connection.state == .live else { return "The connection is \(connection.state.rawValue)." }
        guard triggers.contains(where: \.isOn) else { return "No trigger is switched on." }
        return "No entry of this deal into a trigger's stage is known: it entered before the trigger was switched on, "
            + "or its stage has none. What webhooks lose is found within 15 minutes."
    }
}
