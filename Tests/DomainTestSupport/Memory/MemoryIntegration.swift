import Domain
import FoundationEssentials

struct MemoryConnections: ConnectionStore {
    let transaction: MemoryTransaction

    private func change<Value>(_ body: (inout Tenant) throws -> Value) throws -> Value {
        try transaction.integration()
        return try transaction.edit(body)
    }

    func connection() throws -> Connection? { try change { $0.connection } }
    func connect(user: PipedriveUser, credentials: Credentials) throws -> Connection {
        let fresh = Connection.ID(transaction.state.freshID())
        return try change { [now = transaction.state.now] tenant in
            let old = tenant.connection
            let keepsOwner = old?.state == .live && old?.pipedriveCompanyID == user.companyID
            let connection = Connection(
                id: old?.id ?? fresh, companyID: tenant.company.id, pipedriveCompanyID: user.companyID,
                pipedriveCompanyName: user.companyName, ownerUserID: keepsOwner ? old?.ownerUserID ?? user.id : user.id,
                state: .live, connectedAt: now)
            tenant.connection = connection
            tenant.grants.removeAll { $0.userID == user.id }
            tenant.grants.append(
                Grant(userID: user.id, userName: user.name, isAdmin: user.isAdmin, state: .live))
            tenant.credentials[user.id] = credentials
            return connection
        }
    }
    func grants() throws -> [Grant] { try change { $0.grants } }
    func markReconnect(user: PipedriveUser.ID, refused: Secret) throws -> Connection? {
        try change { tenant in
            guard tenant.credentials[user]?.refreshToken == refused else { return nil }
            tenant.grants = tenant.grants.map { $0.userID == user && $0.state == .live ? $0.with(state: .dead) : $0 }
            guard let current = tenant.connection, current.ownerUserID == user, current.state == .live else {
                return tenant.connection
            }
            let heir = tenant.grants.first { $0.state == .live && $0.isAdmin }
            tenant.connection =
                heir.map { current.with(state: .live, owner: $0.userID) } ?? current.with(state: .reconnect)
            return tenant.connection
        }
    }
    func endGrant(user: PipedriveUser.ID) throws -> Connection? {
        try change { tenant in
            tenant.grants = tenant.grants.map { $0.userID == user ? $0.with(state: .ended) : $0 }
            tenant.credentials[user] = nil
            guard let current = tenant.connection, current.ownerUserID == user, current.state != .disconnected else {
                return tenant.connection
            }
            let heir = tenant.grants.first { $0.state == .live && $0.isAdmin }
            tenant.connection =
                heir.map { current.with(state: .live, owner: $0.userID) } ?? current.with(state: .disconnected)
            return tenant.connection
        }
    }
    func disconnect() throws -> Bool {
        try change { tenant in
            let wasLive = tenant.connection.map { $0.state != .disconnected } ?? false
            tenant.connection = tenant.connection?.with(state: .disconnected)
            tenant.grants = tenant.grants.map { $0.with(state: .ended) }
            tenant.credentials = [:]
            tenant.webhooks = []
            return wasLive
        }
    }
    func credentials(user: PipedriveUser.ID) throws -> Credentials? { try change { $0.credentials[user] } }
    func audit(_ action: String, detail: String) throws { try change { $0.audit.append((action, detail)) } }
}

extension Connection {
    func with(state: State, owner: PipedriveUser.ID? = nil) -> Connection {
        Connection(
            id: id, companyID: companyID, pipedriveCompanyID: pipedriveCompanyID,
            pipedriveCompanyName: pipedriveCompanyName, ownerUserID: owner ?? ownerUserID, state: state,
            connectedAt: connectedAt)
    }
}

extension Grant {
    func with(state: State) -> Grant { Grant(userID: userID, userName: userName, isAdmin: isAdmin, state: state) }
}

struct MemorySettings: SettingsStore {
    let transaction: MemoryTransaction

    func settings() throws -> IntegrationSettings { try transaction.tenant().settings }
    func save(_ settings: IntegrationSettings) throws { try transaction.edit { $0.settings = settings } }
    func pipelines() throws -> [Pipeline] { try transaction.tenant().pipelines }
    func save(pipelines: [Pipeline]) throws { try transaction.edit { $0.pipelines = pipelines } }
    func webhookEndpoint(new: WebhookEndpoint) throws -> WebhookEndpoint {
        try transaction.edit { tenant in
            let endpoint = tenant.endpoint ?? new
            tenant.endpoint = endpoint
            return endpoint
        }
    }
    func save(subscriptions: [WebhookSubscription]) throws { try transaction.edit { $0.webhooks = subscriptions } }
    func subscriptions() throws -> [WebhookSubscription] { try transaction.tenant().webhooks }
}

struct MemoryInbox: InboxStore {
    let transaction: MemoryTransaction

    func body(_ id: Int64) throws -> [UInt8]? { try transaction.tenant().inbox[id] }
    func isFirst(eventID: String) throws -> Bool {
        try transaction.edit { $0.seenEvents.insert(eventID).inserted }
    }
}
