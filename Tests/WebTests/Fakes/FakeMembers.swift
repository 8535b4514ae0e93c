import Domain
import FoundationEssentials

struct FakeMembers: MemberStore, AccountLinkStore, ConnectionHealthStore {
    let tables: Tables

    func members() throws -> [Member] { [tables.member] + tables.others }
    func add(_ member: Member, passwordHash: Secret) throws { tables.others.append(member) }
    func change(_ id: Member.ID, to role: Member.Role) throws -> Bool {
        guard id != tables.member.id else { throw Refusal(.conflict, "A company needs an owner.") }
        guard let index = tables.others.firstIndex(where: { $0.id == id }) else { return false }
        let old = tables.others[index]
        tables.others[index] = Member(id: id, companyID: old.companyID, email: old.email, role: role)
        return true
    }
    func remove(_ id: Member.ID) throws -> Bool {
        let count = tables.others.count
        tables.others.removeAll { $0.id == id }
        return tables.others.count < count
    }
    func replacePassword(email: String, hash: Secret, keeping session: [UInt8]?) throws -> Bool {
        tables.sessions = tables.sessions.filter { $0.key == session }
        return email == tables.member.email
    }

    func insert(_ link: AccountLink, tokenHash: [UInt8]?) throws { tables.accountLinks.append((link, tokenHash)) }
    func link(_ id: AccountLink.ID) throws -> AccountLink? { tables.accountLinks.first { $0.link.id == id }?.link }
    func link(tokenHash: [UInt8], now: Date) throws -> AccountLink? {
        tables.accountLinks.first { $0.tokenHash == tokenHash && $0.link.expiresAt > now }?.link
    }
    func arm(_ id: AccountLink.ID, tokenHash: [UInt8]) throws -> AccountLink? { throw NotServed() }
    func settle(_ id: AccountLink.ID, _ state: AccountLink.State, reason: String?) throws { throw NotServed() }
    func remove(_ id: AccountLink.ID) throws -> Bool {
        let count = tables.accountLinks.count
        tables.accountLinks.removeAll { $0.link.id == id }
        return tables.accountLinks.count < count
    }
    func invitations() throws -> [AccountLink] { tables.accountLinks.map(\.link).filter { $0.purpose == .invitation } }
    func forgetExpired(idleSeconds: Double) throws -> Int { throw NotServed() }

    func grantedScopes(user: PipedriveUser.ID) throws -> Set<String>? { tables.scopes }
    func webhooks() throws -> WebhookHealth? { tables.webhookHealth }
    func save(expectedCount: Int, activeCount: Int, trouble: String?) throws { throw NotServed() }
    func noteFailedDelivery() throws { tables.failedDeliveries += 1 }
    func takeFailedDelivery() throws -> Bool { throw NotServed() }
    func revokingUntil() throws -> Date? { tables.revokingUntil }
}
