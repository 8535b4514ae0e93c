import Domain
import FoundationEssentials

struct MemoryMessageLog: MessageLog {
    let transaction: MemoryTransaction

    private func isVisible(_ message: StoredMessage) -> Bool {
        transaction.access.companyID.map { $0 == message.companyID } ?? true
    }
    private func change(
        _ id: OutboxMessage.ID, in states: Set<OutboxMessage.State>, _ body: (inout StoredMessage) -> Void
    ) -> Bool {
        guard
            let index = transaction.state.messages.firstIndex(where: {
                $0.id == id.rawValue && isVisible($0) && states.contains($0.state)
            })
        else { return false }
        body(&transaction.state.messages[index])
        return true
    }

    func counts() throws -> [MessageCount] {
        let visible = transaction.state.messages.filter(isVisible)
        return OutboxMessage.Kind.allCases.flatMap { kind in
            OutboxMessage.State.allCases.compactMap { state in
                let count = visible.filter { $0.new.kind == kind && $0.state == state }.count
                return count > 0 ? MessageCount(kind: kind, state: state, count: count) : nil
            }
        }
    }
    func messages(about deal: Deal.ID) throws -> [MessageRecord] {
        try messages(nil, limit: .max).filter { $0.kind == .draft && $0.subject == "\(deal)" }
    }
    func messages(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord] {
        let found = transaction.state.messages.filter { isVisible($0) && (states?.contains($0.state) ?? true) }
        return found.reversed().prefix(limit).map { message in
            MessageRecord(
                id: OutboxMessage.ID(message.id), companyID: message.companyID, kind: message.new.kind,
                subject: message.new.subject, state: message.state, attemptCount: message.attempts,
                reason: message.reason, createdAt: transaction.state.now,
                dueAt: transaction.state.now.addingTimeInterval(message.dueInSeconds))
        }
    }
    func retry(_ id: OutboxMessage.ID) throws -> Bool {
        change(id, in: [.available, .scheduled, .retryable, .discarded]) {
            ($0.state, $0.dueInSeconds) = (.available, 0)
        }
    }
    func retryDiscarded(_ kind: OutboxMessage.Kind) throws -> Int {
        let ids = transaction.state.messages.filter { $0.new.kind == kind && $0.state == .discarded && isVisible($0) }
        return try ids.count { try retry(OutboxMessage.ID($0.id)) }
    }
    func discard(_ id: OutboxMessage.ID, reason: String) throws -> Bool {
        change(id, in: [.available, .scheduled, .retryable]) { ($0.state, $0.reason) = (.discarded, reason) }
    }
}

struct MemoryUpkeep: UpkeepStore, RevocationStore {
    let transaction: MemoryTransaction

    func sweptThrough() throws -> Date? { try transaction.tenant().sweptThrough }
    func save(sweptThrough: Date) throws { try transaction.edit { $0.sweptThrough = sweptThrough } }
    func idleGrants(seconds: Int) throws -> [PipedriveUser.ID] { try transaction.tenant().idleGrants }
    func audit(limit: Int) throws -> [AuditLine] {
        let now = transaction.state.now
        return try transaction.tenant().audit.reversed().prefix(limit)
            .map { AuditLine(action: $0.action, detail: $0.detail, happenedAt: now) }
    }

    func keep(_ credentials: Credentials, of user: PipedriveUser) throws {
        try transaction.integration()
        try transaction.edit { $0.revocations["revoke-\(user.id)"] = credentials.refreshToken }
        try transaction.queue.add(NewMessage(kind: .revoke, subject: "revoke-\(user.id)"))
    }
    func keep(exceptTold told: [Secret]) throws {
        try transaction.integration()
        let kept = try transaction.edit { tenant in
            let kept = tenant.credentials.filter { !told.contains($0.value.refreshToken) }
                .map { ("revoke-\($0.key)", $0.value.refreshToken) }
            for (id, token) in kept { tenant.revocations[id] = token }
            return kept
        }
        for (id, _) in kept { try transaction.queue.add(NewMessage(kind: .revoke, subject: id)) }
    }
    func token(_ id: String) throws -> Secret? { try transaction.tenant().revocations[id] }
    func destroy(_ id: String) throws { try transaction.edit { $0.revocations[id] = nil } }
    func destroyExpired() throws -> Int { 0 }
}
