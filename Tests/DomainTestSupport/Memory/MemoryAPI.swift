import Domain
import FoundationEssentials

struct MemoryAPI: APIKeyStore, KeptAnswerStore, ListCountStore {
    let transaction: MemoryTransaction

    func insert(name: String, hash: [UInt8]) throws -> APIKey {
        let id = APIKey.ID(transaction.state.freshID())
        let key = APIKey(id: id, name: name, createdAt: transaction.state.now, lastUsedAt: nil, revokedAt: nil)
        return try transaction.edit { tenant in
            tenant.apiKeys[hash] = key
            tenant.apiKeyHashes.insert(hash)
            return key
        }
    }
    func keys() throws -> [APIKey] {
        try transaction.tenant().apiKeys.values.sorted { $0.id.text > $1.id.text }
    }
    func revoke(_ id: APIKey.ID) throws -> Bool {
        let now = transaction.state.now
        return try transaction.edit { tenant in
            guard let (hash, key) = tenant.apiKeys.first(where: { $0.value.id == id }), key.revokedAt == nil else {
                return false
            }
            tenant.apiKeyHashes.remove(hash)
            tenant.apiKeys[hash] = APIKey(
                id: id, name: key.name, createdAt: key.createdAt, lastUsedAt: key.lastUsedAt, revokedAt: now)
            return true
        }
    }
    func use(hash: [UInt8]) throws -> APIKeyUse? {
        transaction.state.tenants.values.first { $0.apiKeyHashes.contains(hash) }
            .map { APIKeyUse(companyID: $0.company.id, requestNumber: 1, secondsLeft: 60) }
    }

    func claim(keyHash: [UInt8], requestHash: [UInt8]) throws -> KeptAnswer? {
        try transaction.edit { tenant in
            guard let kept = tenant.keptAnswers[keyHash] else {
                tenant.keptAnswers[keyHash] = (requestHash, nil)
                return nil
            }
            guard kept.requestHash == requestHash else {
                throw Refusal(
                    .invalid, "This Idempotency-Key was used for another request.",
                    fields: ["Idempotency-Key": "was used for another request"])
            }
            return kept.answer
        }
    }
    func keep(_ answer: KeptAnswer, keyHash: [UInt8]) throws {
        try transaction.edit { $0.keptAnswers[keyHash]?.answer = answer }
    }
    func forget(now: Date?) throws -> Int { 0 }
    func fold() throws -> Int { 0 }
}

struct MemoryMails: MailStore {
    let transaction: MemoryTransaction

    func insert(_ mail: Mail) throws {
        try transaction.edit { $0.mails.append(mail) }
        if mail.state == .waiting { try queue(mail.id) }
    }
    func mail(_ id: Mail.ID) throws -> Mail? { try transaction.tenant().mails.first { $0.id == id } }
    func mail(of document: Mail.Document) throws -> Mail? {
        try transaction.tenant().mails.first { $0.document == document }
    }
    func move(_ id: Mail.ID, from: Set<Mail.State>, to: Mail.State, reason: String?) throws -> Mail? {
        let now = transaction.state.now
        let moved: (old: Mail, new: Mail)? = try transaction.edit { tenant in
            guard let index = tenant.mails.firstIndex(where: { $0.id == id && from.contains($0.state) }) else {
                return nil
            }
            let old = tenant.mails[index]
            tenant.mails[index] = Mail(
                id: id, document: old.document, recipient: old.recipient, recipientName: old.recipientName,
                text: old.text, state: to, reason: reason, updatedAt: now)
            return (old, tenant.mails[index])
        }
        if let moved, to == .waiting, moved.old.state == .failed || moved.old.state == .unclear { try queue(id) }
        return moved?.new
    }
    func readdress(_ id: Mail.ID, to recipient: String) throws -> Bool {
        try transaction.edit { tenant in
            guard
                let index = tenant.mails.firstIndex(where: {
                    $0.id == id && $0.state == .failed && $0.recipient == nil
                })
            else { return false }
            let old = tenant.mails[index]
            tenant.mails[index] = Mail(
                id: id, document: old.document, recipient: recipient, recipientName: old.recipientName,
                text: old.text, state: old.state, reason: old.reason, updatedAt: old.updatedAt)
            return true
        }
    }
    func replyAddress() throws -> String? {
        try transaction.tenant().members.first { $0.member.role == .owner }?.member.email
    }

    private func queue(_ id: Mail.ID) throws {
        guard let company = transaction.access.companyID else { return }
        _ = transaction.state.add(NewMessage(kind: .mail, subject: id.text), company: company)
    }
}
