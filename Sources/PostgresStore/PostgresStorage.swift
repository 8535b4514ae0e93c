public import Domain
import Foundation
public import Postgres
public import Sodium

/// Everything is kept in PostgreSQL, under the role and the company of each transaction.
public final class PostgresStorage: Storage {
    private let pool: ConnectionPool
    let vault: Vault
    private let flights = RefreshFlights()
    private let process: String

    /// Connects when first used.
    ///
    /// - Parameters:
    ///   - configuration: a login role that is a member of the runtime roles.
    ///   - keys: seal and open tokens; without any, everything but the vault works.
    ///   - process: names this process in the audit trail.
    public init(_ configuration: PostgresConfiguration, keys: (any SealingKeys)?, process: String = "paydock") {
        pool = ConnectionPool(configuration)
        vault = Vault(keys: keys)
        self.process = process
    }

    /// With a keyring that does not change.
    public convenience init(_ configuration: PostgresConfiguration, keyring: Keyring?) {
        self.init(configuration, keys: keyring.map { FixedKeys(fixed: $0) })
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
    ///
    /// `body` runs again when the transaction was the one that PostgreSQL ended because it and another waited for each
    /// other: what it did is rolled back whole, and the other one is over by then. So it must leave nothing behind but
    /// in the database.
    public func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        for _ in 1..<Self.collisions {
            do {
                return try once(access, body)
            } catch let error as PostgresError where error.isCollision {
                // The other one has to get what it waits for, before it is locked again.
                Thread.sleep(forTimeInterval: .random(in: 0.02...0.1))
            }
        }
        do {
            return try once(access, body)
        } catch let error as PostgresError where error.isCollision {
            throw Refusal(.unavailable, "The database is busy. Try again in a moment.")
        }
    }

    // Each takes as long as PostgreSQL waits before it looks for one: a second.
    private static let collisions = 5

    private func once<Result>(
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

    /// One transaction on the bare connection, for the steps of this module that no port has.
    func inTransaction<Result>(
        _ access: StorageAccess, settings: [SQL] = [], _ body: (PostgresConnection) throws -> Result
    ) throws -> Result {
        try pool.withConnection { try $0.transaction(prelude: Self.prelude(access) + settings, body) }
    }

    /// Refreshes under the row's lock; callers of this process share one refresh.
    public func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        let key = RefreshFlights.Key(company: company, user: user)
        while let outcome = await flights.board(key) {
            let credentials = try outcome.get()
            if !isStale(credentials) { return credentials }
        }
        do {
            let credentials = try await waitingForLock(company: company, user: user, isStale: isStale, refresh: refresh)
            flights.land(key, .success(credentials))
            return credentials
        } catch {
            flights.land(key, .failure(error))
            throw error
        }
    }

    // Longer than the token endpoint is given, so that whoever waits sees what the holder got.
    private static let patience = Duration.seconds(30)
    private static let limits: [SQL] = [
        "set local lock_timeout = '5s'", "set local idle_in_transaction_session_timeout = '40s'",
    ]

    // Another process may hold the row for as long as the token endpoint takes. Whoever waits for it holds no session
    // meanwhile, and asks again a little later: behind a pooler with fewer sessions than there are waiting processes the
    // holder could not go on. Out of step, so that they do not meet at the row each time.
    private func waitingForLock(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await underLock(company: company, user: user, isStale: isStale, refresh: refresh)
            } catch let error as PostgresError where error.isLockTimeout {
                try await Task.sleep(for: .milliseconds(.random(in: 100...200)))
                // The holder may have refreshed meanwhile: then nobody needs the lock any more.
                let current = try transaction(.cron(company)) { try $0.connections.credentials(user: user) }
                if let current, !isStale(current) { return current }
                guard ContinuousClock.now < deadline else { throw Self.stillRefreshing }
            }
        }
    }

    private static let stillRefreshing = CRMFailure(
        .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil),
        reason: "Another process is still refreshing the credentials")

    /// Fails with a lock time-out at once when another process holds the row.
    private func underLock(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        let connection = try pool.take().connection
        defer { pool.give(back: connection) }
        return try await connection.transaction(
            prelude: Self.prelude(.cron(company)) + Self.limits,
            awaiting: { connection in
                let store = CredentialStore(connection: connection, vault: vault, company: company)
                guard let current = try store.lock(user: user) else {
                    throw Refusal(.notFound, "The grant has no credentials.")
                }
                guard isStale(current) else { return current }
                let fresh = try await refresh(current)
                let saved = try store.save(fresh, user: user)
                try PostgresConnections(database: connection, access: .cron(company), vault: vault)
                    .audit("refreshed", detail: "Access of Pipedrive user \(user), by \(process)")
                return saved
            })
    }
}
