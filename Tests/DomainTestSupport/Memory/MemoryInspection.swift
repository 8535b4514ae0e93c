import Domain
import FoundationEssentials

/// Messages as a person looks at them, and what comes round again.
struct MemoryInspection: MessageLog, AttentionStore, RevocationStore, MemberStore, UpkeepStore {
    let transaction: MemoryTransaction

    private func isVisible(_ message: StoredMessage) -> Bool {
        transaction.access.companyID.map { $0 == message.companyID } ?? true
    }

    func counts() throws -> [MessageCount] {
        let visible = transaction.state.messages.filter(isVisible)
        let groups = Dictionary(grouping: visible) { MessageCount(kind: $0.new.kind, state: $0.state, count: 0) }
        return groups.map { MessageCount(kind: $0.kind, state: $0.state, count: $1.count) }
            .sorted { ($0.kind.rawValue, $0.state.rawValue) < ($1.kind.rawValue, $1.state.rawValue) }
    }

    func messages(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord] {
        let found = transaction.state.messages.reversed().filter {
            isVisible($0) && (states?.contains($0.state) ?? true)
        }
        return found.prefix(limit).map {
            MessageRecord(
                id: OutboxMessage.ID($0.id), companyID: $0.companyID, kind: $0.new.kind, subject: $0.new.subject,
                state: $0.state, attemptCount: $0.attempts, reason: $0.reason, createdAt: transaction.state.now,
                dueAt: transaction.state.now)
        }
    }

    private func change(
        _ id: OutboxMessage.ID, in states: Set<OutboxMessage.State>, _ edit: (inout StoredMessage) -> Void
    ) -> Bool {
        let index = transaction.state.messages.firstIndex {
            $0.id == id.rawValue && isVisible($0) && states.contains($0.state)
        }
        guard let index else { return false }
        edit(&transaction.state.messages[index])
        return true
    }

    func retry(_ id: OutboxMessage.ID) throws -> Bool {
        change(id, in: [.available, .retryable, .discarded]) { message in
            message.state = .available
            message.attempts = 0
            message.hasUnclearAttempt = true
            message.dueInSeconds = 0
        }
    }

    func discard(_ id: OutboxMessage.ID, reason: String) throws -> Bool {
        change(id, in: [.available, .retryable]) { message in
            message.state = .discarded
            message.reason = reason
        }
    }

    func count() throws -> Int { try transaction.tenant().attention.count }

    func records(limit: Int) throws -> [AttentionRecord] { Array(try transaction.tenant().attention.prefix(limit)) }

    func keep() throws {
        let credentials = try transaction.tenant().credentials
        for (_, credentials) in credentials.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let id = transaction.state.freshID().uuidString
            try transaction.edit { $0.revocations[id] = credentials.refreshToken }
            let company = try transaction.tenant().company.id
            _ = transaction.state.add(NewMessage(kind: .revoke, subject: id), company: company)
        }
    }

    func token(_ id: String) throws -> Secret? { try transaction.tenant().revocations[id] }

    func destroy(_ id: String) throws { try transaction.edit { $0.revocations[id] = nil } }

    func destroyExpired() throws -> Int { 0 }

    func replacePassword(email: String, hash: Secret) throws -> Bool {
        try transaction.edit { tenant in
            guard let index = tenant.members.firstIndex(where: { $0.member.email == email }) else { return false }
            tenant.members[index].passwordHash = hash
            let id = tenant.members[index].member.id
            tenant.sessions.removeAll { $0.session.member.id == id }
            return true
        }
    }

    func sweptThrough() throws -> Date? { try transaction.tenant().sweptThrough }

    func save(sweptThrough: Date) throws { try transaction.edit { $0.sweptThrough = sweptThrough } }

    func idleGrants(seconds: Int) throws -> [PipedriveUser.ID] { try transaction.tenant().idleGrants }

    func audit(limit: Int) throws -> [AuditLine] {
        try transaction.tenant().audit.suffix(limit).reversed().map {
            AuditLine(action: $0.action, detail: $0.detail, happenedAt: transaction.state.now)
        }
    }
}
