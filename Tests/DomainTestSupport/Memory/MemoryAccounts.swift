import Domain
import FoundationEssentials

struct MemoryDirectory: DirectoryStore, ScheduleStore {
    let transaction: MemoryTransaction

    private func first(_ matches: (Tenant) -> Bool) -> Company.ID? {
        transaction.state.tenants.values.first(where: matches)?.company.id
    }

    func company(apiKeyHash: [UInt8]) throws -> Company.ID? { first { $0.apiKeyHashes.contains(apiKeyHash) } }
    func company(loginEmail: String) throws -> Company.ID? {
        first { $0.members.contains { $0.member.email == loginEmail } }
    }
    func company(sessionHash: [UInt8]) throws -> Company.ID? {
        first { $0.sessions.contains { $0.session.tokenHash == sessionHash } }
    }
    func company(publicTokenHash: [UInt8]) throws -> Company.ID? {
        first { tenant in
            (tenant.quotes.map(\.publicToken) + tenant.invoices.map(\.publicToken))
                .contains { FixedSecrets.digest($0) == publicTokenHash }
        }
    }
    func company(webhookPath: String) throws -> Company.ID? { first { $0.endpoint?.path == webhookPath } }
    func company(linkHash: [UInt8]) throws -> Company.ID? {
        first { $0.accountLinks.contains { $0.tokenHash == linkHash } }
    }
    func company(pipedriveCompany: PipedriveCompany.ID) throws -> Company.ID? {
        transaction.state.claims[pipedriveCompany]
    }
    func claim(pipedriveCompany: PipedriveCompany.ID) throws {
        let company = try transaction.tenant().company.id
        let holder = transaction.state.claims[pipedriveCompany, default: company]
        let held = transaction.state.tenants[holder]?.connection
        let isFree = held?.state == .disconnected || (held != nil && held?.pipedriveCompanyID != pipedriveCompany)
        guard holder == company || isFree else {
            throw Refusal(.conflict, "This Pipedrive company is connected to another PayDock company.")
        }
        transaction.state.claims[pipedriveCompany] = company
    }

    func connected() throws -> [Company.ID] {
        transaction.state.tenants.values.filter { $0.connection?.state == .live }.map(\.company.id)
            .sorted { $0.text < $1.text }
    }
    func withLapsedDocuments(now: Date?) throws -> [Company.ID] {
        let today = transaction.today
        return try transaction.state.tenants.values.filter { tenant in
            try tenant.invoices.contains { try $0.isLate(today) } || tenant.quotes.contains { $0.isLapsed(today) }
        }
        .map(\.company.id)
    }
}

struct MemoryAccounts: AccountStore {
    let transaction: MemoryTransaction

    func create(company: Company, owner: Member, passwordHash: Secret, apiKeyHash: [UInt8]) throws {
        guard transaction.access.companyID == company.id else { throw MemoryTransaction.NotGranted() }
        guard try transaction.directory.company(loginEmail: owner.email) == nil else {
            throw Refusal(.conflict, "This e-mail address has an account already.")
        }
        var tenant = Tenant(company: company)
        tenant.members = [(owner, passwordHash)]
        tenant.apiKeyHashes = [apiKeyHash]
        transaction.state.tenants[company.id] = tenant
    }
    func company() throws -> Company? { try transaction.tenant().company }
    func member(email: String) throws -> (member: Member, passwordHash: Secret)? {
        try transaction.tenant().members.first { $0.member.email == email }
    }
    func insert(
        session tokenHash: [UInt8], csrfToken: Secret, member: Member.ID, now: Date, expiresAt: Date
    ) throws {
        try transaction.edit { tenant in
            guard let found = tenant.members.first(where: { $0.member.id == member })?.member else {
                throw MemoryTransaction.NotGranted()
            }
            let session = Session(member: found, company: tenant.company, csrfToken: csrfToken, tokenHash: tokenHash)
            tenant.sessions.append((session, expiresAt))
            tenant.sessionsSeen[tokenHash] = now
        }
    }
    func session(tokenHash: [UInt8], now: Date, idleSeconds: Double) throws -> Session? {
        try transaction.edit { tenant in
            let found = tenant.sessions.first { $0.session.tokenHash == tokenHash && $0.expiresAt > now }
            guard let found, let seen = tenant.sessionsSeen[tokenHash], now.timeIntervalSince(seen) < idleSeconds
            else { return nil }
            tenant.sessionsSeen[tokenHash] = now
            return found.session
        }
    }
    func delete(session tokenHash: [UInt8]) throws {
        try transaction.edit { $0.sessions.removeAll { $0.session.tokenHash == tokenHash } }
    }
    func countLoginFailure(key: String, now: Date) throws -> Int {
        transaction.state.loginFailures.append((key, now))
        return try loginFailures(key: key, now: now)
    }
    func loginFailures(key: String, now: Date) throws -> Int {
        transaction.state.loginFailures.filter { $0.key == key && now.timeIntervalSince($0.at) < 900 }.count
    }
}

struct MemoryInstalls: InstallStore {
    let transaction: MemoryTransaction

    func insert(stateHash: [UInt8], sessionHash: [UInt8], expiresAt: Date) throws {
        transaction.state.oauthStates[stateHash] = (sessionHash, expiresAt)
    }
    func take(stateHash: [UInt8], now: Date) throws -> [UInt8]? {
        guard let found = transaction.state.oauthStates.removeValue(forKey: stateHash), found.expiresAt > now else {
            return nil
        }
        return found.sessionHash
    }
    func park(_ credentials: Credentials, user: PipedriveUser, ticketHash: [UInt8], expiresAt: Date) throws {
        transaction.state.parked[ticketHash] = (credentials, user, expiresAt)
    }
    func parked(ticketHash: [UInt8], now: Date) throws -> (credentials: Credentials, user: PipedriveUser)? {
        guard let found = transaction.state.parked[ticketHash], found.expiresAt > now else { return nil }
        return (found.credentials, found.user)
    }
    func discard(ticketHash: [UInt8]) throws { transaction.state.parked[ticketHash] = nil }
}
