public import Domain
public import FoundationEssentials

/// Hands out access tokens that are good for at least the refresh margin, refreshing them when needed.
public struct AccessTokens: Sendable {
    private let storage: any Storage
    private let oauth: any OAuthProvider
    private let clock: @Sendable () -> Date
    private let budgets: CallBudgets

    /// Wires the use case; `clock` is the process's own, used against `expires_in` only.
    public init(storage: any Storage, oauth: any OAuthProvider, clock: @escaping @Sendable () -> Date) {
        self.storage = storage
        self.oauth = oauth
        self.clock = clock
        budgets = CallBudgets(storage: storage)
    }

    /// Seconds before its end at which a token counts as stale: longer than any request takes.
    static let marginSeconds = 300.0

    /// Access for the connection's owner.
    ///
    /// - Parameter refused: the token that Pipedrive just answered 401 to, if that is why we ask: it is refreshed even
    ///   when its time is not over, unless somebody else did so meanwhile.
    /// - Parameter urgency: out of which share of the connection's budget its calls are paid.
    ///
    /// Throws `CRMFailure`: `unauthorized` when a person has to reconnect, `transient` or `wait` when Pipedrive's
    /// OAuth server does not serve us now.
    public func access(
        company: Company.ID, refused: Secret? = nil, as urgency: CallUrgency = .live
    ) async throws -> PipedriveAccess {
        let (connection, credentials) = try storage.transaction(.cron(company)) { transaction in
            let connection = try transaction.connections.connection()
            return (
                connection, try connection.flatMap { try transaction.connections.credentials(user: $0.ownerUserID) }
            )
        }
        guard let connection, connection.state == .live, let credentials else {
            throw CRMFailure(.unauthorized, reason: "The connection needs to be made again")
        }
        let now = clock()
        let isStale: @Sendable (Credentials) -> Bool = {
            $0.expiresAt.timeIntervalSince(now) < Self.marginSeconds || $0.accessToken == refused
        }
        let valid = isStale(credentials) ? try await refresh(connection, isStale: isStale, now: now) : credentials
        return PipedriveAccess(
            apiOrigin: valid.apiOrigin, accessToken: valid.accessToken,
            allowance: budgets.allowance(company, urgency))
    }

    private func refresh(
        _ connection: Connection, isStale: @Sendable (Credentials) -> Bool, now: Date
    ) async throws -> Credentials {
        do {
            let oauth = self.oauth
            return try await storage.refreshCredentials(
                company: connection.companyID, user: connection.ownerUserID, isStale: isStale
            ) { try await oauth.refresh($0.refreshToken, now: now) }
        } catch let failure as CRMFailure where failure.kind == .grantRefused {
            // Believed only now: the row was read again under the lock, so nobody else's refresh explains the refusal.
            try storage.transaction(.cron(connection.companyID)) { transaction in
                try transaction.connections.markReconnect(user: connection.ownerUserID)
                try transaction.connections.audit("refresh refused", detail: failure.reason)
            }
            throw CRMFailure(.unauthorized, status: failure.status, reason: failure.reason)
        }
    }

    /// Refreshes a grant whatever its time, so that an idle one does not end.
    public func keepAlive(company: Company.ID, user: PipedriveUser.ID) async throws -> DeliveryResult {
        let (oauth, now) = (self.oauth, clock())
        let current = try storage.transaction(.cron(company)) { try $0.connections.credentials(user: user) }
        guard let current else { return .completed(note: "The grant has ended") }
        do {
            _ = try await storage.refreshCredentials(
                company: company, user: user, isStale: { $0.accessToken == current.accessToken }
            ) { try await oauth.refresh($0.refreshToken, now: now) }
            return .completed(note: "The grant was refreshed")
        } catch let failure as CRMFailure where failure.kind == .grantRefused {
            try storage.transaction(.cron(company)) { transaction in
                try transaction.connections.markReconnect(user: user)
                try transaction.connections.audit("refresh refused", detail: "of Pipedrive user \(user)")
            }
            return .completed(note: "The grant has ended at Pipedrive")
        }
    }

    /// Calls Pipedrive as the connection's owner, out of the connection's budget; a 401 is answered by one refresh and
    /// one more try.
    public func calling<Result: Sendable>(
        _ company: Company.ID, as urgency: CallUrgency = .live,
        _ call: @Sendable (PipedriveAccess) async throws -> Result
    ) async throws -> Result {
        let first = try await access(company: company, as: urgency)
        do {
            return try await call(first)
        } catch let failure as CRMFailure where failure.kind == .unauthorized {
            return try await call(try await access(company: company, refused: first.accessToken, as: urgency))
        }
    }
}
