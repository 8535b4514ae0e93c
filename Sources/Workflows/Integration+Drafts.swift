public import Domain

extension Integration {
    /// How a quote came about, and what drafting its deal anew would change.
    public struct QuoteOrigin: Sendable {
        /// The deal's entries; nil for a quote that no deal asked for.
        public let draft: QuoteDraft?
        /// How it was made; nil when it was not drafted, or longer ago than records are kept.
        public let record: DraftRecord?
        /// The newest comparison with its deal; nil before somebody asked for one.
        public let comparison: DraftRecord?
    }

    /// Reads how a quote came about.
    public func origin(of quote: Quote, _ company: Company.ID) throws -> QuoteOrigin {
        try storage.transaction(.web(company)) { transaction in
            guard let deal = quote.content.dealID, quote.content.externalID == QuoteDrafting.externalID(deal) else {
                return QuoteOrigin(draft: nil, record: nil, comparison: nil)
            }
            let records = try transaction.draftRecords.records(of: quote.id)
            return QuoteOrigin(
                draft: try transaction.drafts.draft(of: deal), record: records.first { $0.purpose == .quote },
                comparison: records.first { $0.purpose == .comparison })
        }
    }

    /// Asks for a trial of a deal. Throws `conflict` without a live connection.
    public func askTrial(_ deal: Deal.ID, _ company: Company.ID) throws -> DraftRecord.ID {
        try storage.transaction(.web(company)) { try $0.draftRecords.ask(deal, comparedWith: nil) }
    }

    /// Asks what drafting a quote's deal anew would change. Throws `conflict` for a quote that no deal asked for.
    public func askComparison(_ quote: Quote, _ company: Company.ID) throws -> DraftRecord.ID {
        guard let deal = quote.content.dealID, quote.content.externalID == QuoteDrafting.externalID(deal) else {
            throw Refusal(.conflict, "Quote \(quote.number) was not drafted from a deal.")
        }
        return try storage.transaction(.web(company)) { try $0.draftRecords.ask(deal, comparedWith: quote.id) }
    }

    /// A record. Throws `notFound`.
    public func draftRecord(_ id: DraftRecord.ID, _ company: Company.ID) throws -> DraftRecord {
        guard let record = try storage.transaction(.web(company), { try $0.draftRecords.record(id) }) else {
            throw Refusal(.notFound, "There is no such drafting, or it is more than 90 days old.")
        }
        return record
    }

    /// What the Triggers tab shows beside the triggers: the newest trials, and what drafting has cost today.
    public func trials(_ company: Company.ID) throws -> (records: [DraftRecord], spend: DraftSpend) {
        try storage.transaction(.web(company)) {
            (try $0.draftRecords.trials(), try $0.draftSpend.today())
        }
    }
}
