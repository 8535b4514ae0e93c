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
    /// Seconds before a connection whose token answer can't be used asks again.
    static let unusableSeconds = 900

    /// Access for the connection's owner.
    ///
    /// - Parameter refused: the token that Pipedrive just answered 401 to, if that is why we ask: it is refreshed even
    ///   when its time is not over, unless somebody else did so meanwhile.
    /// - Parameter urgency: out of which share of the connection's budget its calls are paid.
    ///
    /// Throws `CRMFailure`: `unauthorized` when a person has to reconnect, `transient` or `wait` when Pipedrive's
    /// OAuth server does not serve us now; and `ConnectionEnded` when there is nothing to serve any more.
    public func access(
        company: Company.ID, refused: Secret? = nil, as urgency: CallUrgency = .live
    ) async throws -> PipedriveAccess {
        let stored = try storage.transaction(.cron(company)) { try Self.stored($0) }
        return try await access(stored, company: company, refused: refused, as: urgency)
    }

    /// What the database has of the connection and its owner's credentials.
    typealias Stored = (connection: Connection?, credentials: Credentials?)

    /// Reads it, in a transaction that has other things to do as well.
    static func stored(_ transaction: any StorageTransaction) throws -> Stored {
        let connection = try transaction.connections.connection()
        return (connection, try connection.flatMap { try transaction.connections.credentials(user: $0.ownerUserID) })
    }

    /// The same for what was just read.
    func access(
        _ stored: Stored, company: Company.ID, refused: Secret? = nil, as urgency: CallUrgency = .live
    ) async throws -> PipedriveAccess {
        let (connection, credentials) = stored
        guard let connection, connection.state != .disconnected else { throw ConnectionEnded() }
        guard connection.state == .live, let credentials else {
            throw CRMFailure(.unauthorized, reason: "The connection needs to be made again")
        }
        let now = clock()
        let isStale: @Sendable (Credentials) -> Bool = {
            $0.expiresAt.timeIntervalSince(now) < Self.marginSeconds || $0.accessToken == refused
        }
        do {
            let valid =
                isStale(credentials)
                ? try await refresh(company, connection.ownerUserID, isStale: isStale, now: now) : credentials
            return PipedriveAccess(
                apiOrigin: valid.apiOrigin, accessToken: valid.accessToken,
                allowance: budgets.allowance(company, urgency))
        } catch let refusal as Refusal where refusal.code == .notFound {
            throw ConnectionEnded()
        }
    }

    private func refresh(
        _ company: Company.ID, _ user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool, now: Date
    ) async throws -> Credentials {
        let oauth = self.oauth
        do {
            return try await storage.refreshCredentials(company: company, user: user, isStale: isStale) { current in
                do {
                    return try await oauth.refresh(current.refreshToken, now: now)
                } catch let failure as CRMFailure where failure.kind == .grantRefused {
                    throw RefusedRefresh(token: current.refreshToken, failure: failure)
                } catch let failure as CRMFailure where failure.kind == .rejected {
                    // An answer that may not be used, such as one that names a host that is not allowed, says nothing
                    // about the work that waits for it.
                    throw CRMFailure(
                        .wait(seconds: Self.unusableSeconds), status: failure.status, reason: failure.reason)
                }
            }
        } catch let refused as RefusedRefresh {
            return try believe(refused, company, user, isStale: isStale)
        }
    }

    /// The OAuth server refused this very token.
    private struct RefusedRefresh: Error {
        let token: Secret
        let failure: CRMFailure
    }

    /// A refusal is believed only when the row, read again, still holds the refused token: else somebody installed again
    /// meanwhile, and theirs are the credentials.
    private func believe(
        _ refused: RefusedRefresh, _ company: Company.ID, _ user: PipedriveUser.ID,
        isStale: @Sendable (Credentials) -> Bool
    ) throws -> Credentials {
        let newer = try storage.transaction(.cron(company)) { transaction -> Credentials? in
            guard let after = try transaction.connections.markReconnect(user: user, refused: refused.token) else {
                return try transaction.connections.credentials(user: user)
            }
            try transaction.connections.audit(
                "refresh refused", detail: "of Pipedrive user \(user): \(refused.failure.reason)")
            if after.state == .live, after.ownerUserID != user { try CatchUp.handOver(after, transaction) }
            return nil
        }
        if let newer, !isStale(newer) { return newer }
        throw CRMFailure(.unauthorized, status: refused.failure.status, reason: refused.failure.reason)
    }

    /// Refreshes a grant whatever its time, so that an idle one does not end.
    public func keepAlive(company: Company.ID, user: PipedriveUser.ID) async throws -> DeliveryResult {
        let current = try storage.transaction(.cron(company)) { try $0.connections.credentials(user: user) }
        guard let current else { return .completed(note: "The grant has ended") }
        do {
            _ = try await refresh(
                company, user, isStale: { $0.accessToken == current.accessToken }, now: clock())
            return .completed(note: "The grant was refreshed")
        } catch let failure as CRMFailure where failure.kind == .unauthorized {
            return .completed(note: "The grant has ended at Pipedrive")
        } catch let refusal as Refusal where refusal.code == .notFound {
            return .completed(note: "The grant has ended")
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
