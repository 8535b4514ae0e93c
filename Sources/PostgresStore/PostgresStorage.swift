public import Domain
public import Postgres
public import Sodium
import Synchronization

/// Everything is kept in PostgreSQL, under the role and the company of each transaction.
public final class PostgresStorage: Storage {
    private let pool: ConnectionPool
    let vault: Vault
    private let refreshes = RefreshQueue()

    /// Connects when first used.
    ///
    /// - Parameters:
    ///   - configuration: a login role that is a member of the runtime roles.
    ///   - keyring: seals and opens tokens; without one, everything but the vault works.
    public init(_ configuration: PostgresConfiguration, keyring: Keyring?) {
        pool = ConnectionPool(configuration)
        vault = Vault(keyring: keyring)
    }

    /// What is sent before the first statement, in the same round trip.
    static func prelude(_ access: StorageAccess) -> [SQL] {
        var prelude = [SQL(unsafe: "set local role \(access.role.rawValue)")]
        if let company = access.companyID {
            prelude.append("select set_config('paydock.company', \(company.text), true)")
        }
        return prelude
    }

    /// Runs `body` in one transaction. A database that does not answer is `unavailable`: nothing was committed, unless
    /// the connection was lost during the commit itself.
    public func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        try withConnection { connection in
            try connection.transaction(prelude: Self.prelude(access)) {
                try body(PostgresTransaction(connection: $0, access: access, vault: vault))
            }
        }
    }

    /// Lends a connection; throws `unavailable` when the database does not answer.
    func withConnection<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
        do {
            return try pool.withConnection(body)
        } catch let error as PostgresError where error.isConnectionLost {
            throw Refusal(.unavailable, "The database does not answer. Try again in a moment.")
        }
    }

    /// Refreshes under the row's lock; callers of this process wait for one of them.
    public func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        let key = RefreshQueue.Key(company: company, user: user)
        await refreshes.enter(key)
        do {
            let credentials = try await underLock(company: company, user: user, isStale: isStale, refresh: refresh)
            refreshes.leave(key)
            return credentials
        } catch {
            refreshes.leave(key)
            throw error
        }
    }

    private func underLock(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        let connection = try pool.take().connection
        defer { pool.give(back: connection) }
        let limits: [SQL] = [
            "set local lock_timeout = '20s'", "set local idle_in_transaction_session_timeout = '30s'",
        ]
        do {
            return try await connection.transaction(
                prelude: Self.prelude(.cron(company)) + limits,
                awaiting: { connection in
                    let store = CredentialStore(connection: connection, vault: vault, company: company)
                    guard let current = try store.lock(user: user) else {
                        throw Refusal(.notFound, "The grant has no credentials.")
                    }
                    guard isStale(current) else { return current }
                    let fresh = try await refresh(current)
                    try store.save(fresh, user: user)
                    return fresh
                })
        } catch let error as PostgresError where error.isLockTimeout {
            return try reread(company: company, user: user, isStale: isStale)
        }
    }

    // The lock could not be had: whoever held it may have refreshed meanwhile.
    private func reread(
        company: Company.ID, user: PipedriveUser.ID, isStale: (Credentials) -> Bool
    ) throws -> Credentials {
        let current = try transaction(.cron(company)) { try $0.connections.credentials(user: user) }
        guard let current, !isStale(current) else {
            throw CRMFailure(
                .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil),
                reason: "Another process is still refreshing the credentials")
        }
        return current
    }
}

/// Lets one caller per grant into the database's row lock; the others of this process wait here, without a connection.
private final class RefreshQueue: Sendable {
    struct Key: Hashable {
        let company: Company.ID
        let user: PipedriveUser.ID
    }

    // Present while somebody is inside; the array holds who waits.
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { table in
                guard table[key] != nil else {
                    table[key] = []
                    return true
                }
                table[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ key: Key) {
        let next = waiting.withLock { table -> CheckedContinuation<Void, Never>? in
            guard var queue = table[key], !queue.isEmpty else {
                table[key] = nil
                return nil
            }
            let first = queue.removeFirst()
            table[key] = queue
            return first
        }
        next?.resume()
    }
}
