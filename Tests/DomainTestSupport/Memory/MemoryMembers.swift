import Domain
import FoundationEssentials

struct MemoryMembers: MemberStore, AccountLinkStore, ConnectionHealthStore {
    let transaction: MemoryTransaction

    func members() throws -> [Member] {
        try transaction.tenant().members.map(\.member).sorted {
            ($0.role == .owner ? 0 : 1, $0.email) < ($1.role == .owner ? 0 : 1, $1.email)
        }
    }
    func add(_ member: Member, passwordHash: Secret) throws {
        guard try transaction.directory.company(loginEmail: member.email) == nil else {
            throw Refusal(.conflict, "This e-mail address has a login already.")
        }
        try transaction.edit { $0.members.append((member, passwordHash)) }
    }
    func change(_ id: Member.ID, to role: Member.Role) throws -> Bool {
        try keepAnOwner(besides: role == .owner ? nil : id)
        return try transaction.edit { tenant in
            guard let index = tenant.members.firstIndex(where: { $0.member.id == id }) else { return false }
            let old = tenant.members[index].member
            tenant.members[index].member = Member(id: id, companyID: old.companyID, email: old.email, role: role)
            return true
        }
    }
    func remove(_ id: Member.ID) throws -> Bool {
        try keepAnOwner(besides: id)
        return try transaction.edit { tenant in
            let count = tenant.members.count
            tenant.members.removeAll { $0.member.id == id }
            tenant.sessions.removeAll { $0.session.member.id == id }
            return tenant.members.count < count
        }
    }
    private func keepAnOwner(besides id: Member.ID?) throws {
        let owners = try transaction.tenant().members.map(\.member).filter { $0.role == .owner }.map(\.id)
        guard owners != id.map({ [$0] }) else {
            throw Refusal(.conflict, "A company needs an owner. Make somebody else an owner first.")
        }
    }
    func replacePassword(email: String, hash: Secret, keeping session: [UInt8]?) throws -> Bool {
        try transaction.edit { tenant in
            guard let index = tenant.members.firstIndex(where: { $0.member.email == email }) else { return false }
            tenant.members[index].passwordHash = hash
            tenant.sessions.removeAll { $0.session.member.email == email && $0.session.tokenHash != session }
            return true
        }
    }

    func insert(_ link: AccountLink, tokenHash: [UInt8]?) throws {
        try transaction.edit { tenant in
            tenant.accountLinks.removeAll { $0.link.purpose == link.purpose && $0.link.email == link.email }
            tenant.accountLinks.append((link, tokenHash))
        }
        if link.state == .waiting { try transaction.queue.add(NewMessage(kind: .mail, subject: link.mailSubject)) }
    }
    func link(_ id: AccountLink.ID) throws -> AccountLink? {
        try transaction.tenant().accountLinks.first { $0.link.id == id }?.link
    }
    func link(tokenHash: [UInt8], now: Date) throws -> AccountLink? {
        try transaction.tenant().accountLinks.first { $0.tokenHash == tokenHash && $0.link.expiresAt > now }?.link
    }
    func arm(_ id: AccountLink.ID, tokenHash: [UInt8]) throws -> AccountLink? {
        try transaction.edit { tenant in
            guard
                let index = tenant.accountLinks.firstIndex(where: { $0.link.id == id && $0.link.state == .waiting })
            else { return nil }
            tenant.accountLinks[index] = (tenant.accountLinks[index].link.with(.sending), tokenHash)
            return tenant.accountLinks[index].link
        }
    }
    func settle(_ id: AccountLink.ID, _ state: AccountLink.State, reason: String?) throws {
        try transaction.edit { tenant in
            guard
                let index = tenant.accountLinks.firstIndex(where: {
                    $0.link.id == id && [.waiting, .sending].contains($0.link.state)
                })
            else { return }
            tenant.accountLinks[index].link = tenant.accountLinks[index].link.with(state, reason: reason)
        }
    }
    func remove(_ id: AccountLink.ID) throws -> Bool {
        try transaction.edit { tenant in
            let count = tenant.accountLinks.count
            tenant.accountLinks.removeAll { $0.link.id == id }
            return tenant.accountLinks.count < count
        }
    }
    func invitations() throws -> [AccountLink] {
        try transaction.tenant().accountLinks.map(\.link).filter { $0.purpose == .invitation }.sorted {
            $0.email < $1.email
        }
    }
    func forgetExpired(idleSeconds: Double) throws -> Int { 0 }

    func grantedScopes(user: PipedriveUser.ID) throws -> Set<String>? {
        try transaction.tenant().credentials[user]?.scopes
    }
    func webhooks() throws -> WebhookHealth? { try transaction.tenant().webhookHealth }
    func save(expectedCount: Int, activeCount: Int, trouble: String?) throws {
        let now = transaction.state.now
        try transaction.edit { tenant in
            tenant.webhookHealth = WebhookHealth(
                checkedAt: now, expectedCount: expectedCount, activeCount: activeCount,
                trouble: trouble ?? tenant.webhookHealth?.trouble,
                troubledAt: trouble == nil ? tenant.webhookHealth?.troubledAt : now)
        }
    }
    func noteFailedDelivery() throws { try transaction.edit { $0.hasFailedDelivery = true } }
    func takeFailedDelivery() throws -> Bool {
        try transaction.edit { tenant in
            defer { tenant.hasFailedDelivery = false }
            return tenant.hasFailedDelivery
        }
    }
    func revokingUntil() throws -> Date? {
        try transaction.tenant().revocations.isEmpty ? nil : transaction.state.now.addingTimeInterval(86_400)
    }
}

extension AccountLink {
    fileprivate func with(_ state: State, reason: String? = nil) -> AccountLink {
        AccountLink(
            id: id, purpose: purpose, email: email, role: role, state: state, reason: reason, expiresAt: expiresAt)
    }
}
