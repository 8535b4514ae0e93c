import Domain
import FoundationEssentials

struct FakeAPI: APIKeyStore, KeptAnswerStore, ListCountStore {
    let tables: Tables

    func insert(name: String, hash: [UInt8]) throws -> APIKey {
        let key = APIKey(
            id: APIKey.ID(tables.freshID()), name: name, createdAt: tables.now, lastUsedAt: nil, revokedAt: nil)
        tables.keys.insert(key, at: 0)
        return key
    }
    func keys() throws -> [APIKey] { tables.keys }
    func revoke(_ id: APIKey.ID) throws -> Bool {
        guard let index = tables.keys.firstIndex(where: { $0.id == id && $0.revokedAt == nil }) else { return false }
        let key = tables.keys[index]
        tables.keys[index] = APIKey(
            id: id, name: key.name, createdAt: key.createdAt, lastUsedAt: nil, revokedAt: tables.now)
        return true
    }
    func use(hash: [UInt8]) throws -> APIKeyUse? {
        guard hash == FakeSecrets.hash(Tables.apiKey) else { return nil }
        tables.requestNumber += 1
        return APIKeyUse(companyID: tables.company.id, requestNumber: tables.requestNumber, secondsLeft: 42)
    }
    func claim(keyHash: [UInt8], requestHash: [UInt8]) throws -> KeptAnswer? {
        if tables.keysAreHeld { throw Refusal(.conflict, "A request with this Idempotency-Key is still in progress.") }
        guard let kept = tables.keptAnswers[keyHash] else {
            tables.keptAnswers[keyHash] = (requestHash, nil)
            return nil
        }
        guard kept.requestHash == requestHash else {
            throw Refusal(
                .invalid, "This Idempotency-Key was used for another request.",
                fields: ["Idempotency-Key": "was used for another request"])
        }
        return kept.answer
    }
    func keep(_ answer: KeptAnswer, keyHash: [UInt8]) throws { tables.keptAnswers[keyHash]?.answer = answer }
    func forget(now: Date?) throws -> Int { throw NotServed() }
    func fold() throws -> Int { throw NotServed() }
}

struct FakeMails: MailStore {
    let tables: Tables

    func insert(_ mail: Mail) throws { tables.mails.append(mail) }
    func mail(_ id: Mail.ID) throws -> Mail? { tables.mails.first { $0.id == id } }
    func mail(of document: Mail.Document) throws -> Mail? { tables.mails.first { $0.document == document } }
    func move(_ id: Mail.ID, from: Set<Mail.State>, to: Mail.State, reason: String?) throws -> Mail? {
        guard let index = tables.mails.firstIndex(where: { $0.id == id && from.contains($0.state) }) else { return nil }
        let mail = tables.mails[index]
        tables.mails[index] = Mail(
            id: id, document: mail.document, recipient: mail.recipient, recipientName: mail.recipientName,
            text: mail.text, state: to, reason: reason, updatedAt: tables.now)
        return tables.mails[index]
    }
    func readdress(_ id: Mail.ID, to recipient: String) throws -> Bool { throw NotServed() }
    func replyAddress() throws -> String? { throw NotServed() }
}
