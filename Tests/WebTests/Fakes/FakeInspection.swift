import Domain
import FoundationEssentials

/// What the settings page shows of trouble: set by a test, else nothing.
struct FakeInspection: MessageLog, AttentionStore, RevocationStore, UpkeepStore {
    let tables: Tables

    func counts() throws -> [MessageCount] { tables.messageCounts }
    func messages(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord] { tables.troubled }
    func messages(about deal: Deal.ID) throws -> [MessageRecord] { throw NotServed() }
    func retry(_ id: OutboxMessage.ID) throws -> Bool { tables.troubled.contains { $0.id == id } }
    func retryDiscarded(_ kind: OutboxMessage.Kind) throws -> Int {
        tables.troubled.count { $0.kind == kind && $0.state == .discarded }
    }
    func discard(_ id: OutboxMessage.ID, reason: String) throws -> Bool { throw NotServed() }
    func count() throws -> Int { tables.attention.count }
    func records(limit: Int) throws -> [AttentionRecord] { tables.attention }
    func list(passing: [AttentionSort: Int], limit: Int) throws -> AttentionList {
        var list = tables.questions
        for sort in AttentionSort.allCases {
            let place = passing[sort] ?? 0
            switch sort {
            case .matches: list.matches = cut(list.matches, place, limit, sort, &list.further)
            case .ours: list.ours = cut(list.ours, place, limit, sort, &list.further)
            case .conflicts: list.conflicts = cut(list.conflicts, place, limit, sort, &list.further)
            }
        }
        return list
    }
    private func cut<Question>(
        _ all: [Question], _ place: Int, _ limit: Int, _ sort: AttentionSort, _ further: inout Set<AttentionSort>
    ) -> [Question] {
        if all.count > place + limit { further.insert(sort) }
        return Array(all.dropFirst(place).prefix(limit))
    }
    func answer(_ choice: MatchChoice?, _ kind: RecordKind, _ recordID: Int64) throws -> AttentionAnswer {
        decide("\(kind.rawValue) \(recordID): \(choice.map { "\($0)" } ?? "reopen")")
    }
    func answer(_ choice: LocalChoice, _ kind: RecordKind, ours local: UUID) throws -> AttentionAnswer {
        decide("\(kind.rawValue) \(local): \(choice.rawValue)")
    }
    func settle(_ kind: RecordKind, ours local: UUID, _ field: SyncField, usesOther: Bool) throws -> AttentionAnswer {
        decide("\(kind.rawValue) \(local): \(field.rawValue) \(usesOther ? "other" : "kept")")
    }
    private func decide(_ what: String) -> AttentionAnswer {
        if tables.attentionAnswer == .done { tables.decisions.append(what) }
        return tables.attentionAnswer
    }
    func sweptThrough() throws -> Date? { throw NotServed() }
    func save(sweptThrough: Date) throws { throw NotServed() }
    func idleGrants(seconds: Int) throws -> [PipedriveUser.ID] { throw NotServed() }
    func audit(limit: Int) throws -> [AuditLine] { tables.audit }
    func keep(exceptTold told: [Secret]) throws {}
    func keep(_ credentials: Credentials, of user: PipedriveUser) throws {}
    func token(_ id: String) throws -> Secret? { throw NotServed() }
    func destroy(_ id: String) throws { throw NotServed() }
    func destroyExpired() throws -> Int { throw NotServed() }
}
