public import Domain
public import Foundation

/// Storage in memory: each transaction works on a copy of the state, which takes its place when the body returns and
/// is let go when it throws. One transaction at a time.
public final class MemoryStorage: Storage, @unchecked Sendable {
    private let lock = NSLock()
    private var state: MemoryState

    /// Something that tests make the database fail with.
    public struct Down: Error {
        /// Makes the error.
        public init() {}
    }

    /// Starts with one company, the fixture's, and its owner.
    public init(now: Date = .fixture) {
        state = MemoryState(now: now)
        let company = Company.fixture()
        state.tenants[company.id] = Tenant(company: company)
        state.tenants[company.id]?.members = [(member: .fixture(), passwordHash: Secret("hash of correct-password"))]
    }

    /// Runs the body on a copy of the state.
    public func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        try lock.withLock {
            let transaction = MemoryTransaction(access: access, state: state)
            do {
                if state.isDown { throw Down() }
                let result = try body(transaction)
                state = transaction.state
                state.roles.append(access)
                return result
            } catch let error as Down {
                state.downCount += 1
                throw error
            }
        }
    }

    /// Reads the credentials again, refreshes them only when they are still stale, and keeps what came.
    public func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        guard let current = read({ $0.tenants[company]?.credentials[user] }) else {
            throw Refusal(.notFound, "The grant has no credentials.")
        }
        guard isStale(current) else { return current }
        let fresh = try await refresh(current)
        edit { $0.tenants[company]?.credentials[user] = fresh }
        return fresh
    }

    /// Looks at the committed state.
    public func read<Value>(_ body: (MemoryState) throws -> Value) rethrows -> Value {
        try lock.withLock { try body(state) }
    }

    /// Changes the state beside all transactions: the arrangement of a test.
    public func edit<Value>(_ body: (inout MemoryState) throws -> Value) rethrows -> Value {
        try lock.withLock { try body(&state) }
    }

    /// The fixture company's rows.
    public var tenant: Tenant {
        get { read { $0.tenants[.numbered(1)] ?? Tenant(company: .fixture()) } }
        set { edit { $0.tenants[.numbered(1)] = newValue } }
    }

    /// Connects the fixture company to Pipedrive, with these credentials of its owner.
    public func connect(_ connection: Connection = .fixture(), credentials: Credentials = .fixture()) {
        edit { state in
            state.claims[connection.pipedriveCompanyID] = connection.companyID
            state.tenants[connection.companyID]?.connection = connection
            state.tenants[connection.companyID]?.grants = [.fixture(userID: connection.ownerUserID)]
            state.tenants[connection.companyID]?.credentials = [connection.ownerUserID: credentials]
            state.tenants[connection.companyID]?.endpoint = WebhookEndpoint(
                path: "hook", user: Secret("hook-user"), password: Secret("hook-password"))
        }
    }
}
