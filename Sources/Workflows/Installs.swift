public import Domain
public import FoundationEssentials

/// Connecting a company to Pipedrive, and ending that.
public struct Installs: Sendable {
    let storage: any Storage
    let secrets: any SecretSource
    let oauth: any OAuthProvider
    let webhooks: any CRMWebhooks
    let clientCredentials: Secret

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
    /// the callback parks what it gets. Throws `forbidden` for a member who could connect nothing.
    public func authorizeURL(session: Session?, now: Date) throws -> String {
        if let session {
            let connection = try storage.transaction(.web(session.company.id)) { try $0.connections.connection() }
            try Self.checkRole(session, connection)
        }
        let state = secrets.token()
        try storage.transaction(.web(session?.company.id)) {
            try $0.installs.insert(
                stateHash: secrets.digest(state), sessionHash: session?.tokenHash ?? [],
                expiresAt: now.addingTimeInterval(Self.stateSeconds))
        }
        return oauth.authorizeURL(state: state)
    }

    /// Only owners make, renew and end a connection. Any member may add their own Pipedrive user to a working one.
    static func checkRole(_ session: Session, _ connection: Connection?) throws {
        guard session.member.role == .owner || connection?.state == .live else {
            throw Refusal(.forbidden, "Only an owner of \(session.company.name) can connect Pipedrive.")
        }
    }

    /// How a callback ended.
    public enum Outcome: Sendable {
        /// The session's company is connected.
        case connected(Connection)
        /// Parked until a person logged in and confirmed: the ticket goes into a cookie.
        case pending(ticket: Secret)
        /// Opened a second time: the session's company is connected already.
        case already(Connection)
    }

    /// Trades the code and connects, or parks.
    ///
    /// Only a state that was issued to this very session connects at once; a callback without our state, or with one
    /// of a session that is not this browser's, never joins accounts by itself. Another Pipedrive company than last time
    /// parks too, and asks. Throws `invalid` for a state that was used or has expired, `forbidden` for somebody else's,
    /// `unavailable` when Pipedrive does not serve us.
    public func callback(code: Secret, state: String?, session: Session?, now: Date) async throws -> Outcome {
        let existing = try session.flatMap { session in
            try storage.transaction(.web(session.company.id)) { try $0.connections.connection() }
        }
        var isOurs = false
        if let state {
            guard let bound = try take(state, session, now: now) else {
                if let existing, existing.state == .live { return .already(existing) }
                throw Refusal(.invalid, "This page was opened before, or more than ten minutes have passed.")
            }
            if !bound.isEmpty {
                guard let session, secrets.matches(bound, session.tokenHash) else {
                    throw Refusal(.forbidden, "This install was started in another browser or login.")
                }
                try Self.checkRole(session, existing)
                isOurs = true
            }
        }
        let (credentials, user) = try await exchange(code, now: now)
        if isOurs, let session, !Self.isAnother(user, existing) {
            return .connected(try join(session, user: user, credentials: credentials))
        }
        let ticket = secrets.token()
        try storage.transaction(.web(nil)) {
            try $0.installs.park(
                credentials, user: user, ticketHash: secrets.digest(ticket),
                expiresAt: now.addingTimeInterval(Self.pendingSeconds))
        }
        return .pending(ticket: Secret(ticket))
    }

    private func take(_ state: String, _ session: Session?, now: Date) throws -> [UInt8]? {
        try storage.transaction(.web(session?.company.id)) {
            try $0.installs.take(stateHash: secrets.digest(state), now: now)
        }
    }

    /// Whether the company was connected to another Pipedrive company than this user's, and is no more.
    static func isAnother(_ user: PipedriveUser, _ connection: Connection?) -> Bool {
        connection.map { $0.state == .disconnected && $0.pipedriveCompanyID != user.companyID } ?? false
    }

    private func exchange(_ code: Secret, now: Date) async throws -> (Credentials, PipedriveUser) {
        do {
            let credentials = try await oauth.exchange(code: code, now: now)
            let access = PipedriveAccess(apiOrigin: credentials.apiOrigin, accessToken: credentials.accessToken)
            return (credentials, try await oauth.currentUser(access))
        } catch let failure as CRMFailure where failure.kind == .grantRefused {
            throw Refusal(.invalid, "Pipedrive says that this install was used before or has expired.")
        } catch let failure as CRMFailure {
            throw Refusal(.unavailable, "Pipedrive did not complete the install: \(failure.reason).")
        }
    }

    /// Connects, or gives the credentials that nobody may use back to Pipedrive.
    private func join(_ session: Session, user: PipedriveUser, credentials: Credentials) throws -> Connection {
        do {
            return try connect(session, user: user, credentials: credentials)
        } catch let refusal as Refusal where refusal.code == .conflict {
            try letGo(credentials, of: user, session)
            throw refusal
        }
    }

    private func connect(
        _ session: Session, user: PipedriveUser, credentials: Credentials
    ) throws -> Connection {
        try storage.transaction(.web(session.company.id)) { transaction in
            let existing = try transaction.connections.connection()
            try Self.checkRole(session, existing)
            if let existing, existing.state != .disconnected, existing.pipedriveCompanyID != user.companyID {
                throw Refusal(
                    .conflict,
                    "\(session.company.name) is connected to \(existing.pipedriveCompanyName). Disconnect that first.")
            }
            try transaction.directory.claim(pipedriveCompany: user.companyID)
            let isAnother = Self.isAnother(user, existing)
            if isAnother { try Self.startAfresh(transaction) }
            let connection = try transaction.connections.connect(user: user, credentials: credentials)
            if isAnother { try transaction.sync.forgetOutdatedPairs() }
            // What was added there meanwhile is on no list that was read: nothing is made there before they are again.
            if existing?.state == .disconnected { try transaction.sync.forgetLists() }
            _ = try transaction.settings.webhookEndpoint(
                new: WebhookEndpoint(
                    path: secrets.token(), user: Secret(secrets.token()), password: Secret(secrets.token())))
            try transaction.queue.wake()
            try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
            try transaction.queue.add(NewMessage(kind: .subscribe, subject: Subscribing.fieldsSubject))
            // Choosing a trigger later must not look like new directions.
            try transaction.settings.save(try transaction.settings.settings())
            try RunGate.previewFirst(transaction)
            if let existing, existing.state != .live { try CatchUp.begin(transaction) }
            try transaction.connections.audit(
                "connected",
                detail: "\(user.companyName), as \(user.name) (Pipedrive user \(user.id)), by \(session.member.email)")
            return connection
        }
    }

    /// Pipelines, stages, webhooks and custom fields of the Pipedrive company before: their numbers mean something else,
    /// or nothing, in another.
    private static func startAfresh(_ transaction: any StorageTransaction) throws {
        for trigger in try transaction.triggers.triggers() { _ = try transaction.triggers.delete(trigger.id) }
        try transaction.settings.save(pipelines: [])
        try transaction.settings.save(subscriptions: [])
        try transaction.syncPolicy.save(mapping: FieldMapping())
        for kind in RecordKind.allCases { try transaction.syncPolicy.save(customFields: [], of: kind) }
    }

    /// What to do with credentials that may not be joined to the session's company.
    ///
    /// By authorising again the user made the tokens of before worthless: where another company of ours has that very
    /// grant, it goes on with the new ones. Else they are revoked, so that the app does not stay installed for nothing.
    private func letGo(_ credentials: Credentials, of user: PipedriveUser, _ session: Session) throws {
        let holder = try storage.transaction(.web(nil)) { try $0.directory.company(pipedriveCompany: user.companyID) }
        let isRenewed =
            try holder.map { holder in
                try storage.transaction(.web(holder)) { transaction in
                    guard let connection = try transaction.connections.connection(), connection.state != .disconnected,
                        connection.pipedriveCompanyID == user.companyID,
                        try transaction.connections.grants().contains(where: {
                            $0.userID == user.id && $0.state != .ended
                        })
                    else { return false }
                    _ = try transaction.connections.connect(user: user, credentials: credentials)
                    try transaction.queue.wake()
                    try transaction.connections.audit(
                        "renewed", detail: "\(user.name) (Pipedrive user \(user.id)) gave access again")
                    return true
                }
            } ?? false
        guard !isRenewed else { return }
        try storage.transaction(.web(session.company.id)) { try $0.revocations.keep(credentials, of: user) }
    }

    /// Whether a member may say yes to an install.
    public func mayConnect(_ session: Session) throws -> Bool {
        if session.member.role == .owner { return true }
        return try storage.transaction(.web(session.company.id)) { try $0.connections.connection() }?.state == .live
    }

    /// Which Pipedrive company the company was connected to before, if confirming this install would replace it.
    public func replaced(by user: PipedriveUser, session: Session) throws -> String? {
        let existing = try storage.transaction(.web(session.company.id)) { try $0.connections.connection() }
        return Self.isAnother(user, existing) ? existing?.pipedriveCompanyName : nil
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
        do {
            let connection = try join(session, user: parked.user, credentials: parked.credentials)
            try storage.transaction(.web(nil)) { try $0.installs.discard(ticketHash: hash) }
            return connection
        } catch let refusal as Refusal where refusal.code == .conflict {
            // Its tokens went elsewhere: the ticket is worth nothing any more.
            try storage.transaction(.web(nil)) { try $0.installs.discard(ticketHash: hash) }
            throw refusal
        }
    }
}
