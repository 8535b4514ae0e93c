import Domain
import FoundationEssentials

struct MemoryDraftRecords: DraftRecordStore {
    let transaction: MemoryTransaction

    func ask(_ deal: Deal.ID, comparedWith quote: Quote.ID?) throws -> DraftRecord.ID {
        guard try transaction.tenant().connection?.state == .live else {
            throw Refusal(.conflict, "Connect Pipedrive first.")
        }
        let id = DraftRecord.ID(transaction.state.freshID())
        try add(
            DraftRecord(
                id: id, dealID: deal, purpose: quote == nil ? .trial : .comparison, state: .requested, quoteID: quote,
                requestedAt: transaction.state.now))
        try transaction.queue.add(NewMessage(kind: .draft, subject: "trial:\(id.text)"))
        return id
    }
    func record(_ id: DraftRecord.ID) throws -> DraftRecord? {
        try transaction.tenant().draftRecords.first { $0.id == id }
    }
    func keep(_ outcome: DraftOutcome, deal: Deal.ID, quote: Quote.ID) throws {
        try add(
            DraftRecord(
                id: DraftRecord.ID(transaction.state.freshID()), dealID: deal, purpose: .quote, state: .ready,
                quoteID: quote, outcome: outcome, requestedAt: transaction.state.now))
    }
    func finish(_ id: DraftRecord.ID, _ outcome: DraftOutcome) throws -> Bool {
        try change(id) { $0.with(.ready, outcome: outcome) }
    }
    func fail(_ id: DraftRecord.ID, reason: String) throws {
        _ = try change(id) { $0.with(.failed, reason: reason) }
    }
    func records(of quote: Quote.ID) throws -> [DraftRecord] {
        let all = try transaction.tenant().draftRecords.filter { $0.quoteID == quote }
        return all.filter { $0.purpose == .comparison }.prefix(4) + all.filter { $0.purpose == .quote }
    }
    func trials() throws -> [DraftRecord] {
        Array(try transaction.tenant().draftRecords.filter { $0.purpose == .trial }.prefix(5))
    }

    private func add(_ record: DraftRecord) throws {
        try transaction.edit { $0.draftRecords.insert(record, at: 0) }
    }
    private func change(_ id: DraftRecord.ID, _ body: (DraftRecord) -> DraftRecord) throws -> Bool {
        try transaction.edit { tenant in
            guard let place = tenant.draftRecords.firstIndex(where: { $0.id == id && $0.state == .requested }) else {
                return false
            }
            tenant.draftRecords[place] = body(tenant.draftRecords[place])
            return true
        }
    }
}

struct MemoryDraftSpend: DraftSpendStore {
    let transaction: MemoryTransaction

    func reserve(_ tokens: Int, limit: Int) throws -> Bool {
        try transaction.edit { tenant in
            let spend = tenant.draftSpend
            guard spend.tokens + tokens <= limit else { return false }
            tenant.draftSpend = DraftSpend(tokens: spend.tokens + tokens, questions: spend.questions + 1)
            return true
        }
    }
    func settle(reserved: Int, spent: Int) throws {
        try transaction.edit { tenant in
            let spend = tenant.draftSpend
            tenant.draftSpend = DraftSpend(
                tokens: max(0, spend.tokens + spent - reserved), questions: spend.questions)
        }
    }
    func today() throws -> DraftSpend { try transaction.tenant().draftSpend }
}

extension DraftRecord {
    fileprivate func with(_ state: State, outcome: DraftOutcome? = nil, reason: String? = nil) -> DraftRecord {
        DraftRecord(
            id: id, dealID: dealID, purpose: purpose, state: state, quoteID: quoteID, outcome: outcome, reason: reason,
            requestedAt: requestedAt)
    }
}
