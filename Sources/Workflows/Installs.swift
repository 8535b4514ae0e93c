public import Domain
public import FoundationEssentials

/// Connecting a company to Pipedrive, and ending that.
public struct Installs: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource
    private let oauth: any OAuthProvider
    private let webhooks: any CRMWebhooks
    private let clientCredentials: Secret

    /// Wires the use case. `clientCredentials` is `client_id:client_secret`, which Pipedrive proves itself with.
    public init(
        storage: any Storage, secrets: any SecretSource, oauth: any OAuthProvider, webhooks: any CRMWebhooks,
        clientCredentials: Secret
    ) {
        self.storage = storage
        self.secrets = secrets
        self.oauth = oauth
        self.webhooks = webhooks
        self.clientCredentials = clientCredentials
    }

    static let stateSeconds = 600.0
    static let pendingSeconds = 3600.0

    /// Where to send the browser: Pipedrive's consent page with a fresh `state`, single use, ten minutes.
    ///
    /// The state is bound to the session; without one (the Marketplace's Installation URL, logged out) to nobody, and
    /// the callback parks what it gets.
    public func authorizeURL(session: Session?, now: Date) throws -> String {
        let state = secrets.token()
        try storage.transaction(.web(session?.company.id)) {
            try $0.installs.insert(
                stateHash: secrets.digest(state), sessionHash: session?.tokenHash ?? [],
                expiresAt: now.addingTimeInterval(Self.stateSeconds))
        }
        return oauth.authorizeURL(state: state)
    }

    /// How a callback ended.
    public enum Outcome: Sendable {
        /// The session's company is connected.
        case connected(Connection)
        /// Parked until a person logged in and confirmed: the ticket goes into a cookie.
        case pending(ticket: Secret)
    }

    /// Trades the code and connects, or parks.
    ///
    /// Only a state that was issued to this very session connects at once; a callback without our state, or with one
    /// of a session that is not this browser's, never joins accounts by itself. Throws `invalid` for a state that was
    /// used or has expired, `unavailable` when Pipedrive does not serve us.
    public func callback(code: Secret, state: String?, session: Session?, now: Date) async throws -> Outcome {
        var isOurs = false
        if let state {
            let bound = try storage.transaction(.web(session?.company.id)) {
                try $0.installs.take(stateHash: secrets.digest(state), now: now)
            }
            guard let bound else {
                throw Refusal(.invalid, "This link was used before or is older than ten minutes. Start again.")
            }
            if !bound.isEmpty {
                guard let session, secrets.matches(bound, session.tokenHash) else {
                    throw Refusal(.forbidden, "This install was started in another browser or login. Start again here.")
                }
                isOurs = true
            }
        }
        let (credentials, user) = try await exchange(code, now: now)
        if isOurs, let session { return .connected(try connect(session, user: user, credentials: credentials)) }
        let ticket = secrets.token()
        try storage.transaction(.web(nil)) {
            try $0.installs.park(
                credentials, user: user, ticketHash: secrets.digest(ticket),
                expiresAt: now.addingTimeInterval(Self.pendingSeconds))
        }
        return .pending(ticket: Secret(ticket))
    }

    private func exchange(_ code: Secret, now: Date) async throws -> (Credentials, PipedriveUser) {
        do {
            let credentials = try await oauth.exchange(code: code, now: now)
            let access = PipedriveAccess(apiOrigin: credentials.apiOrigin, accessToken: credentials.accessToken)
            return (credentials, try await oauth.currentUser(access))
        } catch let failure as CRMFailure where failure.kind == .grantRefused {
            throw Refusal(
                .invalid, "Pipedrive says that this install link was used before or has expired. Start again.")
        } catch let failure as CRMFailure {
            throw Refusal(.unavailable, "Pipedrive did not complete the install: \(failure.reason). Try again.")
        }
    }

    private func connect(
        _ session: Session, user: PipedriveUser, credentials: Credentials
    ) throws -> Connection {
        guard session.member.role == .owner else {
            throw Refusal(.forbidden, "Only an owner of \(session.company.name) can connect Pipedrive.")
        }
        return try storage.transaction(.web(session.company.id)) { transaction in
            if let existing = try transaction.connections.connection(), existing.state != .disconnected,
                existing.pipedriveCompanyID != user.companyID
            {
                throw Refusal(
                    .conflict,
                    "\(session.company.name) is connected to \(existing.pipedriveCompanyName). Disconnect that first.")
            }
            try transaction.directory.claim(pipedriveCompany: user.companyID)
            let connection = try transaction.connections.connect(user: user, credentials: credentials)
            _ = try transaction.settings.webhookEndpoint(
                new: WebhookEndpoint(
                    path: secrets.token(), user: Secret(secrets.token()), password: Secret(secrets.token())))
            try transaction.queue.wake()
            try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
            try transaction.connections.audit("connected", detail: "by Pipedrive user \(user.id)")
            return connection
        }
    }

    /// Whose install waits for confirmation; nil when unknown or older than an hour.
    public func pending(ticket: Secret, now: Date) throws -> PipedriveUser? {
        try storage.transaction(.web(nil)) {
            try $0.installs.parked(ticketHash: secrets.digest(ticket.reveal()), now: now)?.user
        }
    }

    /// A logged-in person said yes: joins the parked install to the session's company.
    public func confirm(ticket: Secret, session: Session, now: Date) throws -> Connection {
        let hash = secrets.digest(ticket.reveal())
        let parked = try storage.transaction(.web(nil)) { try $0.installs.parked(ticketHash: hash, now: now) }
        guard let parked else {
            throw Refusal(.notFound, "This install has expired. Start it again from Pipedrive or from the App Store.")
        }
        let connection = try connect(session, user: parked.user, credentials: parked.credentials)
        try storage.transaction(.web(nil)) { try $0.installs.discard(ticketHash: hash) }
        return connection
    }

    /// A user uninstalled the app in Pipedrive. Harmless when repeated or unknown.
    ///
    /// `authorization` is the header as it came; throws `unauthorized` when it does not hold the client's credentials.
    public func uninstalled(
        authorization: String?, companyID: PipedriveCompany.ID, userID: PipedriveUser.ID
    ) throws {
        let expected = secrets.digest(clientCredentials.reveal())
        guard let given = BasicCredentials(header: authorization),
            secrets.matches(secrets.digest(given.text.reveal()), expected)
        else { throw Refusal(.unauthorized, "These are not the client's credentials.") }
        let company = try storage.transaction(.web(nil)) {
            try $0.directory.company(pipedriveCompany: companyID)
        }
        guard let company else { return }
        try storage.transaction(.web(company)) { transaction in
            guard let connection = try transaction.connections.connection(),
                connection.pipedriveCompanyID == companyID
            else { return }
            let after = try transaction.connections.endGrant(user: userID)
            try transaction.connections.audit("uninstalled in Pipedrive", detail: "by Pipedrive user \(userID)")
            guard let after else { return }
            if after.state == .disconnected {
                _ = try transaction.queue.cancelWaiting(reason: "The connection was ended in Pipedrive")
            } else if after.ownerUserID != connection.ownerUserID {
                try Self.handOver(after, transaction)
            }
        }
    }

    // Pipedrive removed the old owner's webhooks with the grant: they are made anew, and a run catches up.
    private static func handOver(_ connection: Connection, _ transaction: any StorageTransaction) throws {
        try transaction.connections.audit("handed over", detail: "to Pipedrive user \(connection.ownerUserID)")
        try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
        let first = SyncSteps.first(try transaction.settings.settings())
        _ = try transaction.sync.start(.retry, checkpoint: first)
    }

    /// Ends the connection: tells Pipedrive first, then deletes the credentials whether or not it could be told.
    ///
    /// True when Pipedrive was told. Ending twice is no error.
    public func disconnect(session: Session) async throws -> Bool {
        guard session.member.role == .owner else {
            throw Refusal(.forbidden, "Only an owner of \(session.company.name) can disconnect Pipedrive.")
        }
        let company = session.company.id
        let (credentials, subscriptions) = try storage.transaction(.web(company)) { transaction in
            let owner = try transaction.connections.connection()?.ownerUserID
            return (
                try owner.flatMap { try transaction.connections.credentials(user: $0) },
                try transaction.settings.subscriptions()
            )
        }
        var isTold = false
        if let credentials { isTold = await tell(credentials, subscriptions) }
        try storage.transaction(.web(company)) { transaction in
            let isLive = try transaction.connections.connection().map { $0.state != .disconnected } ?? false
            guard isLive else { return }
            _ = try transaction.queue.cancelWaiting(reason: "The connection was ended")
            if !isTold { try transaction.revocations.keep() }
            _ = try transaction.connections.disconnect()
            try transaction.connections.audit(
                "disconnected", detail: isTold ? "Pipedrive was told" : "Pipedrive could not be told")
        }
        return isTold
    }

    private func tell(_ credentials: Credentials, _ subscriptions: [WebhookSubscription]) async -> Bool {
        let access = PipedriveAccess(apiOrigin: credentials.apiOrigin, accessToken: credentials.accessToken)
        do {
            for subscription in subscriptions { try await webhooks.unsubscribe(subscription.id, access: access) }
        } catch {
            // Often only the access token's hour is over. Revoking needs the refresh token alone, and ends the webhooks
            // too, so it is still tried.
        }
        do {
            try await oauth.revoke(credentials.refreshToken)
            return true
        } catch {
            // Not passed on: the credentials are deleted either way, and the page says that Pipedrive was not told.
            return false
        }
    }
}
